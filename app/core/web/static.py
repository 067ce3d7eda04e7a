"""Static files, read once: an address with the content's hash may be kept for ever."""

import functools
import gzip
import hashlib
import mimetypes
from pathlib import Path
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath

from app.core.errors import NotFound

_MORE_TYPES = {".woff2": "font/woff2", ".webmanifest": "application/manifest+json", ".js": "text/javascript",
               ".svg": "image/svg+xml", ".css": "text/css"}  # fmt: skip
_PACKED = ("text/", "image/svg", "application/manifest")
HASH = 16


class StaticFile(msgspec.Struct, frozen=True):
    """A file's bytes, its hash and its type."""

    content: bytes
    digest: str
    media_type: str

    @property
    def packed(self) -> bytes | None:
        """The bytes compressed, when that is worth it; made when somebody asks for them the first time."""
        return _packed(self.digest, self) if self.media_type.startswith(_PACKED) else None


@functools.cache
def _packed(_digest: str, file: StaticFile) -> bytes:
    return gzip.compress(file.content, 9, mtime=0)


def _media_type(path: Path) -> str:
    return _MORE_TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"


class StaticFiles:
    """Every file below a folder, by its name: a name that is not there leads nowhere."""

    def __init__(self, folder: Path) -> None:
        self.files: dict[str, StaticFile] = {}
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.is_file():
                self.files[path.relative_to(folder).as_posix()] = self._read(path)

    @staticmethod
    def _read(path: Path) -> StaticFile:
        content, media_type = path.read_bytes(), _media_type(path)
        return StaticFile(content, hashlib.sha256(content).hexdigest()[:HASH], media_type)

    def url(self, name: str) -> str:
        """Give the address of a file; KeyError for one that does not exist."""
        return f"/static/{name}?v={self.files[name].digest}"


@get("/static/{path:path}", opt={"anonymous": True}, include_in_schema=False, name="static")
async def static_file(request: Request[Any, Any, Any], path: FromPath[str]) -> Response[bytes]:
    """Answer with a static file."""
    statics: StaticFiles = request.app.state.static
    file = statics.files.get(path.lstrip("/"))
    if file is None:
        raise NotFound
    hashed = request.query_params.get("v") == file.digest
    headers = {
        "etag": f'"{file.digest}"',
        "cache-control": "public, max-age=31536000, immutable" if hashed else "public, no-cache",
        "vary": "accept-encoding",
    }
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(b"", status_code=304, headers=headers, media_type=file.media_type)
    content = file.content
    if file.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        content, headers["content-encoding"] = file.packed, "gzip"
    return Response(content, headers=headers, media_type=file.media_type)
