"""The studio and its people."""

import uuid
from collections.abc import Collection, Sequence

import msgspec
from sqlalchemy import delete

from app.core import audit, clock
from app.core.access import SYSTEM, Actor, require, require_role
from app.core.db import Database, Session
from app.core.errors import BadInput, Forbidden, NotFound
from app.core.passwords import hash_secret
from app.identity import queries, rules
from app.identity.errors import EmailTaken, LastOwner, StudioChanged
from app.identity.models import Assignment, Branch, Membership, Staff, Studio
from app.identity.schemas import StaffCard, StudioDetails
from app.identity.service.sessions import end_sessions_of_staff


async def create_studio(
    session: Session,
    *,
    name: str,
    code: str,
    timezone: str,
    currency: str = "CNY",
    locale: str = "zh_Hans_CN",
    watermark_text: str | None = None,
) -> Studio:
    """Create a studio with its first branch, whose `code` begins the order numbers."""
    mark = name if watermark_text is None else watermark_text
    studio = Studio(name=name, timezone=timezone, currency=currency, locale=locale, watermark_text=mark)
    session.add(studio)
    await session.flush()
    branch = Branch(studio_id=studio.id, name=name, code=code, timezone=timezone)
    session.add(branch)
    await session.flush()
    audit.record(session, SYSTEM, "create_studio", branch)
    return studio


async def find_studio(session: Session) -> Studio | None:
    """Find the installation's first studio."""
    return await queries.find_studio(session)


async def get_studio(session: Session, studio_id: uuid.UUID) -> Studio:
    """Give a studio. Raises NotFound."""
    if (studio := await session.get(Studio, studio_id)) is None:
        raise NotFound
    return studio


async def change_studio(session: Session, actor: Actor, details: StudioDetails) -> Studio:
    """Change what stands on the studio's papers. Raises BadInput, StudioChanged when another window was faster."""
    require_role(actor, "studio.manage")
    if actor.studio_id is None:
        raise Forbidden
    await lock_studio(session, actor.studio_id)
    studio = await session.get_one(Studio, actor.studio_id, populate_existing=True)
    if studio.version != details.version:
        raise StudioChanged
    after = {
        name: " ".join(value.split()) for name, value in msgspec.structs.asdict(details).items() if name != "version"
    }
    if not after["name"]:
        raise BadInput("name_needed")
    changed = [name for name, value in after.items() if getattr(studio, name) != value]
    for name in changed:
        setattr(studio, name, after[name])
    if changed:
        studio.version += 1
        branch = (await queries.branches_of(session, studio.id))[0]
        audit.record(session, actor, "studio.change", branch, after={"fields": changed})
        await session.flush()
    return studio


async def get_branch(session: Session, branch_id: uuid.UUID) -> Branch:
    """Give a branch. Raises NotFound."""
    if (branch := await session.get(Branch, branch_id)) is None:
        raise NotFound
    return branch


async def lock_studio(session: Session, studio_id: uuid.UUID) -> None:
    """Hold a studio until the transaction ends: what it has once, or must keep one of, is decided by one at a time."""
    await queries.lock_studio(session, studio_id)


async def lock_staff(session: Session, staff_id: uuid.UUID) -> None:
    """Hold a person until the transaction ends: what they may have one of is given by one at a time."""
    await queries.lock_staff(session, staff_id)


async def staff_names(session: Session, staff_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Name some people."""
    return await queries.names_of(session, staff_ids) if staff_ids else {}


async def list_branches(session: Session, studio_id: uuid.UUID) -> Sequence[Branch]:
    """List a studio's branches, oldest first."""
    return await queries.branches_of(session, studio_id)


async def branches_of(session: Session, actor: Actor) -> list[Branch]:
    """List the branches a person works in."""
    if actor.studio_id is None:
        return []
    rows = await list_branches(session, actor.studio_id)
    return [row for row in rows if actor.all_branches or row.id in actor.branch_ids]


async def find_staff(session: Session, email: str) -> Staff | None:
    """Find a person by e-mail."""
    return await queries.find_staff_by_email(session, rules.clean_email(email))


async def list_staff(session: Session, actor: Actor) -> list[StaffCard]:
    """List the people an actor may see, with their roles."""
    require_role(actor, "staff.read")
    people = await queries.staff_of(session, actor)
    roles: dict[uuid.UUID, set[str]] = {person.id: set() for person in people}
    for row in await queries.memberships_of(session, list(roles)):
        roles[row.staff_id].add(row.role)
    return [
        StaffCard(p.id, p.name, p.email, tuple(sorted(roles[p.id])), p.disabled_at, tuple(p.skills or ()))
        for p in people
    ]


def _require_manager(actor: Actor, studio_id: uuid.UUID) -> None:
    require_role(actor, "staff.manage")
    if actor.kind != "system" and actor.studio_id != studio_id:
        raise Forbidden


def _grant(session: Session, staff: Staff, roles: Collection[str], branch_ids: Collection[uuid.UUID] | None) -> None:
    for role in sorted(rules.check_roles(roles)):
        for branch_id in [None] if branch_ids is None else sorted(branch_ids):
            session.add(Membership(studio_id=staff.studio_id, staff_id=staff.id, branch_id=branch_id, role=role))


async def add_staff(  # noqa: PLR0913 - what is known of a person
    session: Session,
    actor: Actor,
    *,
    studio_id: uuid.UUID,
    name: str,
    email: str,
    roles: Collection[str],
    branch_ids: Collection[uuid.UUID] | None = None,
    locale: str | None = None,
) -> Staff:
    """Add a person with roles in some branches (None: in all); they come in by a link until a password is set."""
    _require_manager(actor, studio_id)
    email = rules.clean_email(email)
    if await queries.find_staff_by_email(session, email):
        raise EmailTaken
    staff = Staff(
        studio_id=studio_id,
        name=name.strip() or email,
        email=email,
        password_hash=None,
        locale=locale,
        disabled_at=None,
    )
    session.add(staff)
    await session.flush()
    _grant(session, staff, roles, branch_ids)
    audit.record(session, actor, "add_staff", staff, after={"roles": sorted(roles)})
    return staff


async def _theirs_to_manage(session: Session, actor: Actor, staff_id: uuid.UUID) -> Staff:
    staff = await session.get(Staff, staff_id, with_for_update=True)
    require(actor, "staff.manage", staff)
    if staff is None:
        raise NotFound
    return staff


async def set_roles(
    session: Session,
    actor: Actor,
    staff_id: uuid.UUID,
    roles: Collection[str],
    branch_ids: Collection[uuid.UUID] | None = None,
) -> None:
    """Give a person other roles; their sessions end, so that nobody goes on with old rights."""
    staff = await _theirs_to_manage(session, actor, staff_id)
    await lock_studio(session, staff.studio_id)  # two owners must not put each other out at the same moment
    before = {row.role for row in await queries.memberships_of(session, [staff.id])}
    if "owner" in before and "owner" not in roles and not await queries.other_owners(session, staff):
        raise LastOwner
    await session.execute(delete(Membership).where(Membership.staff_id == staff.id))
    _grant(session, staff, roles, branch_ids)
    await end_sessions_of_staff(session, staff.id)
    audit.record(session, actor, "set_roles", staff, before={"roles": sorted(before)}, after={"roles": sorted(roles)})


async def set_skills(session: Session, actor: Actor, staff_id: uuid.UUID, skills: Collection[str]) -> list[str]:
    """Say what a person is good at: jobs that need something else are not offered to them. Raises UnknownSkill."""
    staff = await session.get(Staff, staff_id, with_for_update=True)
    require(actor, "staff.skill", staff)
    if staff is None:
        raise NotFound
    before, after = list(staff.skills or ()), rules.check_skills(skills)
    if after != before:
        staff.skills = after
        audit.record(session, actor, "set_skills", staff, before={"skills": before}, after={"skills": after})
    return after


async def skills_of(session: Session, staff_id: uuid.UUID) -> frozenset[str]:
    """Tell what a person is good at."""
    return frozenset(await queries.skills_of(session, staff_id))


async def set_password(db: Database, actor: Actor, staff_id: uuid.UUID, password: str) -> None:
    """Give a person a password; their other sessions end. The hash is made before the transaction."""
    rules.check_password(password)
    hashed = await hash_secret(password)
    async with db.write() as session:
        staff = await _theirs_to_manage(session, actor, staff_id)
        staff.password_hash = hashed
        await end_sessions_of_staff(session, staff.id, but=actor.session_id)
        audit.record(session, actor, "set_password", staff)


async def disable_staff(session: Session, actor: Actor, staff_id: uuid.UUID) -> None:
    """Let a person in no more; their sessions end at once. Raises LastOwner."""
    staff = await _theirs_to_manage(session, actor, staff_id)
    await lock_studio(session, staff.studio_id)  # two owners must not put each other out at the same moment
    roles = {row.role for row in await queries.memberships_of(session, [staff.id])}
    if "owner" in roles and not await queries.other_owners(session, staff):
        raise LastOwner
    if staff.disabled_at is None:
        staff.disabled_at = clock.now()
        audit.record(session, actor, "disable_staff", staff)
    await end_sessions_of_staff(session, staff.id)


async def assign(
    session: Session, staff_id: uuid.UUID, order_id: uuid.UUID, reason: str, *, studio_id: uuid.UUID
) -> None:
    """Make an order a person's, for a reason ("task:<id>"); twice is fine."""
    found = await queries.find_assignment(session, staff_id, order_id, reason)
    if found is not None:
        found.ended_at = None
        return
    session.add(Assignment(studio_id=studio_id, staff_id=staff_id, order_id=order_id, reason=reason, ended_at=None))


async def unassign(session: Session, staff_id: uuid.UUID, order_id: uuid.UUID, reason: str) -> None:
    """End what made an order a person's; not theirs is fine."""
    found = await queries.find_assignment(session, staff_id, order_id, reason)
    if found is not None and found.ended_at is None:
        found.ended_at = clock.now()
