"""The studio's own page: what stands on its papers."""

from typing import Any

from litestar import Response, get, post

from app.core.access import Actor, require_role
from app.core.db import Session
from app.core.errors import SafelightError, SignInNeeded
from app.core.web.given import GivenActor, GivenSession
from app.identity import service as identity
from app.identity.schemas import StudioDetails
from portal.studio import forms
from portal.studio.customers import Refused, refused
from portal.studio.frame import staff_page
from portal.web import AnyRequest, flash, see

FIELDS = ("name", "address", "phone", "tax_id")


@get("/studio/settings")
async def settings_page(request: AnyRequest, session: GivenSession, actor: GivenActor) -> Response[str]:
    """Show the form of the studio's details."""
    return await _settings(request, session, actor, None)


async def _settings(request: AnyRequest, session: Session, actor: Actor, back: Refused | None) -> Response[str]:
    require_role(actor, "studio.manage")
    if actor.studio_id is None:
        raise SignInNeeded
    studio = await identity.get_studio(session, actor.studio_id)
    now = {name: getattr(studio, name) for name in FIELDS}
    typed = back.values if back else now
    meanwhile = {name: now[name] for name in now if back and back.status == 409 and now[name] != typed.get(name, "")}
    return await staff_page(
        request, session, actor, "studio/settings.html", status=back.status if back else 200, here="settings",
        values=typed, version=studio.version, meanwhile=meanwhile, wrong=back.wrong if back else None,
    )  # fmt: skip


@post("/studio/settings", status_code=303)
async def change_settings(request: AnyRequest, session: GivenSession, actor: GivenActor) -> Response[Any]:
    """Change the studio's details; when another window was faster, both are shown and nothing is lost."""
    form = await request.form()
    try:
        details = StudioDetails(
            name=forms.text(form, "name", 80), address=forms.text(form, "address", 200),
            phone=forms.text(form, "phone", 40), tax_id=forms.text(form, "tax_id", 40),
            version=forms.count(form, "version", most=10**9),
        )  # fmt: skip
        await identity.change_studio(session, actor, details)
    except SafelightError as wrong:
        if wrong.status not in {409, 422}:
            raise
        await session.rollback()
        return await _settings(request, session, actor, refused("settings", form, wrong))
    return see("/studio/settings", flash(request, "settings_kept"))
