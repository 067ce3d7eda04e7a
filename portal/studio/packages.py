"""Packages: what is on sale, and a new one."""

import uuid
from typing import Any

from litestar import Response, get, post

from app.core.access import Actor, may
from app.core.db import Session
from app.core.errors import BadInput, SignInNeeded
from app.core.locales.sentences import sentence
from app.core.money import Money
from app.core.web.given import GivenActor, GivenSession
from app.identity import service as identity
from app.identity.schemas import SKILLS
from app.orders import service as orders
from app.orders.models import Package, PackageLine
from app.orders.schemas import Line, NewPackage
from portal.studio import forms
from portal.studio.frame import staff_page
from portal.web import AnyRequest, flash, see


def _studio_of(actor: Actor) -> uuid.UUID:
    if actor.studio_id is None:
        raise SignInNeeded
    return actor.studio_id


def _price(package: Package) -> Money:
    return Money(package.price_minor, package.currency)


def _each(package: Package, line: PackageLine) -> Money:
    return Money(line.extra_minor, package.currency)


async def _packages(
    request: AnyRequest, session: Session, actor: Actor, values: dict[str, str], wrong: str | None
) -> Response[str]:
    listed = await orders.list_packages(session, actor)
    studio = await identity.get_studio(session, _studio_of(actor))
    return await staff_page(
        request, session, actor, "studio/packages.html", status=422 if wrong else 200, here="orders", packages=listed,
        price=_price, each=_each, values=values, wrong=wrong, currency=studio.currency,
        may_add=may(actor, "package.write"), skills=SKILLS,
    )  # fmt: skip


@get("/studio/packages")
async def package_page(request: AnyRequest, session: GivenSession, actor: GivenActor) -> Response[str]:
    """Show what is on sale."""
    return await _packages(request, session, actor, {}, None)


@post("/studio/packages", status_code=303)
async def add_package(request: AnyRequest, session: GivenSession, actor: GivenActor) -> Response[Any]:
    """Put a package on sale; what does not fit comes back with the form as it was."""
    form = await request.form()
    try:
        await orders.add_package(session, actor, await _read(session, actor, form), studio_id=_studio_of(actor))
    except BadInput as wrong:
        await session.rollback()
        values = {name: value for name, value in form.items() if isinstance(value, str)}
        return await _packages(request, session, actor, values, sentence(wrong.code, wrong.params))
    return see("/studio/packages", flash(request, "package_added"))


async def _read(session: Session, actor: Actor, form: Any) -> NewPackage:
    currency = (await identity.get_studio(session, _studio_of(actor))).currency
    name = forms.text(form, "name", 80)
    if not name:
        raise BadInput("name_needed")
    rule, skill = forms.text(form, "release_rule", 10), forms.text(form, "skill", 24)
    line = Line(
        product="retouch",
        included=forms.count(form, "included"),
        extra_minor=forms.amount(form, "extra", currency),
        most=forms.count(form, "most") if forms.text(form, "most") else None,
    )
    price = forms.amount(form, "price", currency)
    if min(price, line.extra_minor) < 0 or (line.most is not None and line.most < line.included):
        raise BadInput("strange_amount")
    return NewPackage(
        name=name, currency=currency, price_minor=price, lines=(line,),
        release_rule="always" if rule == "always" else "paid", skill=skill if skill in SKILLS else None,
    )  # fmt: skip
