"""The composition root: puts the application together. Only the server and tests come here."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from typing import Any

from litestar import Litestar, Request
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.types import ControllerRouterHandler

import storage
from app.core import schema
from app.core.db import Database
from app.core.logs import configure_logs
from app.core.settings import Settings, read_settings
from app.core.web.csrf import require_token
from app.core.web.edge import Edge
from app.core.web.health import healthz, readyz
from app.core.web.origin import require_own_origin
from app.core.web.problems import answer
from app.core.web.static import StaticFiles, static_file
from app.core.web.streams import streams_of
from app.core.web.transactions import provide_session
from app.galleries import api as galleries_api
from app.galleries import service as galleries
from app.identity.api import CustomerActor, find_actors, provide_actor, provide_actors
from app.photos import api as photos
from app.photos import web as uploads
from app.photos.service import sweep_staged
from app.production import api as production
from portal.pages import STATIC, Pages
from portal.routes import PAGES

FORM_BYTES = 64 * 1024
DESCRIPTION = """A studio's orders, photos, galleries and tasks, for programs.

**Keys.** The owner makes them under *Keys for programs*; send one as `Authorization: Bearer sl_…`. A key can do what
its scopes say, in the branches it was made for; everything else does not exist for it (404) or is refused (403).

**Lists** come in pages: `items`, and `next`, which is given as `after` for the page that follows; `limit` is 1 to 200.

**Errors** are `application/problem+json`: `code` stays the same for ever, `detail` is a sentence in the language asked
for by `Accept-Language` (en, zh-CN).

**Doing something once.** Send `Idempotency-Key` with a POST that makes something: the same key gives the same answer.
"""
API: list[ControllerRouterHandler] = [
    photos.send_file,
    photos.list_photos,
    photos.get_photo,
    photos.add_photo,
    uploads.about_uploads,
    uploads.about_upload,
    uploads.create_upload,
    uploads.look_at_upload,
    uploads.append_to_upload,
    uploads.end_upload,
    uploads.overridden,
    uploads.announce,
    production.list_orders,
    production.get_order,
    production.add_order,
    production.list_tasks,
    production.get_task,
    galleries_api.list_galleries,
    galleries_api.get_gallery,
]  # the domains' api.py


def _settings(request: Request[Any, Any, Any]) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


def _db(request: Request[Any, Any, Any]) -> Database:
    db: Database = request.app.state.db
    return db


def _store(request: Request[Any, Any, Any]) -> storage.Store:
    store: storage.Store = request.app.state.store
    return store


@contextlib.asynccontextmanager
async def _database(app: Litestar) -> AsyncIterator[None]:
    """Keep one database for the event loop the application runs on."""
    db = Database(app.state.settings)
    app.state.db = db
    try:
        await schema.require_current(db.engine)
        yield
    finally:
        await db.close()


@contextlib.asynccontextmanager
async def _staging(app: Litestar) -> AsyncIterator[None]:
    """Keep the place where uploads are staged from filling up."""
    sweeping = asyncio.create_task(sweep_staged(app.state.store))
    try:
        yield
    finally:
        sweeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await sweeping


def create_app(settings: Settings | None = None, *, customer_actor: CustomerActor = galleries.actor_of) -> Litestar:
    """Build the application; without settings they come from the environment, and this process's log is set up."""
    if settings is None:
        settings = read_settings(os.environ)
        configure_logs()
    statics = StaticFiles(STATIC)
    app = Litestar(
        route_handlers=[healthz, readyz, static_file, PAGES, *API],
        lifespan=[_database, _staging, streams_of],
        guards=[require_own_origin, find_actors, require_token],  # in this order, before a body is read
        dependencies={
            "session": Provide(provide_session),
            "actor": Provide(provide_actor, sync_to_thread=False),
            "actors": Provide(provide_actors, sync_to_thread=False),
            "db": Provide(_db, sync_to_thread=False),
            "store": Provide(_store, sync_to_thread=False),
            "settings": Provide(_settings, sync_to_thread=False),
        },
        exception_handlers={Exception: answer, HTTPException: answer},
        request_max_body_size=FORM_BYTES,
        openapi_config=OpenAPIConfig(
            title="Safelight",
            version="1",
            description=DESCRIPTION,
            path="/schema",
            render_plugins=[JsonRenderPlugin(path="/openapi.json")],
            components=Components(security_schemes={"key": SecurityScheme(type="http", scheme="bearer")}),
            security=[{"key": []}],
        ),
        logging_config=None,
        debug=False,
        state=State(
            {
                "settings": settings,
                "store": storage.from_url(settings.storage_url),
                "static": statics,
                "pages": Pages(settings, statics),
                "customer_actor": customer_actor,
            }
        ),
    )
    # Outside of routing, so that answers to unknown addresses are dressed too.
    app.asgi_handler = Edge(app.asgi_handler, settings)
    return app
