"""Every page of a filled studio: its address and a browser that may see it.

Read from the application's own routes, so that a new page is measured, photographed and counted without being named
here; only a page that looks different at different stages of an order says so below.
"""

import re
import uuid
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import msgspec
from litestar import Litestar
from sqlalchemy import select

from app.core.db import Database, Session
from app.core.settings import Settings
from app.core.tables import all_tables
from app.core.web.cookies import gallery_cookie, staff_cookie
from app.galleries.models import Gallery, Link, Pick
from app.identity import service as identity
from app.identity.models import Membership
from app.orders.models import Order
from app.photos.models import Remark, Version
from app.production.models import Progress, Task

GALLERY, ORDER = "/gallery/{gallery_id}", "/studio/orders/{order_id}"
STAGES: Mapping[str, tuple[str, ...]] = {  # at which orders a page is looked at
    GALLERY: ("selection", "retouch", "review", "delivery"),
    f"{GALLERY}/photos/{{photo_id}}": ("selection", "delivery"),
    f"{GALLERY}/sent": ("retouch",),
    f"{GALLERY}/review": ("review",),
    f"{GALLERY}/review/{{photo_id}}": ("review",),
    f"{GALLERY}/downloads": ("delivery",),
    f"{GALLERY}/downloads/{{photo_id}}": ("delivery",),
    ORDER: ("intake", "selection", "retouch", "review", "release", "delivery"),
    "/studio/quality/{task_id}": ("quality",),
}
TWO_PHOTOS = f"{GALLERY}/compare"  # takes them as a query
LOCKED = f"{GALLERY}/pin"  # for who has a link and no PIN yet
USUAL = {"/gallery": "selection", "/studio": "retouch"}
ROLES = {"/studio/job": "retoucher", "/studio/quality": "quality_lead"}  # everybody else's pages: the owner
NO_PAGE = re.compile(
    r"/(api|schema|static|files|fetch|g|tus|healthz|readyz)(/|$)|\.(zip|pdf|xmp|svg|ics|json|csv|txt)$"
)
PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
TABLES = {"order": "orders"}  # a parameter `x_id` is a row of the table x
A_DAY = timedelta(days=1)


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """A page, and the cookies of a browser that may see it."""

    name: str
    route: str
    path: str
    cookies: dict[str, str]
    phone: bool  # made for phones in the first place


class Guide:
    """Leads through one studio."""

    def __init__(self, session: Session, settings: Settings, studio_id: uuid.UUID) -> None:
        self.session, self.settings, self.studio_id = session, settings, studio_id
        self.people: dict[str, dict[str, str]] = {}
        self.customers: dict[tuple[uuid.UUID, bool], dict[str, str]] = {}

    async def first(self, statement: Any) -> Any:
        """Fetch the first row there is, or None."""
        return (await self.session.execute(statement.limit(1))).scalars().first()

    async def order_at(self, stage: str) -> uuid.UUID | None:
        """Find an order that stands at a stage: one somebody works on, or the newest that has photos."""
        at = select(Progress.order_id).where(Progress.studio_id == self.studio_id, Progress.stage == stage)
        taken = at.join(Task, Task.order_id == Progress.order_id).where(Task.state == "taken")
        shown = at.join(Version, Version.order_id == Progress.order_id)
        by_booking = Progress.id.desc()
        for statement in (taken.order_by(by_booking), shown.order_by(by_booking), at.order_by(by_booking)):
            if found := await self.first(statement):
                return found  # type: ignore[no-any-return]
        return None

    async def value(self, name: str, order_id: uuid.UUID) -> uuid.UUID | None:
        """Fill in a parameter with something that belongs to an order."""
        if name == "order_id":
            return order_id
        if name == "photo_id":
            mine = [select(model.photo_id).where(model.order_id == order_id) for model in (Version, Remark, Pick)]
            for statement in (mine[0].where(Version.offered_at.is_not(None)), *mine[1:]):
                if found := await self.first(statement):
                    return found  # type: ignore[no-any-return]
        if name == "customer_id":
            return (await self.session.get_one(Order, order_id)).customer_id
        table = all_tables().tables.get(TABLES.get(name.removesuffix("_id"), name.removesuffix("_id")))
        if table is None:
            return None
        mine = table.c.order_id == order_id if "order_id" in table.c else table.c.studio_id == self.studio_id
        newest = table.c.id.desc()
        order = [table.c.state.in_(["open", "taken"]).desc(), newest] if name == "task_id" else [newest]
        return await self.first(select(table.c.id).where(mine).order_by(*order))  # type: ignore[no-any-return]

    async def staff(self, role: str) -> dict[str, str]:
        """Sign somebody in who has a role, if may be one with a job."""
        if role not in self.people:
            mine = select(Membership.staff_id).where(Membership.studio_id == self.studio_id, Membership.role == role)
            busy = mine.join(Task, Task.assignee_id == Membership.staff_id).where(Task.state == "taken")
            person = await self.first(busy) or await self.first(mine)
            token = await identity.open_session(
                self.session, kind="staff", studio_id=self.studio_id, staff_id=person, lifetime=A_DAY
            )
            self.people[role] = {staff_cookie(self.settings): token}
        return self.people[role]

    async def customer(self, order_id: uuid.UUID, *, unlocked: bool = True) -> dict[str, str]:
        """Let the customer of an order in, or only as far as the question for the PIN."""
        if (order_id, unlocked) not in self.customers:
            gallery = await self.first(select(Gallery).where(Gallery.order_id == order_id))
            link = await self.first(
                select(Link).where(Link.order_id == order_id, Link.withdrawn_at.is_(None)).order_by(Link.id)
            )
            if gallery is None or link is None:
                return {}
            token = await identity.open_session(
                self.session, kind="customer", studio_id=self.studio_id, link_id=link.id, lifetime=A_DAY,
                unlocked=unlocked,
            )  # fmt: skip
            self.customers[order_id, unlocked] = {gallery_cookie(self.settings, gallery.id): token}
        return self.customers[order_id, unlocked]

    async def two_photos(self, order_id: uuid.UUID) -> str:
        """Write the query that names two photos of an order, the first ones chosen."""
        chosen = select(Pick.photo_id).where(Pick.order_id == order_id).group_by(Pick.photo_id).order_by(Pick.photo_id)
        one, other = (await self.session.execute(chosen.limit(2))).scalars().all()
        return f"?one={one}&other={other}"

    async def visit(self, route: str, stage: str, *, named: bool) -> Visit | None:
        """Plan one visit; None when this studio has nothing to show there."""
        order_id = await self.order_at(stage)
        if order_id is None:
            return None
        path = route
        for found in PARAMETER.finditer(route):
            value = await self.value(found[1], order_id)
            if value is None:
                return None
            path = path.replace(found[0], str(value))
        phone = route.startswith("/gallery")
        cookies: dict[str, str] = {}
        if phone:
            cookies = await self.customer(order_id, unlocked=route != LOCKED)
            path += await self.two_photos(order_id) if route == TWO_PHOTOS else ""
        elif route.startswith("/studio"):
            cookies = await self.staff(next((ROLES[one] for one in ROLES if route.startswith(one)), "owner"))
        name = _name(route) + (f"-{stage}" if named else "")
        return Visit(name=name, route=route, path=path, cookies=cookies, phone=phone or not cookies)


def _name(route: str) -> str:
    """Call a page after its address."""
    words = PARAMETER.sub("", route).replace("_", "-").split("/")
    return "-".join(word for word in words if word) or "landing"


def page_routes(app: Litestar) -> list[str]:
    """Name the addresses of pages: what answers a GET with HTML, as far as the route tells."""
    found = []
    for route in app.routes:
        handler = getattr(route, "route_handler_map", {}).get("GET")
        if handler is None or NO_PAGE.search(route.path) or handler[0].opt.get("streams"):
            continue
        found.append(PARAMETER.sub(lambda one: "{" + one[1] + "}", route.path_format))
    return sorted(found)


async def plan_visits(db: Database, routes: Iterable[str]) -> list[Visit]:
    """Plan a visit to every page of the installation's studio, at each stage where it looks different."""
    visits = []
    async with db.write() as session:
        studio = await identity.find_studio(session)
        assert studio is not None, "the studio is empty"
        guide = Guide(session, db.settings, studio.id)
        for route in routes:
            usual = next((stage for begin, stage in USUAL.items() if route.startswith(begin)), "selection")
            stages = STAGES.get(route, (usual,))
            planned = [await guide.visit(route, stage, named=len(stages) > 1) for stage in stages]
            visits += [one for one in planned if one is not None]
    return visits
