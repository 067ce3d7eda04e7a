"""What can go wrong with stored bytes: facts with a stable `code` and `params`, put into sentences at the edge."""

import errno
from typing import ClassVar

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class StorageError(Exception):
    """The root of the tree; `params` never holds a secret."""

    code: ClassVar[str] = "storage_error"

    def __init__(self, **params: str | int) -> None:
        super().__init__(params)
        self.params = params

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value}" for name, value in self.params.items())
        return f"{self.code} ({told})" if told else self.code


class NotFound(StorageError):
    """No object lies under this key."""

    code = "object_not_found"


class KeyTaken(StorageError):
    """Other bytes lie under this key already; they were left as they are."""

    code = "key_taken"


class IntegrityError(StorageError):
    """Length or SHA-256 differ from what was promised; nothing was kept."""

    code = "object_damaged"


class StoreFull(StorageError):
    """No room is left, or less than the reserve."""

    code = "store_full"


class StoreUnavailable(StorageError):
    """The store does not answer or refuses us; `reason` is a stable word."""

    code = "store_unavailable"


class BadKey(StorageError):
    """A key that could leave its place, or that no function of `storage.keys` makes."""

    code = "bad_key"


class BadUrl(StorageError):
    """The setting that names the store cannot be read."""

    code = "bad_store_url"


class UploadBusy(StorageError):
    """Another request is writing to this staged upload."""

    code = "upload_busy"


def from_os(error: OSError, *, place: str = "store") -> StorageError:
    """Translate a system error into ours."""
    if error.errno in FULL:
        return StoreFull(place=place)
    return StoreUnavailable(reason=errno.errorcode.get(error.errno or 0, "io").lower(), place=place)
