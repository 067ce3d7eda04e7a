"""Keys for programs: the owner makes them, sees what they may do and when they were used, and takes them back."""

import uuid
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from app.core.access import Actor, require_role
from app.core.db import Session
from app.core.errors import BadInput
from app.core.i18n import N_
from app.core.locales.sentences import sentence
from app.core.web.given import GivenActor, GivenSession
from app.identity import service as identity
from portal.studio import forms
from portal.studio.frame import staff_page
from portal.web import AnyRequest, flash, see

SCOPES = {  # what a key may do, as a person reads it
    "orders:read": N_("Read orders"),
    "orders:write": N_("Write down customers and orders"),
    "photos:read": N_("Read photos and fetch their proofs"),
    "photos:write": N_("Bring photos in"),
    "photos:originals": N_("Fetch originals and finished files"),
    "galleries:read": N_("Read galleries and what was chosen"),
    "tasks:read": N_("Read tasks and their briefs"),
    "money:read": N_("Read charges and payments"),
}
LIFETIMES = {"90": N_("90 days"), "365": N_("One year"), "": N_("Until it is withdrawn")}


async def _page(
    request: AnyRequest,
    session: Session,
    actor: Actor,
    *,
    made: str | None = None,
    values: dict[str, Any] | None = None,
    wrong: str | None = None,
) -> Response[str]:
    require_role(actor, "key.manage")
    branches = await identity.branches_of(session, actor)
    return await staff_page(
        request, session, actor, "studio/keys.html", status=422 if wrong else 200, here="keys",
        keys=await identity.list_keys(session, actor), scopes=SCOPES, lifetimes=LIFETIMES, made=made,
        values=values or {}, wrong=wrong, branches=branches, branch_names={row.id: row.name for row in branches},
    )  # fmt: skip


@get("/studio/keys")
async def key_page(request: AnyRequest, session: GivenSession, actor: GivenActor) -> Response[str]:
    """Show the studio's keys."""
    return await _page(request, session, actor)


@post("/studio/keys", status_code=200)
async def add_key(request: AnyRequest, session: GivenSession, actor: GivenActor) -> Response[str]:
    """Make a key; it is shown this once."""
    form = await request.form()
    name, days = forms.text(form, "name", 60), forms.text(form, "days", 4)
    days = days if days in LIFETIMES else "365"
    scopes = [str(scope) for scope in form.getall("scopes", [])]
    branch = forms.key(form, "branch_id") if forms.text(form, "branch_id") else None
    try:
        _, key = await identity.add_key(
            session, actor, name, scopes, branch_id=branch, days=int(days) if days else None
        )
    except BadInput as wrong:
        await session.rollback()
        values = {"name": name, "days": days, "scopes": scopes, "branch_id": str(branch or "")}
        return await _page(request, session, actor, values=values, wrong=sentence(wrong.code, wrong.params))
    return await _page(request, session, actor, made=key)


@post("/studio/keys/{api_key_id:uuid}/withdraw", status_code=303)
async def withdraw_key(
    request: AnyRequest, session: GivenSession, actor: GivenActor, api_key_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Take a key back."""
    await identity.withdraw_key(session, actor, api_key_id)
    return see("/studio/keys", flash(request, "key_withdrawn"))
