"""What hangs on a customer: the people of the household, tags, and what was talked about."""

import uuid
from collections.abc import Awaitable
from typing import Any

from litestar import Response, post
from litestar.params import FromPath

from app.core.access import Actor
from app.core.db import Session
from app.core.errors import SafelightError
from app.core.web.given import GivenActor, GivenSession
from app.crm import service as crm
from app.crm.schemas import PersonForm
from portal.studio import forms
from portal.studio.customers import refused, show_customer
from portal.web import AnyRequest, flash, see


async def _do(  # noqa: PLR0913, PLR0917 - a deed on a customer's page: whose, by which form, and what it says then
    request: AnyRequest,
    session: Session,
    actor: Actor,
    customer_id: uuid.UUID,
    form: Any,
    deed: Awaitable[Any],
    name: str,
    said: str,
) -> Response[Any]:
    """Do it, or show the page again with the form as it was and the reason."""
    try:
        await deed
    except SafelightError as wrong:
        if wrong.status not in {409, 422}:
            raise
        await session.rollback()
        return await show_customer(request, session, actor, customer_id, refused(name, form, wrong))
    return see(f"/studio/customers/{customer_id}#{name.partition('-')[0]}", flash(request, said))


def _person(form: Any) -> PersonForm:
    return PersonForm(
        name=forms.text(form, "name", 120), relation=forms.text(form, "relation", 40),
        birthday=forms.day(form, "birthday", first_year=1900),
    )  # fmt: skip


@post("/studio/customers/{customer_id:uuid}/people", status_code=303)
async def add_person(
    request: AnyRequest, session: GivenSession, actor: GivenActor, customer_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Add one to a household."""
    form = await request.form()

    async def add() -> None:
        version = forms.count(form, "version", most=10**9)
        await crm.add_person(session, actor, customer_id, _person(form), version=version)

    return await _do(request, session, actor, customer_id, form, add(), "people", "household_kept")


@post("/studio/customers/{customer_id:uuid}/people/{person_id:uuid}", status_code=303)
async def change_person(
    request: AnyRequest,
    session: GivenSession,
    actor: GivenActor,
    customer_id: FromPath[uuid.UUID],
    person_id: FromPath[uuid.UUID],
) -> Response[Any]:
    """Change one of a household, or take them out of it."""
    form = await request.form()

    async def change() -> None:
        version = forms.count(form, "version", most=10**9)
        if forms.text(form, "remove"):
            await crm.remove_person(session, actor, customer_id, person_id, version=version)
        else:
            await crm.change_person(session, actor, customer_id, person_id, _person(form), version=version)

    return await _do(request, session, actor, customer_id, form, change(), f"people-{person_id}", "household_kept")


@post("/studio/customers/{customer_id:uuid}/tags", status_code=303)
async def add_tag(
    request: AnyRequest, session: GivenSession, actor: GivenActor, customer_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Give a customer a tag."""
    form = await request.form()
    deed = crm.add_tag(session, actor, customer_id, forms.text(form, "tag", 80))
    return await _do(request, session, actor, customer_id, form, deed, "tags", "tag_given")


@post("/studio/customers/{customer_id:uuid}/tags/{tag_id:uuid}/remove", status_code=303)
async def remove_tag(
    request: AnyRequest,
    session: GivenSession,
    actor: GivenActor,
    customer_id: FromPath[uuid.UUID],
    tag_id: FromPath[uuid.UUID],
) -> Response[Any]:
    """Take a tag from a customer."""
    form = await request.form()
    deed = crm.remove_tag(session, actor, customer_id, tag_id)
    return await _do(request, session, actor, customer_id, form, deed, "tags", "tag_taken")


@post("/studio/customers/{customer_id:uuid}/notes", status_code=303)
async def add_note(
    request: AnyRequest, session: GivenSession, actor: GivenActor, customer_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Write down what was talked about."""
    form = await request.form()

    async def add() -> None:
        key = forms.key(form, "form_key")
        await crm.add_note(session, actor, customer_id, forms.text(form, "body"), form_key=key)

    return await _do(request, session, actor, customer_id, form, add(), "notes", "note_kept")
