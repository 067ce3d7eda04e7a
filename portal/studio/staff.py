"""Who is good at what: the skills by which jobs are offered."""

import uuid

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from app.core.access import require_role
from app.core.web.given import GivenActor, GivenSession
from app.identity import service as identity
from app.identity.schemas import SKILLS
from portal.studio import forms
from portal.studio.frame import ROLE_NAMES, staff_page
from portal.web import AnyRequest, flash, see


@get("/studio/staff")
async def staff_list(request: AnyRequest, session: GivenSession, actor: GivenActor) -> Response[str]:
    """List the studio's people with their roles and skills."""
    require_role(actor, "staff.skill")
    people = [person for person in await identity.list_staff(session, actor) if person.disabled_at is None]
    return await staff_page(
        request, session, actor, "studio/staff.html", here="staff", people=people, skills=SKILLS, roles=ROLE_NAMES,
        works=("owner", "retoucher"),
    )  # fmt: skip


@post("/studio/staff/{staff_id:uuid}/skills", status_code=303)
async def set_skills(
    request: AnyRequest, session: GivenSession, actor: GivenActor, staff_id: FromPath[uuid.UUID]
) -> Redirect:
    """Say what a person is good at."""
    form = await request.form()
    await identity.set_skills(session, actor, staff_id, forms.texts(form, "skill"))
    return see(f"/studio/staff#s-{staff_id}", flash(request, "skills_kept"))
