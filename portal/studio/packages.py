"""Packages: what is on sale, a new one, another edition of one, and one taken off sale."""

import uuid
from typing import Any

from babel.numbers import get_currency_precision
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from app.core.access import Actor, may
from app.core.db import Session
from app.core.errors import BadInput, SafelightError, SignInNeeded
from app.core.i18n import N_
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

MORE_PRODUCTS = {
    "album": N_("Album"),
    "frame": N_("Desk frame"),
    "print": N_("Print"),
    "wall": N_("Wall picture"),
}


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
        price=_price, each=_each, values=values, wrong=wrong, currency=studio.currency, more_products=MORE_PRODUCTS,
        may_add=may(actor, "package.write"), skills=SKILLS,
    )  # fmt: skip


@get("/studio/packages")
async def package_page(
    request: AnyRequest, session: GivenSession, actor: GivenActor, edit: FromQuery[uuid.UUID | None] = None
) -> Response[str]:
    """Show what is on sale; `edit` begins another edition of one."""
    values = _values(await orders.get_package(session, actor, edit)) if edit is not None else {}
    return await _packages(request, session, actor, values, None)


def _plain(minor: int, currency: str) -> str:
    digits = get_currency_precision(currency)
    whole, rest = divmod(minor, 10**digits)
    return f"{whole}.{rest:0{digits}d}" if rest else str(whole)


def _values(package: Package) -> dict[str, str]:
    """Write a package the way its form does."""
    values = {
        "replaces": str(package.id), "name": package.name, "price": _plain(package.price_minor, package.currency),
        "rounds": str(package.revision_rounds), "release_rule": package.release_rule,
        "skill": package.skill or "",
    }  # fmt: skip
    for line in package.lines:
        end = "" if line.product == "retouch" else f"_{line.product}"
        values[f"included{end}"] = str(line.included)
        values[f"extra{end}"] = _plain(line.extra_minor, package.currency)
        values[f"most{end}"] = str(line.most) if line.most is not None else ""
    return values


@post("/studio/packages", status_code=303)
async def add_package(request: AnyRequest, session: GivenSession, actor: GivenActor) -> Response[Any]:
    """Put a package on sale; what does not fit comes back with the form as it was."""
    form = await request.form()
    replaces = forms.text(form, "replaces", 40)
    try:
        if replaces:
            await orders.retire_package(session, actor, forms.key(form, "replaces"))
        await orders.add_package(session, actor, await _read(session, actor, form), studio_id=_studio_of(actor))
    except SafelightError as wrong:
        if wrong.status not in {409, 422}:
            raise
        await session.rollback()
        values = {name: value for name, value in form.items() if isinstance(value, str)}
        return await _packages(request, session, actor, values, sentence(wrong.code, wrong.params))
    return see("/studio/packages", flash(request, "package_replaced" if replaces else "package_added"))


@post("/studio/packages/{package_id:uuid}/retire", status_code=303)
async def retire_package(
    request: AnyRequest, session: GivenSession, actor: GivenActor, package_id: FromPath[uuid.UUID]
) -> Redirect:
    """Take a package off sale."""
    await orders.retire_package(session, actor, package_id)
    return see("/studio/packages", flash(request, "package_retired_here"))


def _line(form: Any, product: str, currency: str) -> Line:
    end = "" if product == "retouch" else f"_{product}"
    price = forms.text(form, f"extra{end}")
    line = Line(
        product=product,
        included=forms.count(form, f"included{end}"),
        extra_minor=forms.amount(form, f"extra{end}", currency) if price or product == "retouch" else 0,
        most=forms.count(form, f"most{end}") if forms.text(form, f"most{end}") else None,
    )
    if line.extra_minor < 0 or (line.most is not None and line.most < line.included):
        raise BadInput("strange_amount")
    return line


async def _read(session: Session, actor: Actor, form: Any) -> NewPackage:
    currency = (await identity.get_studio(session, _studio_of(actor))).currency
    name = forms.text(form, "name", 80)
    if not name:
        raise BadInput("name_needed")
    skill = forms.text(form, "skill", 24)
    wanted = ["retouch", *(product for product in MORE_PRODUCTS if forms.text(form, f"included_{product}"))]
    lines = tuple(_line(form, product, currency) for product in wanted)
    price = forms.amount(form, "price", currency)
    if price < 0:
        raise BadInput("strange_amount")
    return NewPackage(
        name=name, currency=currency, price_minor=price, lines=lines,
        revision_rounds=forms.count(form, "rounds", most=99) if forms.text(form, "rounds") else 1,
        release_rule="always" if forms.text(form, "release_rule", 10) == "always" else "paid",
        skill=skill if skill in SKILLS else None,
    )  # fmt: skip
