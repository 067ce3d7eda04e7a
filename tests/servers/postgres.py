"""A PostgreSQL of its own: fast, forgetful, on 127.0.0.1 only."""

import contextlib
import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers.process import free_port, hint, running

FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=127.0.0.1",
        "unix_socket_directories=", "max_connections=200", "shared_buffers=64MB", "logging_collector=off")  # fmt: skip


@dataclass(frozen=True)
class Postgres:
    port: int
    pid: int
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1), repr=False)

    @property
    def url(self) -> str:
        return self.url_of("postgres")

    def url_of(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def new_database(self, template: str = "template1") -> str:
        """CREATE DATABASE as a copy of `template` (which nobody may be using); its url."""
        name = f"test_{os.getpid()}_{next(self._numbers)}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url_of(name)

    def drop_database(self, url: str) -> None:
        """DROP DATABASE, ending who still uses it."""
        name = url.rpartition("/")[2]
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(f"postgresql://postgres@127.0.0.1:{self.port}/postgres", autocommit=True) as connection:
            connection.execute(statement.encode())


def missing() -> str | None:
    """What is missing and how to get it, or None."""
    if program("initdb") is None or program("postgres") is None:
        return hint("PostgreSQL", "postgresql", "postgresql@17")
    if os.getuid() == 0 and server_user() is None:
        return "PostgreSQL will not run as root and there is no user postgres or nobody"
    return None


def program(name: str) -> str | None:
    """The newest one Debian keeps outside PATH, else what PATH or Homebrew has."""
    places = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/opt/homebrew/opt").glob("postgresql@*/bin")]
    for place in sorted(places, key=_version, reverse=True):
        if (place / name).exists():
            return str(place / name)
    return shutil.which(name)


def _version(place: Path) -> int:
    return int("".join(filter(str.isdigit, place.parent.name)) or 0)


def server_user() -> str | None:
    """Whom to run as when we are root."""
    import pwd

    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    return None


@contextlib.contextmanager
def running_postgres() -> Iterator[Postgres]:
    port = free_port()
    user = server_user() if os.getuid() == 0 else None
    initdb, server = program("initdb"), program("postgres")
    assert initdb, missing()
    assert server, missing()
    with tempfile.TemporaryDirectory(prefix="test-postgres-") as name:
        folder = Path(name)
        if user:
            shutil.chown(folder, user)
        data = folder / "data"
        subprocess.run(
            [initdb, "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
            check=True, capture_output=True, cwd=folder, user=user, group=_group(user),
            extra_groups=[] if user else None, env={**os.environ, "LC_ALL": "C"},
        )  # fmt: skip
        command = [server, "-D", str(data), "-p", str(port)]
        for setting in FAST:
            command += ["-c", setting]
        with running(command, port, folder / "log", user=user) as pid:
            pg = Postgres(port, pid)
            _wait_queries(pg)
            yield pg


def _group(user: str | None) -> int | None:
    import pwd

    return pwd.getpwnam(user).pw_gid if user else None


def _wait_queries(pg: Postgres) -> None:
    """The port answers a moment before queries do."""
    import time

    import psycopg

    for _ in range(200):
        try:
            pg._run("SELECT 1")
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("PostgreSQL answers no queries")
