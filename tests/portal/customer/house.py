"""A running web process with one gallery, for browsers."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from playwright.async_api import Page, expect

import storage
from app.core.db import Database
from app.core.settings import Settings
from tests import story
from tests.browser import axe_findings
from tests.conftest import SECRET, settings_in
from tests.servers.process import free_port, running

expect.set_options(timeout=30_000)  # against hanging


class Studio(msgspec.Struct):
    """A running studio and the way to its gallery."""

    url: str
    key: str
    pin: str
    photos: list[str]
    partner: story.NewLink
    begun: story.Story
    settings: Settings

    @contextlib.asynccontextmanager
    async def database(self) -> AsyncIterator[Database]:
        """Open the studio's database from outside."""
        db = Database(self.settings)
        try:
            yield db
        finally:
            await db.close()


async def _gallery(settings: Settings) -> tuple[story.Story, story.NewLink, story.NewLink, list[str]]:
    db = Database(settings)
    begun = await story.begin(db, included=2, most=4)
    photos = await story.ready_order(db, storage.from_url(settings.storage_url), begun, count=9)
    made, partner = await story.link(db, begun), await story.link(db, begun, 1)
    await db.close()
    return begun, made, partner, [str(photo) for photo in photos]


@pytest.fixture
def studio(tmp_path: Path, sqlite_url: str) -> Iterator[Studio]:
    """A web process of its own, with one gallery of nine photos."""
    port = free_port()
    settings = settings_in(tmp_path / "var", PORT=str(port), SAFELIGHT_DATABASE_URL=sqlite_url)
    with ThreadPoolExecutor(1) as pool:
        begun, made, partner, photos = pool.submit(asyncio.run, _gallery(settings)).result()
    environment = [
        f"SAFELIGHT_DATA={settings.data}", f"SAFELIGHT_SECRET={SECRET}", f"PORT={port}",
        f"SAFELIGHT_DATABASE_URL={sqlite_url}",
    ]  # fmt: skip
    server = [sys.executable, "-m", "uvicorn", "app.main:create_app", "--factory", "--port", str(port)]
    with running(["env", *environment, *server], port, tmp_path / "web.log"):
        yield Studio(settings.base_url, made.key, made.pin, photos, partner, begun, settings)


async def enter(page: Page, studio: Studio, link: story.NewLink | None = None) -> None:
    """Come in by link and PIN."""
    await page.goto(f"{studio.url}/g/{link.key if link else studio.key}")
    assert await axe_findings(page) == []
    await page.get_by_label("PIN").fill(link.pin if link else studio.pin)
    await page.locator("main button").click()
    await expect(page.locator("h1")).to_have_text("林夏 & 陈屿")
    await page.wait_for_load_state()  # the scripts are there
