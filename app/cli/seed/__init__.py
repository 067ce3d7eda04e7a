"""`safelight seed`: a studio as it is after some months, to look at and to measure."""

import re
from typing import Annotated

import typer
from rich.progress import Progress

import storage
from app.cli.common import Json, database, run, settings_or_fail, show
from app.cli.ingest import progress_bar
from app.cli.seed import people
from app.cli.seed.fill import Filled, fill
from app.cli.seed.plan import Plan
from app.core import clock, schema
from app.core.access import SYSTEM
from app.core.db import Database, Session
from app.core.errors import BadInput
from app.core.i18n import gettext_ as _
from app.core.settings import Settings
from app.galleries import service as galleries
from app.identity import service as identity

MANY = 200  # photos of an order: beyond, they are drawn smaller, since each is a file of its own
LARGE, SMALL = 0.48, 0.16
PICTURES = 24


def months_of(history: str) -> int:
    """Read "12m" or "2y" as months. Raises BadInput."""
    found = re.fullmatch(r"(\d{1,3})([my])", history.strip().lower())
    months = int(found[1]) * (12 if found[2] == "y" else 1) if found else 0
    if not 1 <= months <= 120:
        raise BadInput("bad_history", history=history)
    return months


def seed(
    orders: Annotated[int, typer.Option(min=1, max=20_000, help="How many orders.")] = 200,
    photos: Annotated[int, typer.Option(min=1, max=5_000, help="How many photos each of them has.")] = 50,
    history: Annotated[str, typer.Option(help="Over how long they are spread: 12m, 2y.")] = "12m",
    seed: Annotated[int, typer.Option(help="Another number tells other stories.")] = 7,
    yes: Annotated[bool, typer.Option("--yes", help="Also into a studio that has orders already.")] = False,
    json: Json = False,
) -> None:
    """Fill a studio with invented customers, orders and drawn photos, to look at and to measure."""
    settings = settings_or_fail(json=json)

    async def work() -> tuple[Filled, list[str]]:
        plan = Plan(
            orders=orders, photos=photos, now=clock.now(), months=months_of(history), seed=seed,
            scale=LARGE if photos <= MANY else SMALL, pictures=PICTURES,
        )  # fmt: skip
        if settings.embedded:
            await schema.migrate(settings)
        async with database(settings) as db:
            async with db.read() as session:
                if not yes:
                    await people.require_empty(session)
            with progress_bar(quiet=json) as progress:
                filled = await _fill(db, settings, plan, progress)
            return filled, await _next(db, settings, filled)

    filled, ways = run(work(), json=json)
    stages: dict[str, int] = {}
    for stage in filled.orders.values():
        stages[stage] = stages.get(stage, 0) + 1
    told = {"orders": len(filled.orders), "photos": filled.photos, "rows": filled.rows, "stages": stages, "next": ways}
    said = _("%(orders)s orders with %(photos)s photos are there.", orders=len(filled.orders), photos=filled.photos)
    show(told, "\n".join([said, *ways]), json=json)


async def _fill(db: Database, settings: Settings, plan: Plan, progress: Progress) -> Filled:
    bars = {
        "draw": progress.add_task(_("Drawing a shoot"), total=2 * plan.pictures),
        "fill": progress.add_task(_("Filling the studio"), total=plan.orders),
    }
    store = storage.from_url(settings.storage_url)
    folder = settings.data / f"seed-shoot-{round(plan.scale * 100)}"
    return await fill(db, store, plan, folder=folder, on_step=lambda what, more: progress.advance(bars[what], more))


async def _next(db: Database, settings: Settings, filled: Filled) -> list[str]:
    """Say what to look at next, with fresh ways in."""
    chosen = next((order_id for order_id, stage in filled.orders.items() if stage == "selection"), None)
    pin, pin_hash = await galleries.new_pin()
    async with db.write() as session:
        ways = [
            _("Start it: %(command)s", command="safelight up"),
            _("Then look at it as the owner (once, within 15 minutes): %(link)s", link=await _owner(session, settings)),
        ]
        if chosen is not None:
            link = await galleries.make_link(session, SYSTEM, chosen, pin=pin, pin_hash=pin_hash)
            address = f"{settings.base_url}/g/{link.key}"
            ways.append(_("And as a customer who chooses: %(link)s  PIN %(pin)s", link=address, pin=pin))
    return ways


async def _owner(session: Session, settings: Settings) -> str:
    owner = (await people.ensure_cast(session, settings.timezone)).staff["owner"][0]
    return f"{settings.base_url}/sign-in/link/{await identity.make_sign_in_link(session, SYSTEM, owner)}"
