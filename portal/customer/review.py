"""The customer looks at finished photos, before and after: approve, or ask for a change."""

import uuid
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from app.core.access import Actor
from app.core.db import Session
from app.core.errors import BadInput, Conflict, NotFound, SafelightError
from app.core.locales.sentences import sentence
from app.core.web.given import GivenActor, GivenSession
from app.core.words import clean_words
from app.galleries import service as galleries
from app.galleries.schemas import ReviewItem, ReviewPage
from app.photos import service as photos
from app.photos.errors import EmptyRemark
from portal.customer.choose import read_place
from portal.customer.words import CHIPS
from portal.web import AnyRequest, flash, page, see


@get("/gallery/{gallery_id:uuid}/review")
async def review(
    request: AnyRequest, session: GivenSession, actor: GivenActor, gallery_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Show all finished photos and what is said of them."""
    view = await galleries.review_page(session, actor, gallery_id)
    return page(request, "customer/review.html", view=view)


@get("/gallery/{gallery_id:uuid}/review/{photo_id:uuid}")
async def review_photo(
    request: AnyRequest,
    session: GivenSession,
    actor: GivenActor,
    gallery_id: FromPath[uuid.UUID],
    photo_id: FromPath[uuid.UUID],
) -> Response[Any]:
    """Show one finished photo against what it was."""
    return await _show_photo(request, session, actor, (gallery_id, photo_id))


async def _show_photo(
    request: AnyRequest,
    session: Session,
    actor: Actor,
    at_photo: tuple[uuid.UUID, uuid.UUID],
    *,
    unsent: dict[str, Any] | None = None,
    wrong: str = "",
) -> Response[Any]:
    """Draw a finished photo as it is now, with the wish that could not be kept."""
    gallery_id, photo_id = at_photo
    view = await galleries.review_page(session, actor, gallery_id)
    at = next((place for place, item in enumerate(view.items) if item.photo_id == photo_id), None)
    if at is None:
        raise NotFound
    item, first = view.items[at], request.query_params.get("with") == "first"
    return page(
        request, "customer/review_photo.html", view=view, item=item, place=at + 1, chip_names=CHIPS,
        previous=view.items[at - 1] if at else None, following=view.items[at + 1] if at + 1 < len(view.items) else None,
        before=item.original if first else item.before, with_first=first and item.again, unsent=unsent, wrong=wrong,
        status=409 if wrong else 200,
    )  # fmt: skip


def _here(gallery_id: uuid.UUID, photo_id: uuid.UUID | None = None) -> str:
    return f"/gallery/{gallery_id}/review" + (f"/{photo_id}" if photo_id else "")


def _onward(view: ReviewPage, photo_id: uuid.UUID) -> str:
    """Find the next photo nothing is said of yet, beginning after this one; then the list."""
    ids = [item.photo_id for item in view.items]
    start = ids.index(photo_id) + 1 if photo_id in ids else 0
    around: list[ReviewItem] = [*view.items[start:], *view.items[:start]]
    waiting = next((item for item in around if item.decision == "open"), None)
    return _here(view.gallery_id, waiting.photo_id if waiting else None)


async def _as_it_is(request: AnyRequest, session: Session, path: str, wrong: SafelightError) -> Response[Any]:
    """Undo, show how things are now, and say there why the deed was not done."""
    await session.rollback()
    return see(
        path, flash(request, wrong.code, tone="warn", **{name: str(value) for name, value in wrong.params.items()})
    )


async def _version(request: AnyRequest) -> uuid.UUID:
    """Read which version a page spoke of. Raises BadInput."""
    try:
        return uuid.UUID(str((await request.form()).get("version_id") or ""))
    except ValueError as wrong:
        raise BadInput from wrong


async def _seen(request: AnyRequest) -> list[uuid.UUID]:
    """Read which versions a page showed. Raises BadInput."""
    try:
        return [uuid.UUID(one) for one in str((await request.form()).get("seen") or "").split()]
    except ValueError as wrong:
        raise BadInput from wrong


@post("/gallery/{gallery_id:uuid}/review/{photo_id:uuid}/approve", status_code=303)
async def approve(
    request: AnyRequest,
    session: GivenSession,
    actor: GivenActor,
    gallery_id: FromPath[uuid.UUID],
    photo_id: FromPath[uuid.UUID],
) -> Response[Any]:
    """Say that a photo is fine; the next one that waits opens by itself."""
    version_id = await _version(request)
    try:
        await galleries.approve(session, actor, gallery_id, photo_id, version_id=version_id)
    except Conflict as wrong:
        return await _as_it_is(request, session, _here(gallery_id, photo_id), wrong)
    return see(_onward(await galleries.review_page(session, actor, gallery_id), photo_id))


@post("/gallery/{gallery_id:uuid}/review/{photo_id:uuid}/reconsider", status_code=303)
async def reconsider(
    request: AnyRequest,
    session: GivenSession,
    actor: GivenActor,
    gallery_id: FromPath[uuid.UUID],
    photo_id: FromPath[uuid.UUID],
) -> Response[Any]:
    """Take an approval back."""
    version_id = await _version(request)
    try:
        await galleries.reconsider(session, actor, gallery_id, photo_id, version_id=version_id)
    except Conflict as wrong:
        return await _as_it_is(request, session, _here(gallery_id, photo_id), wrong)
    return see(_here(gallery_id, photo_id))


@post("/gallery/{gallery_id:uuid}/review/{photo_id:uuid}/wishes", status_code=303)
async def add_wish(
    request: AnyRequest,
    session: GivenSession,
    actor: GivenActor,
    gallery_id: FromPath[uuid.UUID],
    photo_id: FromPath[uuid.UUID],
) -> Response[Any]:
    """Ask for a change, at a point of the photo or of all of it."""
    form, version_id = await request.form(), await _version(request)
    words = {name: str(form.get(name) or "") for name in ("body", "x", "y", "place")}
    x, y = read_place(words["x"], words["y"], words["place"])
    chips = [str(chip) for chip in form.getall("chips", [])]
    try:
        wish_id = await galleries.add_wish(
            session, actor, gallery_id, photo_id, version_id=version_id, body=words["body"], chips=chips, x=x, y=y
        )
    except EmptyRemark as wrong:
        return await _as_it_is(request, session, _here(gallery_id, photo_id), wrong)
    except Conflict as wrong:
        await session.rollback()
        unsent = {
            "body": clean_words(words["body"], photos.LONGEST_REMARK),
            "chips": [chip for chip in chips if chip in CHIPS],
        }
        return await _show_photo(
            request, session, actor, (gallery_id, photo_id), unsent=unsent, wrong=sentence(wrong.code, wrong.params)
        )
    return see(f"{_here(gallery_id, photo_id)}#w-{wish_id}", flash(request, "wish_kept"))


@post("/gallery/{gallery_id:uuid}/review/{photo_id:uuid}/wishes/{remark_id:uuid}/remove", status_code=303)
async def remove_wish(
    request: AnyRequest,
    session: GivenSession,
    actor: GivenActor,
    gallery_id: FromPath[uuid.UUID],
    photo_id: FromPath[uuid.UUID],
    remark_id: FromPath[uuid.UUID],
) -> Response[Any]:
    """Take one's own wish back."""
    try:
        await galleries.remove_wish(session, actor, gallery_id, photo_id, remark_id)
    except Conflict as wrong:
        return await _as_it_is(request, session, _here(gallery_id, photo_id), wrong)
    return see(f"{_here(gallery_id, photo_id)}#wishes", flash(request, "remark_taken_back"))


@post("/gallery/{gallery_id:uuid}/review/approve", status_code=303)
async def approve_all(
    request: AnyRequest, session: GivenSession, actor: GivenActor, gallery_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Say that everything is fine."""
    try:
        released = await galleries.approve_all(session, actor, gallery_id, seen=await _seen(request))
    except Conflict as wrong:
        return await _as_it_is(request, session, _here(gallery_id), wrong)
    if released:
        return see(f"/gallery/{gallery_id}/downloads", flash(request, "review_released"))
    return see(_here(gallery_id), flash(request, "review_approved"))


@post("/gallery/{gallery_id:uuid}/review/send", status_code=303)
async def send_changes(
    request: AnyRequest, session: GivenSession, actor: GivenActor, gallery_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Send the wishes to the retoucher."""
    try:
        await galleries.send_changes(session, actor, gallery_id)
    except Conflict as wrong:
        return await _as_it_is(request, session, _here(gallery_id), wrong)
    return see(_here(gallery_id), flash(request, "changes_sent"))
