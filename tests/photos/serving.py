"""A web process with an order that takes photos, and who may send them."""

import asyncio
import base64
import contextlib
import hashlib
import socket
import sys
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec

import storage
from app.core.db import Database
from app.core.settings import Settings
from app.core.web.csrf import token_of
from app.identity import service as identity
from app.photos.models import Upload
from tests import story as stories
from tests.conftest import SECRET, settings_in
from tests.servers.process import free_port, running

HOUR = timedelta(hours=1)
TUS = {"tus-resumable": "1.0.0"}
BYTES = {"content-type": "application/offset+octet-stream"}
GUARD_S = 60


class Sender(msgspec.Struct):
    """A running studio, its order, and a browser of the photographer's."""

    settings: Settings
    story: stories.Story
    client: httpx.Client
    process: int

    @property
    def uploads(self) -> str:
        return f"/studio/orders/{self.story.order_id}/uploads"

    def ask(self, question: Callable[[Database], Awaitable[Any]]) -> Any:
        async def asked() -> Any:
            db = Database(self.settings)
            try:
                return await question(db)
            finally:
                await db.close()

        return asyncio.run(asked())

    def stored(self) -> dict[str, str]:
        """Map the stored originals to their SHA-256, read back from the store."""
        store = storage.from_url(self.settings.storage_url)
        found = {}
        for key in store.keys(f"{self.story.studio_id}/{self.story.order_id}/"):
            if "original-" in key:
                with store.open(key) as chunks:
                    found[key] = hashlib.sha256(b"".join(chunks)).hexdigest()
        return found


async def cookies_of(db: Database, settings: Settings, story: stories.Story, role: str) -> tuple[str, str]:
    """Sign a member of staff in: cookie and token."""
    async with db.write() as session:
        cookie = await identity.open_session(
            session, kind="staff", studio_id=story.studio_id, staff_id=story.staff[role], lifetime=HOUR
        )
    async with db.read() as session:
        actor = await identity.staff_actor(session, cookie)
    assert actor is not None
    return cookie, token_of(settings.secret, actor)


@contextlib.contextmanager
def web(settings: Settings, log: Path) -> Iterator[int]:
    """Run the web process; gives its process id."""
    environment = [
        f"SAFELIGHT_DATA={settings.data}", f"SAFELIGHT_SECRET={SECRET}", f"PORT={settings.port}",
        f"SAFELIGHT_DATABASE_URL={settings.database_url}", "SAFELIGHT_RESERVE_BYTES=0",
    ]  # fmt: skip
    server = [sys.executable, "-m", "uvicorn", "app.main:create_app", "--factory", "--port", str(settings.port)]
    with running(["env", *environment, *server, "--no-access-log"], settings.port, log) as pid:
        yield pid


def settings_for(folder: Path, url: str) -> Settings:
    """Settings of an embedded studio on a free port."""
    return settings_in(folder, PORT=str(free_port()), SAFELIGHT_DATABASE_URL=url, SAFELIGHT_RESERVE_BYTES="0")


def begin(settings: Settings) -> tuple[stories.Story, str, str]:
    """Make the story and sign the photographer in."""

    async def make() -> tuple[stories.Story, str, str]:
        db = Database(settings)
        try:
            story = await stories.begin(db)
            return story, *await cookies_of(db, settings, story, "photographer")
        finally:
            await db.close()

    return asyncio.run(make())


def client_of(settings: Settings, cookie: str, token: str) -> httpx.Client:
    """A browser with a session and the token of its pages."""
    headers = {"origin": settings.base_url, "sec-fetch-site": "same-origin", "x-csrf-token": token}
    return httpx.Client(base_url=settings.base_url, cookies={"sl_staff": cookie}, headers=headers, timeout=60)


def photo(name: str, size: int = 5000) -> bytes:
    """Bytes that are different for each name."""
    seed = hashlib.sha256(name.encode()).digest()
    return (seed * (size // 32 + 1))[:size]


def another_order(sender: Sender) -> uuid.UUID:
    """Write down an order of the same studio."""

    async def make(db: Database) -> uuid.UUID:
        return (await stories.another_order(db, sender.story, "Other", "周然")).order_id

    return sender.ask(make)  # type: ignore[no-any-return]


def told(**pairs):
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs.items())


def create(sender, name, size, body=None, **headers):
    sent = {**TUS, "upload-length": str(size), "upload-metadata": told(filename=name), **headers}
    return sender.client.post(sender.uploads, headers=sent, content=body)


def made(sender, name, size):
    answer = create(sender, name, size)
    assert answer.status_code == 201, answer.text
    return answer.headers["location"]


def patch(sender, where, offset, body, **headers):
    return sender.client.patch(where, headers={**TUS, **BYTES, "upload-offset": str(offset), **headers}, content=body)


def offset(sender, where):
    answer = sender.client.head(where, headers=TUS)
    assert answer.status_code == 200, answer.status_code
    return int(answer.headers["upload-offset"])


def row(sender, where):
    async def read(db):
        async with db.read() as session:
            return await session.get_one(Upload, uuid.UUID(where.rpartition("/")[2]))

    return sender.ask(read)


def raw_patch(sender, where, start, length):
    """Open a PATCH by hand; the caller sends the bytes."""
    out = socket.create_connection(("127.0.0.1", sender.settings.port), timeout=GUARD_S)
    headers = {
        **TUS, **BYTES, "upload-offset": str(start), "content-length": str(length), "host": "x",
        "cookie": f"sl_staff={sender.client.cookies['sl_staff']}", **dict(sender.client.headers),
    }  # fmt: skip
    headers["host"] = f"127.0.0.1:{sender.settings.port}"
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    out.sendall(f"PATCH {where} HTTP/1.1\r\n{lines}\r\n".encode())
    return out


def until(true):
    end = time.monotonic() + GUARD_S
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def not_refused(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
