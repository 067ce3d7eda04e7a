"""Names every module that has tables, so that migrations and tests know them all."""

import importlib

from sqlalchemy import MetaData

from app.core.db import Base

MODULES = ("core.audit", "core.documents", "core.heartbeats", "core.jobs", "core.live", "core.once",
           "identity.models", "crm.models", "orders.models", "photos.models", "production.models",
           "galleries.models", "billing.models")  # fmt: skip


def all_tables() -> MetaData:
    """Load every table."""
    for module in MODULES:
        importlib.import_module(f"app.{module}")
    return Base.metadata
