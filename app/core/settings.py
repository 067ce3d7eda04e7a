"""Settings, all of them from the environment and all beginning with SAFELIGHT_ (HOST and PORT apart)."""

import functools
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from app.core.errors import SafelightError
from app.core.locales.sentences import sentence

SECRET_BYTES = 32
SHORTEST_SECRET = 32
LONGEST_TASK_LEASE_H = 2160
DRIVERS = {
    "postgresql://": "postgresql+psycopg://",
    "postgres://": "postgresql+psycopg://",
    "sqlite://": "sqlite+aiosqlite://",
}
BROKERS = ("inprocess:", "redis://", "rediss://", "unix://")
STORES = ("file:", "s3:", "memory:")


class SettingsError(SafelightError):
    """A setting is missing or unusable; its sentence says which and how to mend it."""

    def __str__(self) -> str:
        return sentence(self.code, self.params, "en")


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How this installation runs."""

    data: Path
    database_url: str
    storage_url: str
    broker_url: str
    secret: str
    base_url: str
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    timezone: str = "Asia/Shanghai"
    lease_s: float = 30.0
    max_megapixels: int = 220
    reserve_bytes: int = 256 * 1024 * 1024
    task_lease_h: float = 72.0  # a retoucher's job nobody touches for so long goes back to the queue

    @property
    def embedded(self) -> bool:
        """Whether database, broker and store all live in the data folder."""
        return self.database_url.startswith("sqlite")

    @property
    def secure(self) -> bool:
        """Whether browsers come by TLS."""
        return self.base_url.startswith("https://")

    def zone(self) -> ZoneInfo:
        """Give the default time zone for a new studio."""
        return ZoneInfo(self.timezone)

    def __repr__(self) -> str:
        return f"Settings(data={self.data}, embedded={self.embedded})"


def _own_secret(data: Path) -> str:
    """Read the embedded studio's own secret, made at the first start."""
    path = data / "secret"
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"secret.{os.getpid()}.tmp")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(SECRET_BYTES))
        try:
            os.link(fresh, path)  # the first process wins, the others read its secret
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text().strip()


class _Numbers(msgspec.Struct, frozen=True):
    port: int
    workers: int
    lease_s: float
    reserve_bytes: int
    max_megapixels: int
    task_lease_h: float


def _numbers(env: Mapping[str, str]) -> _Numbers:
    """Read what must be a number of a sensible size. Raises SettingsError."""
    try:
        port = int(env.get("PORT") or 8000)
        workers = int(env.get("SAFELIGHT_WORKERS") or max(1, min(4, os.cpu_count() or 1)))
        lease_s = float(env.get("SAFELIGHT_LEASE_S") or 30)
        reserve = int(env.get("SAFELIGHT_RESERVE_BYTES") or 256 * 1024 * 1024)
        megapixels = int(env.get("SAFELIGHT_MAX_MEGAPIXELS") or 220)
        task_lease_h = float(env.get("SAFELIGHT_TASK_LEASE_H") or 72)
    except ValueError as wrong:
        raise SettingsError("setting_no_number", told=str(wrong)) from wrong
    if not (0 <= port <= 65535 and workers >= 1 and 0 < lease_s <= 3600 and reserve >= 0 and megapixels >= 1):
        raise SettingsError("setting_out_of_range")
    if not 1 <= task_lease_h <= LONGEST_TASK_LEASE_H:
        raise SettingsError("setting_no_task_lease", most=LONGEST_TASK_LEASE_H)
    return _Numbers(port, workers, lease_s, reserve, megapixels, task_lease_h)


def _zone(env: Mapping[str, str]) -> str:
    """Read the default time zone. Raises SettingsError."""
    zone = env.get("SAFELIGHT_TIMEZONE") or "Asia/Shanghai"
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, ZoneInfoNotFoundError) as wrong:
        raise SettingsError("setting_no_zone", zone=zone) from wrong
    return zone


def _scheme(address: str) -> str:
    """Tell what an address begins with; never what follows, for that may be a secret."""
    return address.partition("://")[0][:24] if "://" in address else "…"


def _one_of(env: Mapping[str, str], name: str, default: str, schemes: tuple[str, ...], code: str) -> str:
    """Read an address that begins with one of some words. Raises SettingsError."""
    address = env.get(name) or default
    if not address.startswith(schemes):
        raise SettingsError(code, scheme=_scheme(address))
    return address


def _base_url(env: Mapping[str, str], default: str) -> str:
    """Read the address people type: a scheme, a host, perhaps a port. Raises SettingsError."""
    address = (env.get("SAFELIGHT_BASE_URL") or default).rstrip("/")
    try:
        parts = urlsplit(address)
        good = (
            parts.scheme in {"http", "https"} and parts.hostname and not (parts.path or parts.query or parts.username)
        )
        _port = parts.port
    except ValueError:
        good = False
    if not good:
        raise SettingsError("setting_no_base_url", address=address)
    return address


def read_settings(env: Mapping[str, str]) -> Settings:
    """Read settings from an environment. Raises SettingsError."""
    data = Path(env.get("SAFELIGHT_DATA") or "var").absolute()
    database_url = env.get("SAFELIGHT_DATABASE_URL") or f"sqlite+aiosqlite:///{data / 'safelight.db'}"
    for plain, driver in DRIVERS.items():
        if database_url.startswith(plain):
            database_url = database_url.replace(plain, driver, 1)
    if not database_url.startswith(tuple(DRIVERS.values())):
        raise SettingsError("setting_no_database", scheme=_scheme(database_url))
    embedded = database_url.startswith("sqlite")
    secret = env.get("SAFELIGHT_SECRET") or (_own_secret(data) if embedded else "")
    if len(secret) < SHORTEST_SECRET:
        raise SettingsError("secret_needed")
    host = env.get("HOST") or "127.0.0.1"
    numbers = _numbers(env)
    own_store = f"file://{quote(str(data / 'store'))}?reserve={numbers.reserve_bytes}"
    shown_host = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - a comparison
    return Settings(
        data=data,
        database_url=database_url,
        storage_url=_one_of(env, "SAFELIGHT_STORAGE_URL", own_store, STORES, "setting_no_store"),
        broker_url=_one_of(env, "SAFELIGHT_BROKER_URL", "inprocess://", BROKERS, "setting_no_broker"),
        secret=secret,
        base_url=_base_url(env, f"http://{shown_host}:{numbers.port}"),
        host=host,
        timezone=_zone(env),
        **msgspec.structs.asdict(numbers),
    )


@functools.cache
def settings() -> Settings:
    """Read this process's settings once."""
    return read_settings(os.environ)
