"""`safelight ingest`: a folder of photos into an order."""

import asyncio
import uuid
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

import storage
from app.cli.common import Json, database, run, settings_or_fail, show
from app.cli.intake import Outcome, find_photos, take_in
from app.core.access import SYSTEM
from app.core.db import Database
from app.core.errors import NotFound
from app.core.i18n import gettext_ as _
from app.core.i18n import ngettext_
from app.core.locales.sentences import sentence
from app.orders import service as orders
from app.photos import service as photos
from app.photos.schemas import Health

LOOK_S = 0.5


def progress_bar(*, quiet: bool) -> Progress:
    """Make a progress bar on stderr."""
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=Console(stderr=True), disable=quiet,
    )  # fmt: skip


async def follow(db: Database, order_id: uuid.UUID, progress: Progress) -> Health:
    """Show how an order's photos are being prepared, until none waits."""
    bar = progress.add_task(_("Preparing"), total=None)
    while True:
        async with db.read() as session:
            health = (await photos.health(session, [order_id]))[order_id]
        progress.update(bar, completed=health.total - health.waiting, total=health.total)
        if not health.waiting:
            return health
        await asyncio.sleep(LOOK_S)


def ingest(
    folder: Annotated[Path, typer.Argument(help="The folder; folders below it become sections.", exists=True)],
    order: Annotated[str, typer.Option(help="The order's number.")],
    wait: Annotated[bool, typer.Option(help="Wait until every photo is prepared (needs `safelight up`).")] = False,
    json: Json = False,
) -> None:
    """Bring a folder of photos into an order. Run again it adds nothing that is there already."""
    settings = settings_or_fail(json=json)

    async def work() -> tuple[list[Outcome], list[str], Health | None]:
        store = storage.from_url(settings.storage_url)
        found, others = await asyncio.to_thread(find_photos, folder) if folder.is_dir() else ([folder], [])
        if not found:
            raise NotFound("no_photos_in_folder", folder=str(folder))
        root = folder if folder.is_dir() else folder.parent
        async with database(settings) as db:
            async with db.read() as session:
                order_id = (await orders.get_order_by_number(session, SYSTEM, order)).id
            with progress_bar(quiet=json) as progress:
                bar = progress.add_task(_("Making safe"), total=len(found))
                outcomes = await take_in(
                    db, store, order_id, root, found, on_done=lambda _outcome: progress.advance(bar)
                )
                health = await follow(db, order_id, progress) if wait else None
        return outcomes, [path.name for path in others], health

    outcomes, others, health = run(work(), json=json)
    show(_told(outcomes, others, health), _words(outcomes, others, health), json=json)
    if any(outcome.state == "failed" for outcome in outcomes) or (health is not None and health.failed):
        raise typer.Exit(1)


def _told(outcomes: list[Outcome], others: list[str], health: Health | None) -> dict[str, Any]:
    count = {state: sum(one.state == state for one in outcomes) for state in ("safe", "known", "failed")}
    failed = [
        {"name": one.name, "code": one.code, "detail": sentence(one.code or "", one.params)}
        for one in outcomes
        if one.state == "failed"
    ]
    return {**count, "failures": failed, "not_photos": others, "health": msgspec.to_builtins(health)}


def _words(outcomes: list[Outcome], others: list[str], health: Health | None) -> str:
    told = _told(outcomes, others, health)
    lines = [ngettext_("%(num)s photo is safe.", "%(num)s photos are safe.", told["safe"])]
    if told["known"]:
        lines.append(ngettext_("%(num)s was there already.", "%(num)s were there already.", told["known"]))
    if others:
        lines.append(_("Not pictures, left alone: %(names)s", names=", ".join(others[:8])))
    lines += [f"{one['name']}: {one['detail']}" for one in told["failures"]]
    if health is not None and health.failed:
        lines.append(_("Files that need a look: %(num)s. The order's page says why.", num=health.failed))
    return "\n".join(lines)
