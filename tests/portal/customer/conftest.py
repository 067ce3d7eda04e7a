"""A studio with an order at the customer's choice, and a browser-like client at its door."""

import re
import uuid
from collections.abc import AsyncIterator

import msgspec
import pytest
from litestar.testing import AsyncTestClient

from app.core.db import Database
from app.core.settings import Settings
from app.main import create_app
from tests import story
from tests.portal.customer.house import studio

__all__ = ["studio"]

TOKEN = re.compile(r'name="csrf" value="([^"]+)"')


class Visit(msgspec.Struct):
    """One customer's way through the pages."""

    client: AsyncTestClient
    begun: story.Story
    photos: list[uuid.UUID]
    link: story.NewLink
    gallery_id: uuid.UUID
    db: Database

    @property
    def home(self) -> str:
        """The gallery's address."""
        return f"/gallery/{self.gallery_id}"

    async def enter(self, lang: str = "en"):
        """Come in by link and PIN."""
        self.client.headers["accept-language"] = lang
        await self.client.get(f"/g/{self.link.key}")
        return await self.client.post(f"{self.home}/pin", data={"pin": self.link.pin})

    async def post(self, path: str, *, htmx: bool = False, **data):
        """Send a form of the gallery's page."""
        token = TOKEN.search((await self.client.get(self.home)).text)
        headers = {"hx-request": "true", "hx-request-type": "partial"} if htmx else {}
        form = {"csrf": token[1] if token else "", **data}
        return await self.client.post(f"{self.home}{path}", data=form, headers=headers)


@pytest.fixture
async def visit(settings: Settings, sqlite_url: str) -> AsyncIterator[Visit]:
    """A gallery of five photos, two of them included, four at most."""
    settings = msgspec.structs.replace(settings, database_url=sqlite_url)
    app, db = create_app(settings), Database(settings)
    begun = await story.begin(db)
    photos = await story.ready_order(db, app.state.store, begun)
    made = await story.link(db, begun)
    async with db.read() as session:
        gallery_id = await story.gallery_id(session, begun)
    async with AsyncTestClient(app, base_url=settings.base_url) as client:
        client.headers["origin"] = settings.base_url
        client.headers["accept"] = "text/html"
        yield Visit(client, begun, photos, made, gallery_id, db)
    await db.close()
