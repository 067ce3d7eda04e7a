"""Documents are made: words and pictures into a PDF, in a process of its own, kept and written down."""

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
import structlog

from app.core import documents
from app.core.db import Session
from app.core.documents import Document, Made, MakeDocument
from app.photos.service import hash_file
from pipelines.errors import Strike
from storage import keys
from workers import scratch
from workers.context import JobContext, Kind

TIME_S = 120.0
LOOK_S = 0.05
log = structlog.get_logger()


async def make_document(context: JobContext, task: MakeDocument) -> None:
    """Make a document's PDF."""
    async with context.db.read() as session:
        document = await documents.waiting(session, task.document_id)
    if document is None:
        return  # made already, or gone
    made = await asyncio.to_thread(_make, context, document)
    async with context.settle() as session:
        await documents.record_made(session, task.document_id, made)


def _make(context: JobContext, document: Document) -> Made:
    with scratch.job_folder(context.scratch) as folder:
        files = {name: f"picture-{place}.jpg" for place, name in enumerate(document.pictures)}
        for name, key in document.pictures.items():
            context.store.fetch(key, folder / files[name])
            context.stop_if_cancelled()
        order = {
            "template": document.template, "language": document.language,
            "content": document.content, "pictures": files,
        }  # fmt: skip
        (folder / "order.json").write_bytes(msgspec.json.encode(order))
        _write(context, folder)
        out = folder / "out.pdf"
        hashes = hash_file(out)
        key = keys.document_key(document.studio_id, document.order_id, document.id, hashes.sha256)
        context.store.put(key, out, size=hashes.size, sha256=hashes.sha256, content_type=documents.PDF)
    return Made(key=key, size=hashes.size, sha256=hashes.sha256, crc32=hashes.crc32)


def _write(context: JobContext, folder: Path) -> None:
    """Let a child write the PDF; it knows neither database nor store, and is killed when nobody wants it any more."""
    told = folder / "told"
    env = {name: os.environ[name] for name in ("PATH", "LANG", "HOME", "TMPDIR", "DYLD_FALLBACK_LIBRARY_PATH")
           if name in os.environ}  # fmt: skip
    with told.open("wb") as out:
        child = subprocess.Popen(
            [sys.executable, "-m", "workers.pdf", str(folder)], stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            env=env, cwd=Path(__file__).parents[1],
        )  # fmt: skip
        end = time.monotonic() + TIME_S
        try:
            while child.poll() is None:
                context.stop_if_cancelled()
                if time.monotonic() > end:
                    raise Strike("document_too_slow")
                time.sleep(LOOK_S)
        finally:
            if child.poll() is None:
                child.kill()
            child.wait()
    if child.returncode:
        log.error(
            "document_not_made", document=str(context.claim.payload), said=told.read_text(errors="replace")[-2000:]
        )
        raise Strike("document_not_made")


async def _failed(session: Session, task: MakeDocument, _code: str, _params: dict[str, Any]) -> None:
    await documents.record_failure(session, task.document_id)


MAKE = Kind(task=MakeDocument, run=make_document, dead=_failed)
