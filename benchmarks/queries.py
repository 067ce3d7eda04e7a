"""How often the pages ask the database."""

import msgspec
from sqlalchemy import event

from app.core.db import Database
from app.main import create_app
from benchmarks.rows import Row, at_most
from benchmarks.studio import Studio
from tests.web.asgi import ask

MOST = 12
AROUND = ("BEGIN", "PRAGMA", "SET TRANSACTION", "COMMIT", "ROLLBACK")


async def measure(studio: Studio) -> list[Row]:
    """Open every page in this process and count."""
    app = create_app(msgspec.structs.replace(studio.settings))
    worst = (0, "")
    async with app.lifespan():
        db: Database = app.state.db
        asked: list[str] = []
        event.listen(db.engine.sync_engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
        for visit in studio.visits:
            asked.clear()
            answer = await ask(app, "GET", visit.path, headers={"accept": "text/html"}, cookies=visit.cookies)
            if answer.status >= 500:
                raise RuntimeError(f"{visit.name} answers {answer.status}")
            count = sum(not statement.startswith(AROUND) for statement in asked)
            worst = max(worst, (count, visit.name))
    return [at_most("queries of a page, at most", worst[0], MOST, digits=0, note=worst[1])]
