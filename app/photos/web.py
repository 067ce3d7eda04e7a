"""The tus 1.0 protocol (https://tus.io/protocols/resumable-upload): an order's originals, resumable.

Core with the extensions creation, creation-with-upload, checksum, termination, expiration. No request has a
transaction of its own: the bytes are streamed, the service opens short ones before and after them.
"""

import asyncio
import base64
import binascii
import re
import uuid
from collections.abc import AsyncIterator, Mapping
from email.utils import format_datetime
from typing import Annotated, Any, ClassVar

import msgspec
from litestar import Request, Response, route
from litestar.connection import ASGIConnection
from litestar.enums import HttpMethod
from litestar.exceptions import InternalServerException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath

from app.core.access import Actor
from app.core.db import Database
from app.core.errors import BadInput, SafelightError, TooLarge
from app.core.uploads import BadUpload
from app.core.web import csrf, problems
from app.core.web.given import GivenActor, GivenDb, GivenStore
from app.core.web.origin import SAFE
from app.photos import rules, service
from app.photos.schemas import Progress, Wanted
from app.photos.service.tus import ALGORITHMS, Sent, Sum, read_sum
from storage.store import Store

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,termination,expiration"
BYTES = "application/offset+octet-stream"
IDLE_S = 60.0  # without a byte; whoever lost their network comes back with a new request
LONGEST_TOLD = 4096
ORDER = "/studio/orders/{order_id:uuid}/uploads"
UPLOAD = ORDER + "/{upload_id:uuid}"
AnyRequest = Request[Any, Any, Any]
_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)


class BadTus(BadInput):
    """A header of the protocol is missing or cannot be read."""

    status: ClassVar[int] = 400
    default_code = "bad_request"


class OtherVersion(SafelightError):
    """Another version of the protocol."""

    status: ClassVar[int] = 412
    default_code = "bad_request"


class OtherType(SafelightError):
    """The body is not of the type the protocol wants."""

    status: ClassVar[int] = 415
    default_code = "bad_request"


def tus_answer(request: AnyRequest, exc: Exception) -> Response[Any]:
    """Answer what was raised, with the headers of the protocol."""
    answer = problems.answer(request, exc)
    answer.headers["tus-resumable"] = VERSION
    if answer.status_code == 412:
        answer.headers["tus-version"] = VERSION
    return answer


async def require_header(connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
    """Ask for the page's token in the header: the body is the file's alone. Raises Forbidden."""
    if connection.scope["method"] not in SAFE:  # type: ignore[typeddict-item]
        csrf.check(connection, connection.headers.get(csrf.HEADER))


SHARED: dict[str, Any] = {
    "opt": {"streams": True}, "guards": [require_header], "include_in_schema": False, "request_max_body_size": None,
    "exception_handlers": {Exception: tus_answer},
}  # fmt: skip


def _number(text: str | None) -> int:
    if text is None or not _NUMBER.fullmatch(text):
        raise BadTus
    return int(text)


def _check_version(request: AnyRequest) -> None:
    if request.headers.get("tus-resumable") != VERSION:
        raise OtherVersion


def read_metadata(text: str) -> dict[str, str]:
    """Read "name base64,name base64"; a hostile one is refused. Raises BadTus."""
    if len(text) > LONGEST_TOLD or not text.isascii():
        raise BadTus
    told: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        key, _, value = pair.partition(" ")
        if key in told or len(told) > 32:
            raise BadTus
        try:
            told[key] = base64.b64decode(value.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise BadTus from None
    return told


def _wanted(headers: Mapping[str, str]) -> Wanted:
    size = _number(headers.get("upload-length"))  # a length that follows later is not an extension of ours
    written = headers.get("upload-metadata", "")
    told = read_metadata(written)
    name = told.get("filename") or told.get("name") or ""
    path = told.get("relativePath") or name
    sha256 = told.get("sha256", "").lower()
    if sha256 and not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise BadTus
    return Wanted(name=name or path, size=size, path=path, sha256=sha256 or None, told=written)


def _sum(headers: Mapping[str, str]) -> Sum | None:
    if "upload-checksum" not in headers:
        return None
    found = read_sum(headers["upload-checksum"])
    if found is None:
        raise BadTus
    return found


async def _body(request: AnyRequest) -> AsyncIterator[bytes]:
    """Give the body as it arrives. Raises BadUpload when it breaks off."""
    stream = request.stream()
    try:
        while True:
            async with asyncio.timeout(IDLE_S):
                data = await anext(stream, None)
            if data is None:
                return
            if data:
                yield data
    except (InternalServerException, TimeoutError) as wrong:
        raise BadUpload("upload_interrupted") from wrong


def _headers(progress: Progress, **more: str) -> dict[str, str]:
    headers = {"tus-resumable": VERSION, "upload-offset": str(progress.offset), "cache-control": "no-store", **more}
    if not progress.done:
        headers["upload-expires"] = format_datetime(progress.expires_at, usegmt=True)
    return headers


def _empty(status: int, headers: dict[str, str]) -> Response[Any]:
    return Response(None, status_code=status, headers=headers)


def _about(allow: str) -> Response[Any]:
    headers = {
        "allow": allow, "tus-resumable": VERSION, "tus-version": VERSION, "tus-extension": EXTENSIONS,
        "tus-max-size": str(rules.MOST_BYTES), "tus-checksum-algorithm": ",".join(ALGORITHMS),
    }  # fmt: skip
    return _empty(204, headers)


@route(ORDER, http_method=[HttpMethod.OPTIONS], **SHARED)
async def about_uploads(order_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Tell what this server can do."""
    del order_id
    return _about("POST, OPTIONS")


@route(UPLOAD, http_method=[HttpMethod.OPTIONS], **SHARED)
async def about_upload(order_id: FromPath[uuid.UUID], upload_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Tell what this server can do."""
    del order_id, upload_id
    return _about("HEAD, PATCH, DELETE, POST, OPTIONS")


@route(ORDER, http_method=[HttpMethod.POST], **SHARED)
async def create_upload(
    request: AnyRequest, db: GivenDb, store: GivenStore, actor: GivenActor, order_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Make an upload; its first bytes may come along."""
    _check_version(request)
    wanted = _wanted(request.headers)
    brings = request.headers.get("content-type") == BYTES
    checksum = _sum(request.headers) if brings else None
    async with db.write() as session:
        row = await service.create_upload(session, actor, order_id, wanted)
    where = f"{request.scope['path']}/{row.id}"
    progress = await service.upload_progress(db, actor, order_id, row.id)
    if brings and request.content_length != 0:
        sent = Sent(offset=0, body=_body(request), length=request.content_length, sum=checksum)
        progress = await service.append(db, store, actor, order_id, row.id, sent)
    return _empty(201, _headers(progress, location=where))


@route(UPLOAD, http_method=[HttpMethod.HEAD], **SHARED)
async def look_at_upload(
    request: AnyRequest,
    db: GivenDb,
    actor: GivenActor,
    order_id: FromPath[uuid.UUID],
    upload_id: FromPath[uuid.UUID],
) -> Response[Any]:
    """Tell how many bytes are safe."""
    _check_version(request)
    progress = await service.upload_progress(db, actor, order_id, upload_id)
    more = {"upload-length": str(progress.size)}
    if progress.told:
        more["upload-metadata"] = progress.told
    return _empty(200, _headers(progress, **more))


@route(UPLOAD, http_method=[HttpMethod.PATCH], **SHARED)
async def append_to_upload(
    request: AnyRequest,
    db: GivenDb,
    store: GivenStore,
    actor: GivenActor,
    order_id: FromPath[uuid.UUID],
    upload_id: FromPath[uuid.UUID],
) -> Response[Any]:
    """Take bytes in; the answer to the last of them comes when the photo is written down."""
    return await _append(request, db, store, actor, (order_id, upload_id))


async def _append(
    request: AnyRequest, db: Database, store: Store, actor: Actor, ids: tuple[uuid.UUID, uuid.UUID]
) -> Response[Any]:
    _check_version(request)
    if request.headers.get("content-type") != BYTES:
        raise OtherType
    sent = Sent(
        offset=_number(request.headers.get("upload-offset")), body=_body(request), length=request.content_length,
        sum=_sum(request.headers),
    )  # fmt: skip
    return _empty(204, _headers(await service.append(db, store, actor, *ids, sent)))


@route(UPLOAD, http_method=[HttpMethod.DELETE], status_code=200, **SHARED)
async def end_upload(
    request: AnyRequest,
    db: GivenDb,
    store: GivenStore,
    actor: GivenActor,
    order_id: FromPath[uuid.UUID],
    upload_id: FromPath[uuid.UUID],
) -> Response[Any]:
    """Give an upload up."""
    _check_version(request)
    await service.cancel_upload(db, store, actor, order_id, upload_id)
    return _empty(204, {"tus-resumable": VERSION})


@route(UPLOAD, http_method=[HttpMethod.POST], **SHARED)
async def overridden(
    request: AnyRequest,
    db: GivenDb,
    store: GivenStore,
    actor: GivenActor,
    order_id: FromPath[uuid.UUID],
    upload_id: FromPath[uuid.UUID],
) -> Response[Any]:
    """Do what X-HTTP-Method-Override names, for networks that let only GET and POST through."""
    wish = request.headers.get("x-http-method-override", "").upper()
    if wish == "PATCH":
        return await _append(request, db, store, actor, (order_id, upload_id))
    if wish != "DELETE":
        raise BadTus
    _check_version(request)
    await service.cancel_upload(db, store, actor, order_id, upload_id)
    return _empty(204, {"tus-resumable": VERSION})


class File(msgspec.Struct, frozen=True):
    """A file as the page names it."""

    name: str
    size: int
    path: str = ""
    mark: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    sha256: str | None = None
    sure: bool = False


class Shoot(msgspec.Struct, frozen=True):
    """Files that will come."""

    files: list[File]


@route(ORDER + "/expected", http_method=[HttpMethod.POST], status_code=200, request_max_body_size=2 << 20,
       include_in_schema=False)  # fmt: skip
async def announce(
    request: AnyRequest, db: GivenDb, actor: GivenActor, order_id: FromPath[uuid.UUID]
) -> list[dict[str, Any]]:
    """Take the list of files that will come, and tell of each where to send it or that it is here."""
    try:
        shoot = msgspec.json.decode(await request.body(), type=Shoot)
    except (msgspec.DecodeError, msgspec.ValidationError) as wrong:
        raise BadInput from wrong
    if len(shoot.files) > service.MOST_AT_ONCE:
        raise TooLarge("too_many_parts")
    wanted = [Wanted(name=one.name, size=one.size, path=one.path or one.name, mark=one.mark,
                     sha256=one.sha256, sure=one.sure)
              for one in shoot.files]  # fmt: skip
    async with db.write() as session:
        told = await service.announce(session, actor, order_id, wanted)
    return [msgspec.to_builtins(one) for one in told]
