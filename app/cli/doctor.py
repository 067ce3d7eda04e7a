"""`safelight doctor`: is everything there, and how to mend what is not."""

import asyncio
import importlib
import os
import platform
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import PIL
import pyvips
import rawpy
import typer

from app.cli import doctor_servers as servers
from app.cli.common import Json, run, settings_or_fail, show
from app.cli.findings import Finding, worst
from app.core import i18n, schema
from app.core.i18n import gettext_ as _
from app.core.settings import Settings
from pipelines.sandbox import Sandbox, strength

LOW_BYTES = 2 * 1024**3
OLDEST_LIBRAW = (0, 22, 2)
OLDEST_PILLOW = (12, 3)
PANGO = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


async def _program(_settings: Settings) -> Finding:
    pillow = tuple(int(part) for part in PIL.__version__.split(".")[:2])
    old = rawpy.libraw_version < OLDEST_LIBRAW or pillow < OLDEST_PILLOW
    libraw = ".".join(map(str, rawpy.libraw_version))
    detail = f"Python {platform.python_version()}, Pillow {PIL.__version__}, LibRaw {libraw}, libvips {pyvips.version(0)}.{pyvips.version(1)}"  # noqa: E501
    return Finding(_("Program"), "bad" if old else "good", detail, _("Run: make setup") if old else "")


async def _settings(settings: Settings) -> Finding:
    local = any(name in settings.base_url for name in ("//localhost", "//127.0.0.1"))
    kind = _("everything in one folder") if settings.embedded else _("with servers")
    state, mend = worst(
        (not settings.secure and not local, _("People come without TLS: put a proxy with https in front, and https:// into SAFELIGHT_BASE_URL.")),  # noqa: E501
        (not settings.embedded and local, _("SAFELIGHT_BASE_URL names this machine alone: customers' links would lead nowhere.")),  # noqa: E501
    )  # fmt: skip
    return Finding(_("Settings"), state, f"{kind}, {settings.base_url}, {settings.timezone}", mend)


async def _data(settings: Settings) -> Finding:
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        free = schema.free_bytes(settings.data)
    except OSError as wrong:
        return Finding(_("Data folder"), "bad", str(wrong), _("Set SAFELIGHT_DATA to a folder that can be written."))
    if not os.access(settings.data, os.W_OK | os.X_OK):
        mend = _("Set SAFELIGHT_DATA to a folder that can be written.")
        return Finding(_("Data folder"), "bad", str(settings.data), mend)
    state = "good" if free > LOW_BYTES else "warn"
    mend = "" if state == "good" else _("Make room on this disk: photos are refused when it is full.")
    return Finding(_("Data folder"), state, f"{settings.data}, {free / 1e9:.1f} GB", mend)


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


def how_to_get_pango() -> str:
    """Tell what to type for WeasyPrint's libraries on this system."""
    if sys.platform == "darwin":
        return _("Type: %(command)s", command="brew install pango")
    if Path("/etc/debian_version").exists():
        sudo = "" if os.getuid() == 0 else "sudo "
        command = f"{sudo}apt-get install -y --no-install-recommends {PANGO}"
        return _("Type: %(command)s", command=command)
    return _("Install Pango (pango, harfbuzz with its subset library) with your system's packages.")


async def _documents(_settings: Settings) -> Finding:
    """WeasyPrint finds its system libraries: receipts and remarks become PDFs by it."""
    try:
        found = await asyncio.to_thread(importlib.import_module, "weasyprint")
    except (OSError, ImportError) as wrong:
        return Finding(_("Documents"), "bad", str(wrong).splitlines()[0][:120], how_to_get_pango())
    return Finding(_("Documents"), "good", f"WeasyPrint {found.__version__}")


async def _languages(_settings: Settings) -> Finding:
    here = i18n.web_name(i18n.language.get())
    good = i18n.translations(i18n.DEFAULT).gettext(_PROBE) != _PROBE
    mend = "" if good else _("Sentences are missing. Run: make setup")
    detail = _("%(all)s; here %(here)s", all=", ".join(i18n.LOCALES.values()), here=here)
    return Finding(_("Languages"), "good" if good else "bad", detail, mend)


_PROBE = "Run: make setup"
CHECKS: tuple[Callable[[Settings], Awaitable[Finding]], ...] = (
    _program, _settings, _data, servers.database, servers.broker, servers.store, _sandbox, _documents, _languages,
    servers.running, servers.work,
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
