"""Uploads whose connection breaks, whose server dies, or that two write at once."""

import contextlib
import hashlib
import os
import select
import shutil
import signal
import subprocess
import sys
import time

from tests.photos.serving import (
    Sender,
    begin,
    client_of,
    made,
    not_refused,
    offset,
    patch,
    photo,
    raw_patch,
    settings_for,
    until,
)


def test_what_came_before_a_connection_broke_is_kept(sender):
    data = photo("broken", 200_000)
    where = made(sender, "r.jpg", len(data))
    with raw_patch(sender, where, 0, len(data)) as out:
        out.sendall(data[:150_000])
        time.sleep(0.3)
    until(lambda: offset(sender, where) == 150_000)
    assert patch(sender, where, 150_000, data[150_000:]).status_code == 204
    assert hashlib.sha256(data).hexdigest() in sender.stored().values()


def test_two_writers_of_one_upload_never_interleave(sender):
    data = photo("two writers", 200_000)
    where = made(sender, "s.jpg", len(data))

    def refused(out):
        return bool(select.select([out], [], [], 0)[0])

    def first_is_at_work(out):
        return refused(out) or patch(sender, where, 0, b"").status_code == 423  # nothing to write: harmless

    with contextlib.ExitStack() as stack:
        while True:
            out = stack.enter_context(raw_patch(sender, where, 0, len(data)))
            out.sendall(data[:100_000])
            until(lambda: first_is_at_work(out))  # noqa: B023 - asked in this round alone
            if not refused(out):  # else the look came before it, and it was told to come again
                break
        assert patch(sender, where, 0, b"!" * 10).json()["code"] == "upload_busy"
        out.sendall(data[100_000:])
        assert b" 204 " in out.recv(100)
    assert hashlib.sha256(data).hexdigest() in sender.stored().values()


def test_a_server_killed_in_the_middle_loses_nothing_it_acknowledged(tmp_path, sqlite_template):
    (tmp_path / "var").mkdir()
    shutil.copy(sqlite_template, tmp_path / "var" / "safelight.db")
    settings = settings_for(tmp_path / "var", f"sqlite+aiosqlite:///{tmp_path / 'var' / 'safelight.db'}")
    story, cookie, token = begin(settings)
    data = photo("killed", 300_000)
    environment = {**os.environ, "SAFELIGHT_DATA": str(settings.data), "SAFELIGHT_SECRET": settings.secret,
                   "SAFELIGHT_DATABASE_URL": settings.database_url, "SAFELIGHT_RESERVE_BYTES": "0",
                   "PORT": str(settings.port)}  # fmt: skip
    command = [sys.executable, "-m", "uvicorn", "app.main:create_app", "--factory", "--port", str(settings.port)]

    def start():
        server = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        until(lambda: not_refused(settings.port))
        return server

    with client_of(settings, cookie, token) as client:
        sender = Sender(settings, story, client, 0)
        server = start()
        where = made(sender, "w.jpg", len(data))
        assert patch(sender, where, 0, data[:100_000]).status_code == 204
        with raw_patch(sender, where, 100_000, 200_000) as out:
            out.sendall(data[100_000:250_000])
            time.sleep(0.3)
            server.send_signal(signal.SIGKILL)
            server.wait()
        server = start()
        try:
            safe = offset(sender, where)
            assert 100_000 <= safe <= 250_000
            assert patch(sender, where, safe, data[safe:]).status_code == 204
            assert list(sender.stored().values()) == [hashlib.sha256(data).hexdigest()]
        finally:
            server.terminate()
            server.wait()
