"""A studio as it runs: `safelight up` with its web process and its workers, on a port and in a folder of its own."""

import asyncio
import contextlib
import contextvars
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path

import msgspec
from typer.testing import CliRunner, Result

import storage
from app.cli import app
from app.cli.intake import find_photos, take_in
from app.core.access import SYSTEM
from app.core.db import Database
from app.core.settings import Settings, read_settings
from app.galleries import service as galleries
from app.galleries.schemas import NewLink
from app.identity import service as identity
from app.photos import service as photos
from app.photos.schemas import Health
from tests import leftovers, story
from tests.servers.process import free_port

PATIENCE_S = 150.0


def clean_env(data: Path, port: int, **others: str) -> dict[str, str]:
    """Make the environment of a studio in a folder: nothing of this shell's own studio reaches it."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name == leftovers.NAME or not name.startswith(("SAFELIGHT_", "PORT", "HOST", "LC_", "LANG"))
    }
    return {
        **kept,
        "SAFELIGHT_DATA": str(data),
        "PORT": str(port),
        "SAFELIGHT_WORKERS": "2",
        "LANG": "C.UTF-8",
        **others,
    }


def safelight(*words: str, env: Mapping[str, str], timeout: float = PATIENCE_S) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    command = [sys.executable, "-m", "app.cli", *words]
    return subprocess.run(command, env=dict(env), capture_output=True, text=True, timeout=timeout, check=False)


def safelight_here(*words: str, env: Mapping[str, str]) -> Result:
    """Run the command within this process: quick, and in a context of its own."""
    clean: dict[str, str | None] = {name: None for name in os.environ if name.startswith("SAFELIGHT_")}
    clean.pop(leftovers.NAME, None)
    context = contextvars.copy_context()
    return context.run(CliRunner().invoke, app, words, env={**clean, **env})


def wait_until(true: Callable[[], bool], what: str, patience_s: float = PATIENCE_S) -> None:
    """Wait until something holds; a guard against hanging, not a measure."""
    until = time.monotonic() + patience_s
    while not true():
        assert time.monotonic() < until, what
        time.sleep(0.05)


def answers(address: str) -> bool:
    """Tell whether a page comes to a browser that keeps cookies."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with contextlib.suppress(OSError), browser.open(address, timeout=30) as answer:
        return bool(answer.status == 200)
    return False


class Begun(msgspec.Struct, frozen=True):
    """An order with its photos in a running studio, and the customer's way in."""

    story: story.Story
    link: NewLink


class House:
    """The running studio, and what tests do to it through the services."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.address = settings.base_url

    @contextlib.asynccontextmanager
    async def database(self) -> AsyncIterator[Database]:
        """Open its database from outside."""
        db = Database(self.settings)
        try:
            yield db
        finally:
            await db.close()

    async def begin(self, name: str, shoot: Path, *, included: int = 2, most: int | None = 4) -> Begun:
        """Make a studio within the installation, with people and an order, and send a shoot through the pipeline."""
        async with self.database() as db:
            begun = await story.begin(db, name, included=included, most=most)
            await self.bring(db, begun, shoot)
            await self.settled(db, begun)
            return Begun(begun, await story.link(db, begun))

    async def bring(self, db: Database, begun: story.Story, shoot: Path) -> None:
        """Bring a folder into the order as the command line does."""
        store = storage.from_url(self.settings.storage_url)
        found, _others = find_photos(shoot)
        outcomes = await take_in(db, store, begun.order_id, shoot, found, on_done=lambda _outcome: None)
        assert [one for one in outcomes if one.state == "failed"] == []

    async def settled(self, db: Database, begun: story.Story) -> Health:
        """Wait until no photo is being prepared, and the gallery is open if any is ready."""
        until = time.monotonic() + PATIENCE_S
        while True:
            async with db.read() as session:
                health = (await photos.health(session, [begun.order_id]))[begun.order_id]
                gallery = await galleries.status_of_order(session, SYSTEM, begun.order_id)
            if not health.waiting and (gallery or health.failed == health.total):
                return health
            assert time.monotonic() < until, f"the shoot is not prepared: {health}"
            await asyncio.sleep(0.1)

    async def sign_in_link(self, begun: story.Story, role: str) -> str:
        """Make a link that lets the person of a role in."""
        async with self.database() as db, db.write() as session:
            return f"/sign-in/link/{await identity.make_sign_in_link(session, SYSTEM, begun.staff[role])}"


@contextlib.contextmanager
def running(*words: str, env: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command of ours until the block is left; it ends by SIGTERM."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", *words], env=dict(env), stdout=out, stderr=out
        )  # fmt: skip
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_ready(house: House, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the studio answers."""
    wait_until(lambda: answers(f"{house.address}/readyz") or process.poll() is not None, "the studio does not answer")
    assert process.poll() is None, log.read_text(errors="replace")[-2000:]


@contextlib.contextmanager
def running_house(data: Path, **others: str) -> Iterator[House]:
    """Run the embedded studio, `safelight up`, until the block is left."""
    data.mkdir(parents=True, exist_ok=True)
    env = clean_env(data, free_port(), **others)
    house, log = House(read_settings(env)), data / "up.log"
    with running("up", env=env, log=log) as tree:
        wait_ready(house, tree, log)
        yield house


@contextlib.contextmanager
def running_servers_house(data: Path, *, database: str, broker: str, store: str, workers: int = 2) -> Iterator[House]:
    """Run `safelight web` and some `safelight worker`, each a process by itself, on servers."""
    data.mkdir(parents=True, exist_ok=True)
    env = clean_env(
        data, free_port(), SAFELIGHT_SECRET="a-secret-that-every-process-shares-0123456789", SAFELIGHT_DATABASE_URL=database,
        SAFELIGHT_BROKER_URL=broker, SAFELIGHT_STORAGE_URL=store,
    )  # fmt: skip
    migrated = safelight("migrate", env=env)
    assert migrated.returncode == 0, migrated.stderr
    house, log = House(read_settings(env)), data / "web.log"
    with contextlib.ExitStack() as stack:
        web = stack.enter_context(running("web", env=env, log=log))
        for number in range(1, workers + 1):  # as on other machines: each with a folder of its own
            own = {**env, "SAFELIGHT_DATA": str(data / f"worker-{number}")}
            stack.enter_context(running("worker", env=own, log=data / f"worker-{number}.log"))
        wait_ready(house, web, log)
        yield house
