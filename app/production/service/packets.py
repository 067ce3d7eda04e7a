"""What lies in a retoucher's packet: originals, what is to be changed, sidecars, and what is wanted in three forms."""

import uuid
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from app.core import clock, documents
from app.core.access import Actor, require
from app.core.db import Database, Session
from app.core.documents import NewDocument
from app.core.i18n import gettext_ as _
from app.core.i18n import language
from app.core.locales.sentences import sentence
from app.core.zips import ZipEntry, ZipPlan
from app.orders import service as orders
from app.photos import service as photos
from app.photos.models import File
from app.photos.schemas import LOOK_NAMES, RemarkView
from app.production import rules
from app.production.models import Task
from app.production.schemas import PRODUCTS, SEND_BACK_REASONS, Brief, BriefRemark, Item
from app.production.service.sidecars import Sidecar, write_xmp
from app.production.service.work import brief_of, items_of
from storage.store import Store

Date = tuple[int, int, int, int, int, int]
RENEW = timedelta(minutes=10)  # a download in many ranges is one deed
PICKED = 5  # stars of a chosen photo that brought none
LABELS = {"redo": "Purple", "said": "Yellow", "plain": "Green"}  # as the colour labels are called in Adobe's programs


def zip_date(moment: datetime) -> Date:
    """Date an archive's entries; the same for every download of the same thing, so that a broken one can resume."""
    return (moment.year, moment.month, moment.day, 0, 0, 0)


def stored_entry(store: Store, name: str, file: File, date: Date) -> ZipEntry:
    """Name a stored file in a packet: read only when its bytes are asked for."""
    return _entry_at(store, name, (file.key, file.size, file.crc32), date)


def _entry_at(store: Store, name: str, place: tuple[str, int, int], date: Date) -> ZipEntry:
    key, size, crc32 = place

    def read(start: int, length: int) -> Iterator[bytes]:
        return store.open(key, start, length)

    return ZipEntry(name=name, size=size, crc32=crc32, open=read, date=date)


def text_entry(name: str, text: bytes, date: Date) -> ZipEntry:
    """Put a small text into a packet."""

    def read(start: int, length: int) -> Iterator[bytes]:
        return iter([text[start : start + length]])

    return ZipEntry(name=name, size=len(text), crc32=zlib.crc32(text), open=read, date=date)


def paper_key(task_id: uuid.UUID) -> str:
    """Name the remarks of a task on paper."""
    return f"remarks:{task_id}"


def size_of(items: Sequence[Item]) -> int:
    """Tell how many bytes the pictures of a packet have."""
    return sum(item.before.size + (item.current.size if item.current else 0) for item in items)


async def packet(db: Database, store: Store, actor: Actor, task_id: uuid.UUID) -> tuple[ZipPlan, str]:
    """Plan the packet, and name it; fetching it renews the lease of who holds the task."""
    async with db.read() as session:
        task = await session.get(Task, task_id)
        require(actor, "task.read", task)
        assert task is not None  # noqa: S101 - `require` let it pass
        brief = await brief_of(session, task)
        items = await items_of(session, actor, task, brief)
        shown = [one for item in items for one in (item.before, item.current) if one is not None]
        files = await photos.files_of_versions(session, [one.version_id for one in shown])
        paper = await documents.find(session, paper_key(task.id))
    if task.assignee_id == actor.id and task.state == "taken" and _stale(task.touched_at):
        async with db.write() as session:
            held = await session.get_one(Task, task_id, with_for_update=True)
            if held.assignee_id == actor.id and held.state == "taken":
                held.touched_at = clock.now()
    date = zip_date(task.created_at)
    entries = _pictures(store, items, files, date)
    entries += [text_entry(name, text, date) for name, text in _texts(brief, items, task)]
    if paper is not None and paper.state == "ready" and paper.key and paper.size and paper.crc32 is not None:
        entries.append(_entry_at(store, "remarks.pdf", (paper.key, paper.size, paper.crc32), date))
    return ZipPlan(entries), f"{brief.order_number}-packet.zip"


def _stale(touched: datetime | None) -> bool:
    return touched is None or clock.now() - touched > RENEW


def _pictures(store: Store, items: Sequence[Item], files: Mapping[uuid.UUID, File], date: Date) -> list[ZipEntry]:
    entries = [
        stored_entry(store, f"originals/{item.packet_name}", files[item.before.version_id], date)
        for item in items
        if item.before.version_id in files
    ]
    changed = [(item, item.current) for item in items if item.current is not None and item.current.version_id in files]
    names = rules.packet_names([_renamed(item.packet_name, current.camera_name) for item, current in changed])
    entries += [
        stored_entry(store, f"current/{name}", files[current.version_id], date)
        for (_item, current), name in zip(changed, names, strict=True)
    ]
    return entries


def _renamed(packet_name: str, finished: str) -> str:
    """Give a finished file the packet's name with its own ending."""
    stem, ending = rules.stem_of(packet_name), finished.removeprefix(rules.stem_of(finished))
    return f"{stem}{ending}"


def _texts(brief: Brief, items: Sequence[Item], task: Task) -> list[tuple[str, bytes]]:
    wanted = {photo.photo_id: photo.remarks for photo in brief.photos}
    texts = [("brief.txt", _as_text(brief, items, wanted, task)), ("brief.json", _as_json(brief, items, task))]
    names = rules.sidecar_names([item.packet_name for item in items])
    for item, name in zip(items, names, strict=True):
        lines = [_line(remark) for remark in wanted[item.before.photo_id]] + [_line(one) for one in item.checks]
        said = Sidecar(
            rating=item.before.rating or PICKED,
            label=LABELS["redo" if item.state == "redo" else "said" if lines else "plain"],
            subjects=[brief.order_number, *(_product(product) for product in item.products)],
            instructions="\n".join([*lines, *_reasons(item.reasons)]), title=brief.order_number,
        )  # fmt: skip
        texts.append((f"originals/{name}", write_xmp(said)))
    return texts


def _product(product: str) -> str:
    return _(PRODUCTS[product]) if product in PRODUCTS else product


def _reasons(reasons: Sequence[str]) -> list[str]:
    return [_(SEND_BACK_REASONS[reason]) for reason in reasons if reason in SEND_BACK_REASONS]


def words_of(remark: BriefRemark | RemarkView) -> str:
    """Say a remark's chips and words in one line."""
    return " · ".join(
        [*(sentence(f"chip_{chip}", {}) for chip in remark.chips), *([remark.body] if remark.body else [])]
    )


def _line(remark: BriefRemark | RemarkView) -> str:
    place = "" if remark.x is None or remark.y is None else f" ({remark.x:.0%}, {remark.y:.0%})"
    return f"{remark.n}. {words_of(remark)}{place}"


def _as_text(
    brief: Brief, items: Sequence[Item], wanted: Mapping[uuid.UUID, Sequence[BriefRemark]], task: Task
) -> bytes:
    """Write it for people, in the reader's language."""
    lines = [brief.order_number, ""]
    if brief.wishes:
        lines += [_("Wishes"), brief.wishes, ""]
    if task.attempt > 1 and (task.reasons or task.note):
        lines += [_("From the quality check"), *_reasons(task.reasons), *([task.note] if task.note else []), ""]
    for item in items:
        lines.append(f"{item.packet_name}  {'/'.join(_product(product) for product in item.products)}".rstrip())
        lines += [f"  {_line(remark)}" for remark in wanted[item.before.photo_id]]
        said = [*_reasons(item.reasons), *(_line(remark) for remark in item.checks)]
        lines += [f"  {_('Quality check')}: {one}" for one in said]
    lines += ["", _("Hand in finished files under the same names; endings like -Edit or _精修 are fine."), ""]
    text = "\r\n".join(line for part in lines for line in (part.splitlines() or [""]))
    return ("\ufeff" + text + "\r\n").encode()  # a byte order mark and CRLF: opens right in every editor


def _as_json(brief: Brief, items: Sequence[Item], task: Task) -> bytes:
    """Write it for programs."""
    found: dict[str, Any] = msgspec.to_builtins(brief)
    if task.attempt > 1:
        found["check"] = {
            "reasons": task.reasons, "note": task.note,
            "photos": [
                {
                    "photo_id": str(item.before.photo_id), "reasons": item.reasons,
                    "remarks": [
                        {"n": one.n, "x": one.x, "y": one.y, "chips": one.chips, "body": one.body}
                        for one in item.checks
                    ],
                }
                for item in items
                if item.reasons or item.checks
            ],
        }  # fmt: skip
    return msgspec.json.format(msgspec.json.encode(found), indent=2)


async def ask_for_paper(session: Session, actor: Actor, task: Task) -> None:
    """Let a worker put what is wanted on paper: a page for each photo, its remarks at their places."""
    order = await orders.get_order(session, actor, task.order_id)
    brief = await brief_of(session, task)
    items = await items_of(session, actor, task, brief)
    wanted = {photo.photo_id: photo.remarks for photo in brief.photos}
    keys = await photos.rendition_keys(session, [item.base.version_id for item in items])
    content = {
        "number": brief.order_number, "title": order.title, "wishes": brief.wishes,
        "look": _(LOOK_NAMES[brief.look]) if brief.look in LOOK_NAMES else "",
        "promised_on": task.promised_on.isoformat() if task.promised_on else None,
        "check": [*_reasons(task.reasons), *([task.note] if task.note else [])] if task.attempt > 1 else [],
        "photos": [_page(place, item, wanted[item.before.photo_id], keys) for place, item in enumerate(items)],
    }  # fmt: skip
    await documents.ask(
        session,
        NewDocument(
            studio_id=task.studio_id, branch_id=task.branch_id, order_id=task.order_id, source_key=paper_key(task.id),
            template="remarks", language=language.get(), name=f"{brief.order_number}-remarks.pdf", content=content,
            pictures={
                f"p{place}": keys[item.base.version_id]
                for place, item in enumerate(items)
                if item.base.version_id in keys
            },
        ),
    )  # fmt: skip


def _page(place: int, item: Item, wanted: Sequence[BriefRemark], keys: Mapping[uuid.UUID, str]) -> dict[str, Any]:
    rings = [{"n": one.n, "x": one.x, "y": one.y} for one in wanted if one.x is not None and one.y is not None]
    return {
        "name": item.packet_name, "picture": f"p{place}" if item.base.version_id in keys else "",
        "width": item.base.width, "height": item.base.height,
        "products": [_product(product) for product in item.products], "rings": rings,
        "remarks": [{"n": one.n, "words": words_of(one)} for one in wanted],
        "checks": [*_reasons(item.reasons), *(f"{one.n}. {words_of(one)}" for one in item.checks)],
    }  # fmt: skip
