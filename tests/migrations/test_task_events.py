"""Tasks that were there before their events get the events they must have had."""

import uuid
from datetime import timedelta

from sqlalchemy import column, select, table

from app.core import clock, schema
from app.core.db import make_engine
from app.core.tables import all_tables
from tests.conftest import settings_in

HAND, LEAD = uuid.UUID(int=7), uuid.UUID(int=8)


async def test_past_work_is_written_down(tmp_path):
    wanted = settings_in(tmp_path)
    tables = all_tables().tables
    begun = clock.now()
    common = {"studio_id": uuid.UUID(int=1), "branch_id": uuid.UUID(int=2), "order_id": uuid.UUID(int=3),
              "round_id": uuid.UUID(int=4), "created_at": begun, "priority": 0, "attempt": 1, "note": "", "reasons": []}  # fmt: skip
    taken, done = begun + timedelta(hours=1), begun + timedelta(hours=3)

    def write(connection, name, row):
        known = tables[name].c
        columns = [column(key, known[key].type) for key in row]
        connection.execute(table(name, *columns).insert().values(row))

    def old(connection):
        schema.command.upgrade(schema._config(connection), "0005")
        scope = {key: common[key] for key in ("studio_id", "branch_id", "order_id", "created_at")}
        write(connection, "round", {"id": common["round_id"], "n": 1, "kind": "selection", "brief": {}, **scope})
        for row in (
            {"kind": "retouch", "state": "done", "assignee_id": HAND, "taken_at": taken, "finished_at": done},
            {"kind": "quality", "state": "done", "assignee_id": LEAD, "last_assignee_id": HAND, "finished_at": done,
             "reasons": ["skin"]},
            {"kind": "retouch", "state": "open"},
        ):  # fmt: skip
            write(connection, "task", {"id": uuid.uuid4(), **common, **row})

    engine = make_engine(wanted.database_url, migrating=True)
    async with engine.begin() as connection:
        await connection.run_sync(old)
    await engine.dispose()
    await schema.migrate(wanted)

    engine = make_engine(wanted.database_url)
    async with engine.connect() as connection:
        events = tables["task_event"].c
        rows = await connection.execute(
            select(events.kind, events.event, events.person_id, events.created_at).order_by(
                events.created_at, events.kind, events.event
            )
        )
        found = [tuple(row) for row in rows]
    await engine.dispose()
    assert found == [
        ("quality", "opened", None, begun), ("retouch", "opened", None, begun), ("retouch", "opened", None, begun),
        ("retouch", "taken", HAND, taken),
        ("quality", "sent_back", HAND, done), ("retouch", "handed_in", HAND, done),
    ]  # fmt: skip
