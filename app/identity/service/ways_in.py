"""Ways in for staff: e-mail and password, or a link that works once."""

import uuid

from sqlalchemy import update

from app.core import audit, clock
from app.core.access import Actor, require
from app.core.db import Database, Session
from app.core.errors import NotFound
from app.core.passwords import check_secret
from app.core.tokens import keyed_hash, new_token, token_hash
from app.identity import queries, rules
from app.identity.errors import SignInLinkExpired, SignInLinkUsed, StaffDisabled, WrongSignIn
from app.identity.models import SignInLink, Staff
from app.identity.service.attempts import clear_attempts, count_attempt
from app.identity.service.sessions import open_session, sign_out


async def sign_in(db: Database, email: str, password: str, address: str | None, old: str | None = None) -> str:
    """Let a person in by e-mail and password; returns the new session's secret. Raises WrongSignIn or TooMany.

    The try is committed first, the password checked outside any transaction, the session opened in a second one;
    `old` is the cookie the browser came with: its session ends.
    """
    email, window = rules.clean_email(email), rules.TRIES_WINDOW
    by_address = f"address:{keyed_hash(db.settings.secret, 'address', rules.network_of(address))}"
    by_email = f"staff:{keyed_hash(db.settings.secret, 'email', email)}"
    await count_attempt(db, by_address, limit=rules.TRIES_BY_ADDRESS, window=window)
    await count_attempt(db, by_email, limit=rules.TRIES_BY_EMAIL, window=window)
    async with db.read() as session:
        staff = await queries.find_staff_by_email(session, email)
    known = staff.password_hash if staff and staff.disabled_at is None else None
    if not await check_secret(known, password) or staff is None:
        raise WrongSignIn
    async with db.write() as session:
        await clear_attempts(session, by_email, window=window)
        return await _enter(session, staff.id, known, old)


async def _enter(session: Session, staff_id: uuid.UUID, known: str | None, old: str | None) -> str:
    staff = await session.get_one(Staff, staff_id)
    if staff.disabled_at is not None or (known is not None and staff.password_hash != known):
        raise WrongSignIn  # changed while the password was checked
    if old:
        await sign_out(session, old)
    audit.record(session, Actor(kind="staff", id=staff.id, studio_id=staff.studio_id), "sign_in", staff)
    return await open_session(
        session, kind="staff", studio_id=staff.studio_id, staff_id=staff.id, lifetime=rules.STAFF_SESSION
    )


async def make_sign_in_link(session: Session, actor: Actor, staff_id: uuid.UUID) -> str:
    """Make a link's secret that lets a person in once, within 15 minutes."""
    staff = await session.get(Staff, staff_id)
    require(actor, "staff.manage", staff)
    if staff is None or staff.disabled_at is not None:
        raise StaffDisabled
    token = new_token()
    session.add(
        SignInLink(
            studio_id=staff.studio_id,
            staff_id=staff.id,
            token_hash=token_hash(token),
            expires_at=clock.now() + rules.SIGN_IN_LINK,
        )
    )
    audit.record(session, actor, "make_sign_in_link", staff)
    return token


async def look_at_sign_in_link(session: Session, token: str) -> Staff:
    """Tell whom a link would let in, without using it. Raises NotFound, SignInLinkUsed or SignInLinkExpired."""
    found = await queries.find_link(session, token_hash(token))
    if found is None or found[1].disabled_at is not None:
        raise NotFound
    if found[0].used_at is not None:
        raise SignInLinkUsed
    if found[0].expires_at <= clock.now():
        raise SignInLinkExpired
    return found[1]


async def use_sign_in_link(db: Database, token: str, old: str | None = None) -> str:
    """Use a link up and open a session; of two at the same moment one gets in. Returns the session's secret."""
    async with db.write() as session:
        staff = await look_at_sign_in_link(session, token)
        used = (
            update(SignInLink)
            .where(SignInLink.token_hash == token_hash(token), SignInLink.used_at.is_(None))
            .values(used_at=clock.now())
            .returning(SignInLink.id)
        )
        if (await session.execute(used)).scalar_one_or_none() is None:
            raise SignInLinkUsed
        return await _enter(session, staff.id, None, old)
