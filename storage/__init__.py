"""Where the bytes lie: one small protocol, a local folder, any S3 store, and a twin for tests."""

from storage.errors import (
    BadKey,
    BadUrl,
    IntegrityError,
    KeyTaken,
    NotFound,
    StorageError,
    StoreFull,
    StoreUnavailable,
    UploadBusy,
)
from storage.incoming import Incoming
from storage.store import Stat, Store, Stored
from storage.url import from_url, masked

__all__ = [
    "BadKey",
    "BadUrl",
    "Incoming",
    "IntegrityError",
    "KeyTaken",
    "NotFound",
    "Stat",
    "StorageError",
    "Store",
    "StoreFull",
    "StoreUnavailable",
    "Stored",
    "UploadBusy",
    "from_url",
    "masked",
]
