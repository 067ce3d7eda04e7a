"""A task's photos: as they were, what is wanted of each, what came back, what the quality check said."""

import uuid
from collections.abc import Collection, Mapping, Sequence

from app.core.access import Actor
from app.core.db import Session
from app.photos import service as photos
from app.photos.schemas import RemarkView, Said, Shown
from app.production import queries, rules
from app.production.models import Task
from app.production.schemas import Brief, BriefPhoto, Item, Side, as_brief


async def brief_of(session: Session, task: Task) -> Brief:
    """Read the brief a task works on."""
    return as_brief((await queries.rounds(session, [task.round_id]))[task.round_id].brief)


async def items_of(session: Session, actor: Actor, task: Task, brief: Brief) -> list[Item]:
    """Put together the photos of a task (the caller has passed the task's door)."""
    versions = await photos.versions_of_photos(session, actor, [photo.photo_id for photo in brief.photos])
    remarks: dict[uuid.UUID, list[RemarkView]] = {}
    for remark in await photos.remarks_of_order(session, task.order_id):
        remarks.setdefault(remark.photo_id, []).append(remark)
    marks = await marks_of(session, task)
    handed = await queries.hand_ins(session, task.id) if task.kind == "retouch" else []
    own = {row.version_id for row in handed if row.version_id}
    return [
        _item(task, photo, versions[photo.photo_id], remarks.get(photo.photo_id, []), marks, own)
        for photo in brief.photos
        if photo.photo_id in versions
    ]


async def marks_of(session: Session, task: Task) -> dict[uuid.UUID, list[str]]:
    """Map photos to why the quality check marked them: now, or when it sent the work back."""
    if task.kind == "quality":
        rows = await queries.marks(session, task.id)
    else:
        rows = await queries.marks_sent_back(session, task.round_id, task.attempt - 1) if task.attempt > 1 else []
    return {row.photo_id: list(row.reasons) for row in rows}


def _item(
    task: Task,
    photo: BriefPhoto,
    versions: Sequence[Shown],
    remarks: Sequence[RemarkView],
    marks: Mapping[uuid.UUID, list[str]],
    own: Collection[uuid.UUID],
) -> Item:
    before = versions[0]
    wanted = photo.finished_id or photo.version_id
    base = next((one for one in versions if one.version_id == wanted), before)
    newer = [one for one in versions if one.n > base.n]
    after = newer[-1] if newer else None
    current = next((one for one in reversed(versions) if one.n > 1 and one.version_id not in own), None)
    later = {one.version_id for one in newer}
    checks = [remark for remark in remarks if remark.author_kind == "staff" and remark.version_id in later]
    reasons = marks.get(photo.photo_id, [])
    back = task.kind == "retouch" and task.attempt > 1 and bool(photo.photo_id in marks or checks)
    return Item(
        before=before, base=base, current=current, after=after, sides=_sides(before, base, newer, remarks),
        packet_name=photo.packet_name, products=photo.products,
        remarks=[remark for remark in remarks if remark.version_id == base.version_id], checks=checks,
        reasons=reasons, state=_state(after, back=back and (after is None or after.version_id not in own)),
        warnings=_differences(before, after),
    )  # fmt: skip


def _sides(before: Shown, base: Shown, newer: Sequence[Shown], remarks: Sequence[RemarkView]) -> list[Side]:
    """List the states worth looking at: the original, what is changed, what was remarked on, the newest."""
    spoken = {remark.version_id for remark in remarks}
    chosen = [("original", before)]
    if base.version_id != before.version_id:
        chosen.append(("base", base))
    chosen += [("checked", one) for one in newer[:-1] if one.version_id in spoken and one.state == "ready"]
    if newer and newer[-1].state == "ready":
        chosen.append(("after", newer[-1]))
    return [
        Side(key=key, shown=one, remarks=[remark for remark in remarks if remark.version_id == one.version_id])
        for key, one in chosen
    ]


def _state(after: Shown | None, *, back: bool) -> str:
    if back and (after is None or after.state == "ready"):
        return "redo"
    if after is None:
        return "missing"
    return {"ready": "finished", "waiting": "preparing"}.get(after.state, "trouble")


def _differences(before: Shown, after: Shown | None) -> list[Said]:
    if after is None or after.state != "ready" or before.state != "ready":
        return []
    found = rules.differs((before.width, before.height), (after.width, after.height))
    return [Said(code, params) for code, params in found]
