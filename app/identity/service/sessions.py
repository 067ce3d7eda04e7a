"""Sessions: a new secret at every sign-in and unlocking, its hash in the database."""

import uuid
from datetime import timedelta

from sqlalchemy import ColumnElement, CursorResult, delete, or_, update

from app.core import clock
from app.core.access import Actor, Card, knows_orders
from app.core.db import Session
from app.core.tokens import new_token, token_hash
from app.identity import queries, rules
from app.identity.models import AuthSession, SignInLink


async def open_session(
    session: Session,
    *,
    kind: str,
    studio_id: uuid.UUID,
    lifetime: timedelta,
    staff_id: uuid.UUID | None = None,
    link_id: uuid.UUID | None = None,
    unlocked: bool = False,
) -> str:
    """Open a session of kind "staff" or "customer"; returns the cookie's secret, which is kept nowhere else."""
    token, now = new_token(), clock.now()
    session.add(
        AuthSession(
            studio_id=studio_id,
            kind=kind,
            token_hash=token_hash(token),
            staff_id=staff_id,
            link_id=link_id,
            unlocked_at=now if unlocked else None,
            expires_at=now + lifetime,
        )
    )
    return token


async def find_open_session(session: Session, token: str, kind: str) -> AuthSession | None:
    """Find the open session of a cookie."""
    found = await queries.find_session(session, token_hash(token), clock.now())
    return found if found is not None and found.kind == kind else None


async def is_session_open(session: Session, session_id: uuid.UUID) -> bool:
    """Tell whether a session is neither ended nor over."""
    found = await session.get(AuthSession, session_id)
    return found is not None and found.ended_at is None and found.expires_at > clock.now()


async def _end(session: Session, which: ColumnElement[bool]) -> None:
    now = clock.now()
    await session.execute(update(AuthSession).where(AuthSession.ended_at.is_(None), which).values(ended_at=now))


async def end_session(session: Session, session_id: uuid.UUID) -> None:
    """End a session."""
    await _end(session, AuthSession.id == session_id)


async def sign_out(session: Session, token: str) -> None:
    """End the session of a cookie."""
    await _end(session, AuthSession.token_hash == token_hash(token))


async def end_sessions_of_staff(session: Session, staff_id: uuid.UUID, *, but: uuid.UUID | None = None) -> None:
    """End a person's sessions, one apart."""
    which = AuthSession.staff_id == staff_id
    await _end(session, which if but is None else which & (AuthSession.id != but))


async def staff_actor(session: Session, token: str) -> Actor | None:
    """Tell who a staff cookie belongs to, with roles, branches and orders as they are now."""
    rows = await queries.signed_in(session, token_hash(token), clock.now())
    if not rows:
        return None
    found, staff, studio, _ = rows[0]
    memberships = [row[3] for row in rows if row[3] is not None]
    roles = frozenset(row.role for row in memberships)
    return Actor(
        kind="staff",
        id=staff.id,
        studio_id=staff.studio_id,
        branch_ids=frozenset(row.branch_id for row in memberships if row.branch_id),
        all_branches=any(row.branch_id is None for row in memberships),
        roles=roles,
        order_ids=await queries.open_orders_of(session, staff.id) if knows_orders(roles) else frozenset(),
        session_id=found.id,
        card=Card(staff.name, studio.name, studio.timezone),
    )


async def sweep(session: Session) -> int:
    """Remove sessions and sign-in links that have been over for a month; returns how many."""
    over = clock.now() - rules.KEEP_OVER
    gone = 0
    for which in (
        delete(AuthSession).where(or_(AuthSession.expires_at < over, AuthSession.ended_at < over)),
        delete(SignInLink).where(SignInLink.expires_at < over),
    ):
        result = await session.execute(which)
        gone += result.rowcount if isinstance(result, CursorResult) else 0
    return gone
