"""A filled studio that is served as in production, and the browsers that come to it."""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

import storage
from app.cli.seed.fill import fill
from app.cli.seed.plan import Plan
from app.core.db import Database
from app.core.schema import migrate
from app.core.settings import Settings, read_settings
from app.main import create_app
from tests.flows.studio_process import answers, clean_env, wait_until
from tests.servers.process import free_port
from tools.pages import GALLERY, Visit, page_routes, plan_visits

FEW, MANY = 50, 2000  # photos of the two galleries that are compared


class Studio(msgspec.Struct, frozen=True):
    """Where it is served, and what there is to see."""

    settings: Settings
    visits: list[Visit]
    few: Visit  # a gallery of FEW photos
    many: Visit

    @property
    def address(self) -> str:
        """Give the address everything begins with."""
        return self.settings.base_url

    def visit(self, route: str) -> Visit:
        """Give a page by its route: of its first stage."""
        return next(one for one in self.visits if one.route == route)


async def _fill(settings: Settings, folder: Path, *, large: bool) -> tuple[list[Visit], Visit, Visit]:
    await migrate(settings)
    app = create_app(settings)
    db, store = Database(settings), storage.from_url(settings.storage_url)
    plan = Plan(orders=40, photos=FEW, now=datetime.now(UTC), months=6)
    huge = msgspec.structs.replace(plan, orders=1, photos=MANY, scale=0.12)
    routes = page_routes(app)
    try:
        many = None
        if large:
            await fill(db, store, huge, folder=folder / "small", on_step=_quiet)
            (many,) = (one for one in await plan_visits(db, [GALLERY]) if one.name.endswith("selection"))
        await fill(db, store, plan, folder=folder / "large", on_step=_quiet)
        visits = await plan_visits(db, routes)
    finally:
        await db.close()
    few = next(one for one in visits if one.route == GALLERY and one.name.endswith("selection"))
    return visits, few, many or few


def _quiet(_what: str, _more: int) -> None:
    """Tell nobody."""


@contextlib.contextmanager
def served(folder: Path, *, large: bool = True) -> Iterator[Studio]:
    """Fill a studio, with a `large` gallery too, and serve it by `safelight web` until the block is left."""
    folder.mkdir(parents=True, exist_ok=True)
    env = clean_env(folder / "var", free_port())
    settings = read_settings(env)
    visits, few, many = asyncio.run(_fill(settings, folder, large=large))
    with safelight("web", env=env, log=folder / "web.log") as process:
        wait_until(
            lambda: answers(f"{settings.base_url}/readyz") or process.poll() is not None, "the studio does not answer"
        )
        yield Studio(settings, visits, few, many)


@contextlib.contextmanager
def safelight(*words: str, env: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command of the program until the block is left."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", *words], env=env, stdout=out, stderr=out, cwd=Path(__file__).parents[1]
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def samples() -> Path | None:
    """Find the folder of sample photos, if there is one."""
    wish = os.environ.get("SAFELIGHT_SAMPLES")
    folder = Path(wish) if wish else Path(__file__).parents[2] / "shared" / "samples"
    return folder if folder.is_dir() else None
