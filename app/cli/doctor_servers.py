"""What the doctor asks of the database, the broker, the store and the workers."""

import asyncio
from datetime import datetime

from sqlalchemy import text

import storage
from app.cli.findings import Finding, worst
from app.cli.servers import Away, broker_facts, open_store, place_of
from app.core import clock, heartbeats, jobs, schema
from app.core.db import Database
from app.core.i18n import gettext_ as _
from app.core.settings import Settings, SettingsError
from storage.examine import examine
from storage.url import masked
from workers import runfile

MOST_SKEW_S = 10.0
OLDEST_POSTGRES = 130000
KEPT = ("noeviction", "")


async def _clock_skew(db: Database) -> tuple[float, int]:
    """Tell how far PostgreSQL's clock is ahead of ours, in seconds, and its version number."""
    async with db.read() as session:
        now: datetime = (await session.execute(text("SELECT clock_timestamp()"))).scalar_one()
        version = int((await session.execute(text("SHOW server_version_num"))).scalar_one())
    return (now - clock.now()).total_seconds(), version


async def database(settings: Settings) -> Finding:
    """The database answers, has this program's schema, and knows the time."""
    kind = "SQLite" if settings.embedded else f"PostgreSQL {place_of(settings.database_url)}"
    db = Database(settings)
    try:
        have, want = await schema.versions(db.engine)
        if have != want:
            return Finding(_("Database"), "bad", f"{kind}, {have} → {want}", _("Run: safelight migrate"))
        skew, version = (0.0, OLDEST_POSTGRES) if settings.embedded else await _clock_skew(db)
    except Exception as wrong:  # noqa: BLE001 - whatever it is, it is the finding
        detail = f"{kind}: {type(wrong).__name__}"
        return Finding(_("Database"), "bad", detail, _("Check SAFELIGHT_DATABASE_URL and that the server runs."))
    finally:
        await db.close()
    state, mend = worst(
        (abs(skew) > MOST_SKEW_S, _("Its clock differs by %(seconds)s s: set both by NTP.", seconds=round(skew))),
        (version < OLDEST_POSTGRES, _("PostgreSQL 13 or newer is needed.")),
    )
    return Finding(_("Database"), state, f"{kind}, {have}", mend)


async def broker(settings: Settings) -> Finding:
    """Redis answers and forgets nothing by itself."""
    if settings.broker_url.startswith("inprocess:"):
        state, mend = worst(
            (not settings.embedded, _("Each worker has a queue of its own: fine on one machine. On several, set SAFELIGHT_BROKER_URL."))  # noqa: E501
        )  # fmt: skip
        return Finding(_("Broker"), state, _("inside the program"), mend)
    try:
        facts = await broker_facts(settings)
    except (Away, SettingsError):
        mend = _("Check SAFELIGHT_BROKER_URL and that Redis runs. Work waits in the database until then.")
        return Finding(_("Broker"), "bad", masked(settings.broker_url), mend)
    policy = str(facts.get("maxmemory_policy", ""))
    kept = facts.get("aof_enabled") or facts.get("rdb_saves")
    saved = _("keeps a copy on disk") if kept else _("keeps nothing on disk, and need not")
    state, mend = worst(
        (policy not in KEPT, _("Type: redis-cli CONFIG SET maxmemory-policy noeviction (it may throw messages away; work is then handed over again, late).")),  # noqa: E501
    )  # fmt: skip
    detail = f"Redis {facts.get('redis_version', '?')} {masked(settings.broker_url)}, {policy or '?'}, {saved}"
    return Finding(_("Broker"), state, detail, mend)


async def store(settings: Settings) -> Finding:
    """Objects can be written, read and deleted, are never replaced, and the clocks agree."""
    place = masked(settings.storage_url)
    try:
        found = await asyncio.to_thread(lambda: examine(open_store(settings)))
    except SettingsError:
        return Finding(_("Store"), "bad", place, _("Check SAFELIGHT_STORAGE_URL and its rights."))
    except storage.StorageError as wrong:
        reason = wrong.params.get("reason", wrong.code)
        mends = {
            "clock": _("Its clock and this machine's differ too much: set both by NTP."),
            "refused": _("The store does not know this key, or does not let it write. Check key, secret and rights in SAFELIGHT_STORAGE_URL."),  # noqa: E501
            "no_bucket": _("Make the bucket, or let the key make it."),
        }  # fmt: skip
        mend = mends.get(str(reason), _("Check SAFELIGHT_STORAGE_URL and its rights."))
        return Finding(_("Store"), "bad", f"{place}: {reason}", mend)
    once = (
        _("never replaces an object")
        if found.write_once
        else _("would replace an object; Safelight looks before it writes")
    )
    state, mend = worst(
        (abs(found.skew_s) > MOST_SKEW_S, _("Its clock differs by %(seconds)s s: set both by NTP.", seconds=round(found.skew_s))),  # noqa: E501
        (not settings.embedded and place.startswith("file:"), _("On several machines all of them need this very folder, or an S3 store (SAFELIGHT_STORAGE_URL).")),  # noqa: E501
    )  # fmt: skip
    return Finding(_("Store"), state, f"{place}, {once}", mend)


async def running(settings: Settings) -> Finding:
    """Somebody works."""
    found = runfile.read(settings.data)
    db = Database(settings)
    try:
        async with db.read() as session:
            alive = await heartbeats.alive(session)
    except Exception:  # noqa: BLE001 - the database's finding says why
        return Finding(_("Running"), "warn", _("unknown"))
    finally:
        await db.close()
    start = _("Start with: safelight up") if settings.embedded else _("Start with: safelight worker")
    state, mend = worst(
        (not alive.workers, start),
        (alive.silent > 0, _("A worker fell silent without saying good-bye; its work went to others.")),
    )
    where = f", {_('process')} {found.get('pid')}" if found else ""
    detail = _("%(workers)s workers on %(machines)s machines", workers=alive.workers, machines=alive.machines)
    return Finding(_("Running"), state, f"{detail}{where}, {settings.base_url}", mend)


async def work(settings: Settings) -> Finding:
    """How much waits, and what needs a person."""
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
