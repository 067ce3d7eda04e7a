"""Try a store for what Safelight needs of it: write, read, delete, write only once, and the time."""

import contextlib
import io
import os
import uuid
from datetime import UTC, datetime

import msgspec
from minio import Minio

from storage.errors import IntegrityError, KeyTaken
from storage.minio import MinioStore
from storage.s3_client import s3_errors
from storage.store import Store

FOLDER = "safelight-doctor"


class Examined(msgspec.Struct, frozen=True):
    """What was found. `skew_s`: how far the store's clock is ahead of ours, in seconds."""

    write_once: bool
    skew_s: float


def examine(store: Store) -> Examined:
    """Write, read and delete a small object. Raises StorageError with its reason."""
    store.check()
    if isinstance(store, MinioStore):
        return _examine_s3(*store.connection)
    return Examined(write_once=True, skew_s=0.0)


def _examine_s3(client: Minio, bucket: str) -> Examined:
    key, data = f"{FOLDER}/{uuid.uuid4().hex}", os.urandom(64)
    with s3_errors(key):
        client.put_object(bucket, key, io.BytesIO(data), len(data))
        try:
            answer = client.get_object(bucket, key)
            read = answer.read()
            answer.close()
            answer.release_conn()
            if read != data:
                raise IntegrityError(key=key, size=len(read))
            written = client.stat_object(bucket, key).last_modified or datetime.now(UTC)
            skew = (written - datetime.now(UTC)).total_seconds()
            return Examined(write_once=_refuses_a_second(client, bucket, key), skew_s=skew)
        finally:
            client.remove_object(bucket, key)


def _refuses_a_second(client: Minio, bucket: str, key: str) -> bool:
    """Write other bytes under the same key, as two racing processes would."""
    with contextlib.suppress(KeyTaken):
        with s3_errors(key):
            client.put_object(bucket, key, io.BytesIO(b"other"), 5)
        return False
    return True
