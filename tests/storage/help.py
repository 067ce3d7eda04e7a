import hashlib
import io
from pathlib import Path

from storage import Store, Stored


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def put(store: Store, key: str, data: bytes) -> Stored:
    return store.put(key, io.BytesIO(data), size=len(data), sha256=sha(data))


def get(store: Store, key: str, start: int = 0, length: int | None = None, chunk: int = 7) -> bytes:
    with store.open(key, start, length, chunk) as chunks:
        return b"".join(chunks)


def files(root: Path) -> list[str]:
    return sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file() and "lock-" not in p.name)
