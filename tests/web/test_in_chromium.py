"""What only a browser can say: its own Origin headers, its own content policy."""

import asyncio
import contextlib
import os
import sys
import time
from pathlib import Path

import httpx
import msgspec
import pytest

from app.core.access import SYSTEM
from app.core.db import Database
from app.identity import service as identity
from tests.browser import DESKTOP, PHONE, axe_findings
from tests.conftest import SECRET, settings_in
from tests.servers.process import free_port
from tests.story import begin
from tests.web.conftest import PASSWORD

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
GUARD_S = 60


@contextlib.asynccontextmanager
async def serving(folder, url, host):
    """Serve the studio from a process of its own; gives the port."""
    port = free_port()
    env = {**os.environ, "SAFELIGHT_DATA": str(folder), "SAFELIGHT_DATABASE_URL": url, "SAFELIGHT_SECRET": SECRET,
           "SAFELIGHT_RESERVE_BYTES": "0", "HOST": host, "PORT": str(port)}  # fmt: skip
    words = ["-m", "uvicorn", "--factory", "app.main:create_app", "--host", host, "--port", str(port)]
    quiet = ["--no-access-log", "--no-proxy-headers", "--log-level", "warning"]
    server = await asyncio.create_subprocess_exec(
        sys.executable, *words, *quiet, cwd=ROOT, env=env, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with httpx.AsyncClient() as client:
            until = time.monotonic() + GUARD_S
            while True:
                with contextlib.suppress(httpx.TransportError):
                    if (await client.get(f"http://127.0.0.1:{port}/healthz")).status_code == 200:
                        break
                assert time.monotonic() < until
                await asyncio.sleep(0.1)
        yield port
    finally:
        server.terminate()
        await server.wait()


async def owner_with_a_password(folder, url) -> None:
    db = Database(msgspec.structs.replace(settings_in(folder), database_url=url))
    story = await begin(db)
    await identity.set_password(db, SYSTEM, story.staff["owner"], PASSWORD)
    await db.close()


@pytest.mark.parametrize(("js", "locale"), [(True, "zh-CN"), (False, "en-GB")])
async def test_our_own_forms_are_known_as_ours(open_page, sqlite_url, tmp_path, js, locale):
    await owner_with_a_password(tmp_path / "var", sqlite_url)
    async with serving(tmp_path / "var", sqlite_url, "127.0.0.1") as port:
        page = await open_page(PHONE if js else DESKTOP, locale=locale, js=js)
        home = f"http://127.0.0.1:{port}"
        await page.goto(f"{home}/sign-in")
        other, lang = ("English", "en") if js else ("中文", "zh-CN")
        await page.get_by_role("button", name=other).click()
        await page.wait_for_url(f"{home}/sign-in*")
        assert await page.locator("html").get_attribute("lang") == lang

        await page.locator("[name=email]").fill("owner@shiguang.example")
        await page.locator("[name=password]").fill("wrong")
        await page.locator("form[action='/sign-in'] button[type=submit]").click()
        assert await page.get_by_role("alert").count() == 1
        assert await page.locator("[name=email]").input_value() == "owner@shiguang.example"
        if js:
            drawn = "document.querySelector('[role=alert] svg').getBBox().width"
            await page.wait_for_function(f"() => {drawn} > 0")  # the sprite passes the content policy
            assert await axe_findings(page) == []

        await page.locator("[name=password]").fill(PASSWORD)
        await page.locator("form[action='/sign-in'] button[type=submit]").click()
        await page.wait_for_url(f"{home}/studio")


async def test_a_phone_in_the_local_network_may_use_the_address(open_page, sqlite_url, tmp_path):
    await owner_with_a_password(tmp_path / "var", sqlite_url)
    async with serving(tmp_path / "var", sqlite_url, "0.0.0.0") as port:
        page = await open_page(PHONE, locale="en-GB", js=False)
        await page.goto(f"http://127.0.0.2:{port}/sign-in?next=/")
        await page.locator("[name=email]").fill("owner@shiguang.example")
        await page.locator("[name=password]").fill(PASSWORD)
        await page.locator("form[action='/sign-in'] button[type=submit]").click()
        await page.wait_for_url(f"http://127.0.0.2:{port}/studio")
