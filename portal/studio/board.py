"""The board: orders by stage; one moved by hand, and taken back."""

import uuid
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from app.analytics import service as analytics
from app.core import clock
from app.core.access import Actor, may
from app.core.db import Session
from app.core.errors import SafelightError, SignInNeeded
from app.core.locales.sentences import sentence
from app.core.web.given import GivenActor, GivenSession
from app.core.web.paths import same_site
from app.crm import service as crm
from app.identity import service as identity
from app.orders import service as orders
from app.production import service as production
from app.production.schemas import MOVE_REASONS, MOVES, STAGES
from portal.formats import query_of
from portal.studio import forms
from portal.studio.frame import staff_page
from portal.studio.order_list import kept_of
from portal.web import AnyRequest, flash, is_fragment, page, see

BOARD = "/studio/board"
FEW = 5  # finished stays below this say nothing of a stage's length


@get(BOARD)
async def board_page(
    request: AnyRequest,
    session: GivenSession,
    actor: GivenActor,
    show: FromQuery[str] = "",
    branch: FromQuery[str] = "",
    q: FromQuery[str] = "",
) -> Response[str]:
    """Show the board; live pages ask for its columns alone."""
    if actor.studio_id is None:
        raise SignInNeeded
    studio = await identity.get_studio(session, actor.studio_id)
    wanted = production.read_wanted(clock.today(studio.timezone), show=show, branch=branch, text=q)
    columns = await production.board(session, actor, wanted)
    spans = await analytics.stage_spans(session, actor)
    slowest = max((span.median for span in spans.values() if span.count >= FEW), default=0)
    kept = kept_of(wanted)
    shared: dict[str, Any] = {
        "columns": columns, "spans": spans, "slowest": slowest, "stages": STAGES, "moves": MOVES, "kept": kept,
        "most": max((column.total for column in columns), default=0), "address": BOARD + query_of(kept),
        "may_move": may(actor, "order.move"),
    }  # fmt: skip
    if is_fragment(request):
        return page(request, "studio/_columns.html", **shared)
    return await staff_page(
        request, session, actor, "studio/board.html", here="board", wanted=wanted, topic=f"board:{studio.id}",
        branches=await identity.branches_of(session, actor), **shared,
    )  # fmt: skip


@get("/studio/orders/{order_id:uuid}/move")
async def move_page(
    request: AnyRequest,
    session: GivenSession,
    actor: GivenActor,
    order_id: FromPath[uuid.UUID],
    to: FromQuery[str] = "",
    back: FromQuery[str] = BOARD,
) -> Response[str]:
    """Ask where to and why; as a part of the board or as a page of its own."""
    return await _move_page(request, session, actor, order_id, {"to": to, "back": back}, None)


async def _move_page(
    request: AnyRequest,
    session: Session,
    actor: Actor,
    order_id: uuid.UUID,
    values: dict[str, str],
    wrong: str | None,
) -> Response[str]:
    stage, targets = await production.may_go_to(session, actor, order_id)
    order = await orders.get_order(session, actor, order_id)
    to = values.get("to", "")
    if to and to not in targets and wrong is None:
        wrong = sentence(production.why_not(stage, to), {})
    context: dict[str, Any] = {
        "order": order, "customer": (await crm.names_of(session, [order.customer_id])).get(order.customer_id, ""),
        "stage": stage, "targets": targets, "stages": STAGES, "reasons": MOVE_REASONS, "wrong": wrong,
        "values": {**values, "back": same_site(values.get("back"), BOARD)},
    }  # fmt: skip
    if is_fragment(request):
        return page(request, "studio/_move.html", **context)
    return await staff_page(
        request, session, actor, "studio/move.html", status=422 if wrong and values.get("sent") else 200, here="board",
        **context,
    )  # fmt: skip


@post("/studio/orders/{order_id:uuid}/move", status_code=303)
async def move(
    request: AnyRequest, session: GivenSession, actor: GivenActor, order_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Move an order, or say why not."""
    form = await request.form()
    back = forms.text(form, "back", 400)
    to, reason, note = forms.text(form, "to", 40), forms.text(form, "reason", 20), forms.text(form, "note", 500)
    try:
        event = await production.move(session, actor, order_id, to, reason, note)
    except SafelightError as wrong:
        if wrong.status not in {409, 422}:
            raise
        await session.rollback()
        values = {"to": to, "reason": reason, "note": note, "back": back, "sent": "1"}
        return await _move_page(request, session, actor, order_id, values, sentence(wrong.code, wrong.params))
    order = await orders.get_order(session, actor, order_id)
    said = flash(request, "order_moved", number=order.number, order=str(order_id), event=str(event.id))
    return see(f"{same_site(back, BOARD).partition('#')[0]}#o-{order_id}", said)


@post("/studio/orders/{order_id:uuid}/undo-move", status_code=303)
async def undo_move(
    request: AnyRequest, session: GivenSession, actor: GivenActor, order_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Take one's move back, or say why it stays."""
    form = await request.form()
    back = f"{same_site(forms.text(form, 'back', 400), BOARD).partition('#')[0]}#o-{order_id}"
    try:
        await production.undo_move(session, actor, order_id, forms.key(form, "event"))
    except SafelightError as wrong:
        if wrong.code != "undo_too_late":
            raise
        await session.rollback()
        return see(back, flash(request, wrong.code, tone="warn"))
    return see(back, flash(request, "move_undone"))
