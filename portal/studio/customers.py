"""Customers: the list, a new one, one of them, and what is changed of their contact."""

import uuid
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from app.billing import service as billing
from app.core import i18n
from app.core.access import Actor, may, require, require_role
from app.core.db import Session
from app.core.errors import BadInput, SafelightError, SignInNeeded
from app.core.locales.sentences import sentence
from app.core.web.given import GivenActor, GivenSession
from app.crm import service as crm
from app.crm.models import Customer
from app.crm.schemas import Contact, NewCustomer
from app.identity import service as identity
from app.production.schemas import STAGES
from portal.studio import forms
from portal.studio.frame import staff_page
from portal.web import AnyRequest, flash, page, see


class Refused(msgspec.Struct, frozen=True):
    """A form that came back: which one, what was typed, and the sentence that says why."""

    form: str
    values: dict[str, str]
    wrong: str
    status: int = 422


def refused(name: str, form: Any, wrong: SafelightError) -> Refused:
    """Keep what was typed."""
    values = {key: value for key, value in form.items() if isinstance(value, str) and key != "csrf"}
    return Refused(name, values, sentence(wrong.code, wrong.params), wrong.status)


@get("/studio/customers")
async def customer_list(
    request: AnyRequest,
    session: GivenSession,
    actor: GivenActor,
    q: FromQuery[str | None] = None,
    tag: FromQuery[uuid.UUID | None] = None,
    after: FromQuery[str | None] = None,
) -> Response[str]:
    """List the customers."""
    words = " ".join((q or "").split())[:60]
    listed = await crm.customer_list(session, actor, words=words, tag_id=tag, after=after)
    counts = await billing.order_counts(session, actor, [row.id for row in listed.customers])
    return await staff_page(
        request, session, actor, "studio/customers.html", here="customers", listed=listed, counts=counts, words=words,
        tag=next((one for one in listed.tags if one.id == tag), None), may_add=may(actor, "customer.write"),
    )  # fmt: skip


@get("/studio/customers/new")
async def new_customer_page(request: AnyRequest, session: GivenSession, actor: GivenActor) -> Response[str]:
    """Show the form of a new customer."""
    require_role(actor, "customer.write")
    return await _new_customer(request, session, actor, None, [])


async def _new_customer(
    request: AnyRequest, session: Session, actor: Actor, back: Refused | None, same: list[Customer]
) -> Response[str]:
    return await staff_page(
        request, session, actor, "studio/new_customer.html", status=back.status if back else 200, here="customers",
        values=back.values if back else {}, wrong=back.wrong if back else None, same=same,
        branches=await identity.branches_of(session, actor), languages_of_papers=i18n.LOCALES,
    )  # fmt: skip


def split_names(text: str) -> tuple[str, ...]:
    """Read names with commas between them, of either kind."""
    parts = (part.strip() for part in text.replace("、", ",").replace("，", ",").split(","))
    return tuple(part for part in parts if part)[:8]


def read_new(form: Any) -> NewCustomer:
    """Read a new customer from a form. Raises BadInput."""
    return NewCustomer(
        branch_id=forms.key(form, "branch_id"), name=forms.text(form, "name", 120),
        phone=forms.text(form, "phone", 40), email=forms.text(form, "email", 254),
        locale=forms.text(form, "locale", 20), people=split_names(forms.text(form, "people")),
    )  # fmt: skip


async def known_by_phone(session: Session, actor: Actor, form: Any) -> list[Customer]:
    """List who is reached by the form's telephone number already; nobody when that is meant. Raises BadPhone."""
    if forms.text(form, "anyway"):
        return []
    return list(await crm.same_phone(session, actor, forms.text(form, "phone", 40)))


def refuse_same(same: list[Customer]) -> None:
    """Ask first, before a household is written down a second time. Raises BadInput."""
    if same:
        raise BadInput("same_phone", name=same[0].name)


@post("/studio/customers", status_code=303)
async def add_customer(request: AnyRequest, session: GivenSession, actor: GivenActor) -> Response[Any]:
    """Write a customer down; one with a telephone number that is known is asked about first."""
    require_role(actor, "customer.write")
    if actor.studio_id is None:
        raise SignInNeeded
    form = await request.form()
    try:
        refuse_same(await known_by_phone(session, actor, form))
        row = await crm.add_customer(session, actor, read_new(form), studio_id=actor.studio_id)
    except BadInput as wrong:
        await session.rollback()
        same = await known_by_phone(session, actor, form) if wrong.code == "same_phone" else []
        return await _new_customer(request, session, actor, refused("new", form, wrong), same)
    return see(f"/studio/customers/{row.id}", flash(request, "customer_added"))


@get("/studio/customers/{customer_id:uuid}")
async def customer_page(
    request: AnyRequest, session: GivenSession, actor: GivenActor, customer_id: FromPath[uuid.UUID]
) -> Response[str]:
    """Show a customer: who they are, what was talked about, their orders."""
    return await show_customer(request, session, actor, customer_id)


async def show_customer(
    request: AnyRequest, session: Session, actor: Actor, customer_id: uuid.UUID, back: Refused | None = None
) -> Response[str]:
    """Draw a customer's page, with a form that came back."""
    customer = await _readable(session, actor, customer_id)
    tags, others = await crm.tags_of(session, actor, customer)
    return await staff_page(
        request, session, actor, "studio/customer.html", status=back.status if back else 200, here="customers",
        customer=customer, people=await crm.people_of(session, customer_id), tags=tags, other_tags=others,
        notes=await crm.notes_of(session, actor, customer), stages=STAGES, back=back, form_key=uuid.uuid4().hex,
        orders=await billing.orders_of_customer(session, actor, customer_id),
        may_write=may(actor, "customer.write"), may_order=may(actor, "order.write"),
        languages_of_papers=i18n.LOCALES,
    )  # fmt: skip


async def _readable(session: Session, actor: Actor, customer_id: uuid.UUID) -> Customer:
    if actor.kind == "anonymous":
        raise SignInNeeded
    customer = await crm.get_customer(session, customer_id)
    require(actor, "customer.read", customer)
    return customer


@get("/studio/customers/{customer_id:uuid}/edit")
async def edit_page(
    request: AnyRequest, session: GivenSession, actor: GivenActor, customer_id: FromPath[uuid.UUID]
) -> Response[str]:
    """Show the form of a customer's contact."""
    return await _edit(request, session, actor, customer_id, None)


async def _edit(
    request: AnyRequest, session: Session, actor: Actor, customer_id: uuid.UUID, back: Refused | None
) -> Response[str]:
    customer = await _readable(session, actor, customer_id)
    require(actor, "customer.write", customer)
    now = {name: getattr(customer, name) or "" for name in ("name", "phone", "email", "locale")}
    typed = back.values if back else now
    meanwhile = {name: now[name] for name in now if back and back.status == 409 and now[name] != typed.get(name, "")}
    return await staff_page(
        request, session, actor, "studio/edit_customer.html", status=back.status if back else 200, here="customers",
        customer=customer, values=typed, meanwhile=meanwhile, wrong=back.wrong if back else None,
        languages_of_papers=i18n.LOCALES,
    )  # fmt: skip


@post("/studio/customers/{customer_id:uuid}", status_code=303)
async def change_customer(
    request: AnyRequest, session: GivenSession, actor: GivenActor, customer_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Change a customer's contact; when another window was faster, both are shown and nothing is lost."""
    form = await request.form()
    try:
        contact = Contact(
            name=forms.text(form, "name", 120), phone=forms.text(form, "phone", 40),
            email=forms.text(form, "email", 254), locale=forms.text(form, "locale", 20),
            version=forms.count(form, "version", most=10**9),
        )  # fmt: skip
        await crm.change_customer(session, actor, customer_id, contact)
    except SafelightError as wrong:
        if wrong.status not in {409, 422}:
            raise
        await session.rollback()
        return await _edit(request, session, actor, customer_id, refused("contact", form, wrong))
    return see(f"/studio/customers/{customer_id}", flash(request, "customer_changed_here"))


@get("/studio/customers/found")
async def found_customers(
    request: AnyRequest, session: GivenSession, actor: GivenActor, q: FromQuery[str | None] = None
) -> Response[str]:
    """Offer a few customers to choose from, while somebody types."""
    require_role(actor, "order.write")
    found = await crm.find_customers(session, actor, q or "") if q and q.strip() else []
    return page(request, "studio/_found.html", found=found, chosen="", looked=bool(q and q.strip()))
