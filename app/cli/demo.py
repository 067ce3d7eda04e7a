"""`safelight demo`: a working studio in minutes."""

import asyncio
import contextlib
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import segno
import typer
from rich.console import Console
from rich.panel import Panel
from rich.progress import Progress

import storage
from app.cli import demo_studio
from app.cli.common import database, run, settings_or_fail, use_language
from app.cli.demo_studio import Demo, Doors
from app.cli.ingest import follow, progress_bar
from app.cli.intake import Outcome, find_photos, take_in
from app.cli.up import EVERYWHERE, shown_address
from app.core import schema
from app.core.db import Database
from app.core.errors import NotFound
from app.core.i18n import gettext_
from app.core.i18n import gettext_ as _
from app.core.locales.sentences import sentence
from app.core.settings import Settings
from pipelines.sample_shoot import Shot, draw_shoot, shot_list
from portal.studio.frame import ROLE_NAMES
from workers import runfile

START_S = 180.0  # a slow machine may take its time; one that ended is told at once


def demo(
    photos: Annotated[Path | None, typer.Option(help="A folder of your own photos instead of the drawn shoot.")] = None,
) -> None:
    """Start a demo studio: people, a customer, an order, a shoot through the pipeline; then print the ways in."""
    settings = settings_or_fail(json=False)
    console = Console()
    if photos is not None and not photos.is_dir():
        raise typer.BadParameter(f"{photos} is not a folder", param_hint="--photos")
    if runfile.held(settings.data):
        _wait_for(settings, None)
        run(_welcome_back(settings, console), json=False)
        return
    if not _port_is_free(settings):
        _say_taken(settings)
        raise typer.Exit(1)
    run(_prepare(settings), json=False)
    with _tree(settings) as tree:
        _wait_for(settings, tree)
        run(_shoot(settings, photos, console), json=False)
        address = shown_address(settings)
        console.print(_("Everything runs at %(address)s.", address=address))
        console.print(_("Press Ctrl-C to stop; the next start goes on from here."))
        raise typer.Exit(tree.wait())


def _port_is_free(settings: Settings) -> bool:
    """Tell whether we may listen: another studio on the port would answer in our place."""
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the web process does
        try:
            probe.bind((settings.host, settings.port))
        except OSError:
            return False
    return True


def _say_taken(settings: Settings) -> None:
    use_language()
    typer.echo(_("The studio did not start. Is port %(port)s taken? (PORT=8001 make demo)", port=settings.port), err=True)  # fmt: skip  # noqa: E501


def _healthy(settings: Settings) -> bool:
    host = "127.0.0.1" if settings.host in EVERYWHERE else settings.host
    try:
        with urllib.request.urlopen(f"http://{host}:{settings.port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


async def _prepare(settings: Settings) -> None:
    if settings.embedded:
        await schema.migrate(settings)
    async with database(settings) as db:
        await demo_studio.ensure(db, settings)


@contextlib.contextmanager
def _tree(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """Start `safelight up` and end it with us, whatever the reason."""
    log = settings.data / "demo.log"
    with log.open("ab") as out:
        command = [sys.executable, "-m", "app.cli", "up", "--host", settings.host, "--port", str(settings.port)]
        tree = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)

    def stop(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        yield tree
    except KeyboardInterrupt:
        Console().print(_("Stopping …"))
        raise typer.Exit(0) from None
    finally:
        if tree.poll() is None:
            tree.terminate()
            tree.wait()


def _wait_for(settings: Settings, tree: subprocess.Popen[bytes] | None) -> None:
    """Wait until the web process answers."""
    deadline = time.monotonic() + START_S
    while not _healthy(settings):
        ended = tree is not None and tree.poll() is not None
        if ended or time.monotonic() > deadline:
            log = settings.data / "demo.log"
            _say_taken(settings)
            typer.echo(log.read_text(errors="replace")[-2000:], err=True)
            raise typer.Exit(1)
        time.sleep(0.2)


async def _welcome_back(settings: Settings, console: Console) -> None:
    async with database(settings) as db:
        demo_ = demo_studio.remembered(settings)
        if demo_ is None:
            raise NotFound("no_studio")
        _print_doors(settings, await demo_studio.open_doors(db, demo_), demo_, console)


async def _shoot(settings: Settings, folder: Path | None, console: Console) -> None:
    async with database(settings) as db:
        demo_ = await demo_studio.ensure(db, settings)
        store = storage.from_url(settings.storage_url)
        failed: list[Outcome] = []
        with progress_bar(quiet=False) as progress:
            if folder is None:
                await _draw(db, store, settings, demo_, progress, failed)
            else:
                await _bring(db, store, folder, demo_, progress, failed)
            health = await follow(db, demo_.order_id, progress)
        for one in failed:
            console.print(f"{one.name}: {sentence(one.code or '', one.params)}", style="yellow", markup=False)
        if health.failed:
            console.print(_("Files that need a look: %(num)s. The order's page says why.", num=health.failed))
        _print_doors(settings, await demo_studio.open_doors(db, demo_), demo_, console)


async def _bring(
    db: Database, store: storage.Store, folder: Path, demo_: Demo, progress: Progress, failed: list[Outcome]
) -> None:
    paths, _others = await asyncio.to_thread(find_photos, folder)
    if not paths:
        raise NotFound("no_photos_in_folder", folder=str(folder))
    bar = progress.add_task(_("Making safe"), total=len(paths))
    outcomes = await take_in(db, store, demo_.order_id, folder, paths, on_done=lambda _outcome: progress.advance(bar))
    failed += [one for one in outcomes if one.state == "failed"]


async def _draw(
    db: Database, store: storage.Store, settings: Settings, demo_: Demo, progress: Progress, failed: list[Outcome]
) -> None:
    """Draw the shoot; each photo is taken in as soon as it is drawn."""
    place = settings.data / "demo-shoot"
    drawn: asyncio.Queue[Shot | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    drawing = progress.add_task(_("Drawing a shoot"), total=len(shot_list()))
    keeping = progress.add_task(_("Making safe"), total=len(shot_list()))

    def on_done(shot: Shot, _done: int, _total: int) -> None:
        progress.advance(drawing)
        loop.call_soon_threadsafe(drawn.put_nowait, shot)

    async def draw() -> None:
        try:
            await asyncio.to_thread(draw_shoot, place, on_done=on_done)
        finally:
            drawn.put_nowait(None)

    painter = asyncio.create_task(draw())
    while (shot := await drawn.get()) is not None:
        outcomes = await take_in(
            db, store, demo_.order_id, place, [place / shot.name], on_done=lambda _outcome: progress.advance(keeping)
        )
        failed += [one for one in outcomes if one.state == "failed"]
    await painter


def _print_doors(settings: Settings, doors: Doors, demo_: Demo, console: Console) -> None:
    base = shown_address(settings)
    link = f"{base}/g/{doors.customer.key}"
    console.print()
    segno.make(link, error="l").terminal(compact=True, border=2)
    console.print(
        Panel(
            f"{link}\nPIN  [bold]{doors.customer.pin}[/bold]",
            title=_("For the customer %(name)s", name=doors.customer.participant), expand=False,
        )
    )  # fmt: skip
    console.print(_("For the studio, order %(number)s. Each link works once, for 15 minutes.", number=demo_.number))
    for role, token in doors.staff.items():
        console.print(f"\n[bold]{gettext_(ROLE_NAMES[role])}[/bold]  {demo_studio.PEOPLE[role]}")
        console.print(f"{base}/sign-in/link/{token}", soft_wrap=True, highlight=False)
    console.print()
