"""A database as it was, kept in memory."""

import sqlite3
from pathlib import Path

from app.core.settings import Settings


def database_path(settings: Settings) -> Path:
    """Find the file of an embedded studio's database."""
    return Path(settings.database_url.partition("///")[2])


def snapshot_of(path: Path) -> sqlite3.Connection:
    """Keep a database in memory."""
    kept = sqlite3.connect(":memory:", check_same_thread=False)
    source = sqlite3.connect(path)
    source.backup(kept)
    source.close()
    return kept
