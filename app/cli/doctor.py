"""`safelight doctor`: is everything there, and how to mend what is not."""

import asyncio
import platform
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import PIL
import pyvips
import rawpy
import typer

import storage
from app.cli.common import Json, run, settings_or_fail, show
from app.core import jobs, schema
from app.core.db import Database
from app.core.i18n import gettext_ as _
from app.core.settings import Settings
from pipelines.sandbox import Sandbox, strength
from storage.url import masked
from workers import runfile

LOW_BYTES = 2 * 1024**3
OLDEST_LIBRAW = (0, 22, 2)
OLDEST_PILLOW = (12, 3)


class Finding(msgspec.Struct, frozen=True):
    """What was looked at: state "good", "warn" or "bad", and how to mend it."""

    what: str
    state: str
    detail: str
    mend: str = ""


async def _program(_settings: Settings) -> Finding:
    pillow = tuple(int(part) for part in PIL.__version__.split(".")[:2])
    old = rawpy.libraw_version < OLDEST_LIBRAW or pillow < OLDEST_PILLOW
    libraw = ".".join(map(str, rawpy.libraw_version))
    detail = f"Python {platform.python_version()}, Pillow {PIL.__version__}, LibRaw {libraw}, libvips {pyvips.version(0)}.{pyvips.version(1)}"  # noqa: E501
    return Finding(_("Program"), "bad" if old else "good", detail, _("Run: make setup") if old else "")


async def _data(settings: Settings) -> Finding:
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        free = schema.free_bytes(settings.data)
    except OSError as wrong:
        return Finding(_("Data folder"), "bad", str(wrong), _("Set SAFELIGHT_DATA to a folder that can be written."))
    state = "good" if free > LOW_BYTES else "warn"
    mend = "" if state == "good" else _("Make room on this disk: photos are refused when it is full.")
    return Finding(_("Data folder"), state, f"{settings.data}, {free / 1e9:.1f} GB", mend)


async def _database(settings: Settings) -> Finding:
    kind = "SQLite" if settings.embedded else "PostgreSQL"
    db = Database(settings)
    try:
        have, want = await schema.versions(db.engine)
    except Exception as wrong:  # noqa: BLE001 - whatever it is, it is the finding
        detail = f"{kind}: {type(wrong).__name__}"
        return Finding(_("Database"), "bad", detail, _("Check SAFELIGHT_DATABASE_URL and that the server runs."))
    finally:
        await db.close()
    if have != want:
        return Finding(_("Database"), "bad", f"{kind}, {have} → {want}", _("Run: safelight migrate"))
    return Finding(_("Database"), "good", f"{kind}, {have}")


async def _store(settings: Settings) -> Finding:
    place = masked(settings.storage_url)
    try:
        await asyncio.to_thread(lambda: storage.from_url(settings.storage_url).check())
    except storage.StorageError as wrong:
        return Finding(_("Store"), "bad", f"{place}: {wrong.code}", _("Check SAFELIGHT_STORAGE_URL and its rights."))
    return Finding(_("Store"), "good", place)


def _try_sandbox() -> None:
    with Sandbox():
        pass


async def _sandbox(_settings: Settings) -> Finding:
    try:
        await asyncio.to_thread(_try_sandbox)
    except Exception as wrong:  # noqa: BLE001 - whatever it is, it is the finding
        return Finding(_("Sandbox"), "bad", type(wrong).__name__, _("Pictures cannot be decoded. Run: make setup"))
    found = strength()
    state = "good" if found == "full" else "warn"
    mend = "" if state == "good" else _("This system confines decoders less well; Linux with Landlock is best.")
    return Finding(_("Sandbox"), state, found, mend)


async def _running(settings: Settings) -> Finding:
    found = runfile.read(settings.data)
    if not found:
        return Finding(_("Running"), "warn", _("no"), _("Start with: safelight up"))
    return Finding(_("Running"), "good", f"{_('process')} {found.get('pid')}, {settings.base_url}")


async def _work(settings: Settings) -> Finding:
    db = Database(settings)
    try:
        async with db.read() as session:
            waiting, buried = await jobs.census(session)
    except Exception:  # noqa: BLE001 - the database's finding says why
        return Finding(_("Work"), "bad", _("unknown"))
    finally:
        await db.close()
    detail = _("%(waiting)s waiting, %(dead)s in need of a person", waiting=waiting, dead=buried)
    return Finding(_("Work"), "warn" if buried else "good", detail, _("See the orders' pages.") if buried else "")


CHECKS: tuple[Callable[[Settings], Awaitable[Finding]], ...] = (
    _program, _data, _database, _store, _sandbox, _running, _work,
)  # fmt: skip
MARKS = {"good": "✓", "warn": "!", "bad": "✗"}


def doctor(json: Json = False) -> None:
    """Look at everything this studio needs and say how to mend it; status 1 when something is broken."""
    settings = settings_or_fail(json=json)

    async def work() -> list[Finding]:
        return [await check(settings) for check in CHECKS]

    findings = run(work(), json=json)
    lines = []
    for one in findings:
        lines.append(f"{MARKS[one.state]} {one.what}: {one.detail}")
        if one.mend:
            lines.append(f"    {one.mend}")
    told: dict[str, Any] = {"python": sys.executable, "findings": msgspec.to_builtins(findings)}
    show(told, "\n".join(lines), json=json)
    if any(one.state == "bad" for one in findings):
        raise typer.Exit(1)
