"""A PostgreSQL that can be stopped and started again on the same data."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.servers.postgres import FAST, Postgres, _group, _wait_queries, missing, program, server_user
from tests.servers.process import free_port, running


class Restartable:
    """The server, its folder, and the process that runs now."""

    def __init__(self, folder: Path, user: str | None) -> None:
        self.port, self._folder, self._user = free_port(), folder, user
        self._process = contextlib.ExitStack()

    def start(self) -> Postgres:
        """Start it, and wait until it answers queries."""
        server = program("postgres")
        assert server, missing()
        command = [server, "-D", str(self._folder / "data"), "-p", str(self.port)]
        for setting in FAST:
            command += ["-c", setting]
        pid = self._process.enter_context(running(command, self.port, self._folder / "log", user=self._user))
        pg = Postgres(self.port, pid)
        _wait_queries(pg)
        return pg

    def stop(self) -> None:
        """Stop it: everybody's connection ends."""
        self._process.close()


@contextlib.contextmanager
def restartable_postgres() -> Iterator[tuple[Restartable, Postgres]]:
    """Run one until the block is left; yields it with the first of its processes."""
    user = server_user() if os.getuid() == 0 else None
    initdb = program("initdb")
    assert initdb, missing()
    with tempfile.TemporaryDirectory(prefix="test-postgres-") as name:
        folder, kept = Path(name), Path(name, "kept")
        kept.mkdir()
        for place in (folder, kept):
            if user:
                shutil.chown(place, user)
        subprocess.run(
            [initdb, "-D", str(kept / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
            check=True, capture_output=True, cwd=kept, user=user, group=_group(user),
            extra_groups=[] if user else None, env={**os.environ, "LC_ALL": "C"},
        )  # fmt: skip
        server = Restartable(kept, user)
        try:
            yield server, server.start()
        finally:
            server.stop()
