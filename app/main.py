"""The composition root: puts the application together. Only the server and tests come here."""

import contextlib
import os
from collections.abc import AsyncIterator
from typing import Any

from litestar import Litestar, Request
from litestar.config.response_cache import ResponseCacheConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

import storage
from app.core.db import Database
from app.core.errors import NotFound
from app.core.logs import configure_logs
from app.core.settings import Settings, read_settings
from app.core.web.csrf import require_token
from app.core.web.edge import Edge
from app.core.web.health import healthz, readyz
from app.core.web.origin import require_own_origin
from app.core.web.problems import answer
from app.core.web.static import StaticFiles, static_file
from app.core.web.transactions import provide_session
from app.identity.web import CustomerActor, find_actors, provide_actor, provide_actors
from portal.pages import STATIC, Pages
from portal.routes import PAGES
