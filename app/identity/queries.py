"""Every SELECT of identity."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Row, case, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from app.core.access import Actor, visible
from app.core.db import Session
from app.identity.models import ApiKey, Assignment, Attempts, AuthSession, Branch, Membership, SignInLink, Staff, Studio


async def find_studio(session: Session) -> Studio | None:
    """Find the installation's first studio."""
    return (await session.execute(select(Studio).order_by(Studio.created_at, Studio.id).limit(1))).scalar_one_or_none()


async def lock_studio(session: Session, studio_id: uuid.UUID) -> None:
    """Hold a studio's row until the transaction ends."""
    await session.execute(select(Studio.id).where(Studio.id == studio_id).with_for_update(key_share=True))


async def lock_staff(session: Session, staff_id: uuid.UUID) -> None:
    """Hold a person's row until the transaction ends."""
    await session.execute(select(Staff.id).where(Staff.id == staff_id).with_for_update(key_share=True))


async def branches_of(session: Session, studio_id: uuid.UUID) -> Sequence[Branch]:
    """List a studio's branches, oldest first."""
    statement = select(Branch).where(Branch.studio_id == studio_id).order_by(Branch.id)
    return (await session.execute(statement)).scalars().all()


async def find_staff_by_email(session: Session, email: str) -> Staff | None:
    """Find a person by e-mail (lower case)."""
    return (await session.execute(select(Staff).where(Staff.email == email))).scalar_one_or_none()


async def staff_of(session: Session, actor: Actor) -> Sequence[Staff]:
    """List the people an actor may see, by name."""
    statement = visible(select(Staff), actor, "staff.read").order_by(Staff.name, Staff.id)
    return (await session.execute(statement)).scalars().all()


async def names_of(session: Session, staff_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Name some people by their ids."""
    rows = (await session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(staff_ids)))).all()
    return {row.id: row.name for row in rows}


async def skills_of(session: Session, staff_id: uuid.UUID) -> list[str]:
    """Read the keys of a person's skills, as they are at this moment."""
    return list((await session.execute(select(Staff.skills).where(Staff.id == staff_id))).scalar_one_or_none() or ())


async def memberships_of(session: Session, staff_ids: Sequence[uuid.UUID]) -> Sequence[Membership]:
    """List the roles of some people."""
    statement = select(Membership).where(Membership.staff_id.in_(staff_ids)).order_by(Membership.role)
    return (await session.execute(statement)).scalars().all()


async def other_owners(session: Session, staff: Staff) -> int:
    """Count the owners of a person's studio who still work there, the person apart."""
    statement = (
        select(func.count(func.distinct(Staff.id)))
        .join(Membership, Membership.staff_id == Staff.id)
        .where(
            Staff.studio_id == staff.studio_id,
            Staff.id != staff.id,
            Staff.disabled_at.is_(None),
            Membership.role == "owner",
        )
    )
    return (await session.execute(statement)).scalar_one()


async def open_orders_of(session: Session, staff_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Name the orders that are a person's at the moment."""
    statement = select(Assignment.order_id).where(Assignment.staff_id == staff_id, Assignment.ended_at.is_(None))
    return frozenset((await session.execute(statement)).scalars())


async def find_assignment(session: Session, staff_id: uuid.UUID, order_id: uuid.UUID, reason: str) -> Assignment | None:
    """Find why an order is (or was) a person's."""
    statement = select(Assignment).where(
        Assignment.staff_id == staff_id, Assignment.order_id == order_id, Assignment.reason == reason
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def find_session(session: Session, hashed: str, now: datetime) -> AuthSession | None:
    """Find the open session a cookie belongs to."""
    statement = select(AuthSession).where(
        AuthSession.token_hash == hashed, AuthSession.ended_at.is_(None), AuthSession.expires_at > now
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def find_key(session: Session, hashed: str, now: datetime) -> ApiKey | None:
    """Find the key of a program that may still come in."""
    statement = select(ApiKey).where(
        ApiKey.key_hash == hashed,
        ApiKey.withdrawn_at.is_(None),
        or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > now),
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def keys_of(session: Session, actor: Actor) -> Sequence[ApiKey]:
    """List the keys an actor may see, newest first."""
    statement = visible(select(ApiKey), actor, "key.manage").order_by(ApiKey.id.desc())
    return (await session.execute(statement)).scalars().all()


async def signed_in(
    session: Session, hashed: str, now: datetime
) -> Sequence[Row[AuthSession, Staff, Studio, Membership | None]]:
    """Find whom a staff cookie belongs to: session, person, studio, and a row for each of their roles."""
    statement = (
        select(AuthSession, Staff, Studio, Membership)
        .join(Staff, Staff.id == AuthSession.staff_id)
        .join(Studio, Studio.id == Staff.studio_id)
        .join(Membership, Membership.staff_id == Staff.id, isouter=True)
        .where(AuthSession.token_hash == hashed, AuthSession.ended_at.is_(None), AuthSession.expires_at > now)
        .where(AuthSession.kind == "staff", Staff.disabled_at.is_(None))
    )
    return (await session.execute(statement)).all()


async def find_link(session: Session, hashed: str) -> tuple[SignInLink, Staff] | None:
    """Find a sign-in link and whom it lets in."""
    statement = (
        select(SignInLink, Staff).join(Staff, Staff.id == SignInLink.staff_id).where(SignInLink.token_hash == hashed)
    )
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else (row[0], row[1])


async def count_try(session: Session, key: str, now: datetime, begin: datetime) -> tuple[int, datetime]:
    """Count a try in one statement; a window that began at `begin` or before starts anew. (count, window start)."""
    insert = (sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert)(Attempts)
    over = Attempts.window_start <= begin
    statement = (
        insert.values(key=key, window_start=now, count=1)
        .on_conflict_do_update(
            index_elements=[Attempts.key],
            set_={
                "count": case((over, 1), else_=Attempts.count + 1),
                "window_start": case((over, insert.excluded.window_start), else_=Attempts.window_start),
            },
        )
        .returning(Attempts.count, Attempts.window_start)
    )
    row = (await session.execute(statement)).one()
    return row[0], row[1]
