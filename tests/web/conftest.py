"""The whole application on an embedded studio, with a browser that keeps cookies."""

from collections.abc import AsyncIterator
from types import SimpleNamespace

import msgspec
import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from app.core.settings import Settings
from app.main import create_app
from tests.story import Story, begin

ORIGIN = "http://127.0.0.1:8000"
HTML = {"accept": "text/html", "accept-language": "en"}
PASSWORD = "a lamp that is safe for paper"


class Browser(AsyncTestClient):
    """Sends what a browser sends with a form of our own."""

    async def form(self, path: str, data: dict[str, str] | None = None, **headers: str):
        sent = {"origin": ORIGIN, "sec-fetch-site": "same-origin", **HTML, **headers}
        return await self.post(path, data=data or {}, headers=sent, follow_redirects=False)

    async def page(self, path: str, **headers: str):
        return await self.get(path, headers={**HTML, **headers}, follow_redirects=False)


@pytest.fixture
def site_settings(settings: Settings, sqlite_url: str) -> Settings:
    return msgspec.structs.replace(settings, database_url=sqlite_url, base_url=ORIGIN)


@pytest.fixture
def site(site_settings: Settings) -> Litestar:
    return create_app(site_settings)


@pytest.fixture
async def browser(site: Litestar) -> AsyncIterator[Browser]:
    async with Browser(app=site, base_url=ORIGIN) as client:
        yield client


@pytest.fixture
async def story(site: Litestar, browser: Browser) -> Story:
    """The studio of tests.story; nobody has a password yet."""
    return await begin(site.state.db)


@pytest.fixture
def owner(story: Story) -> SimpleNamespace:
    return SimpleNamespace(id=story.staff["owner"], email="owner@shiguang.example")
