"""Keys of programs: shown once, kept as a hash, able to do what their scopes say."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import timedelta

from app.core import audit, clock
from app.core.access import Actor, require, require_role
from app.core.db import Database, Session
from app.core.errors import BadInput, NotFound, SignInNeeded
from app.core.ids import new_id
from app.core.tokens import new_token, token_hash
from app.identity import queries, rules
from app.identity.models import ApiKey

LONGEST_NAME = 60
LONGEST_DAYS = 3650


async def add_key(
    session: Session,
    actor: Actor,
    name: str,
    scopes: Iterable[str],
    *,
    branch_id: uuid.UUID | None = None,
    days: int | None = None,
) -> tuple[ApiKey, str]:
    """Make a key; this is the only moment it is known. Raises BadInput, NotFound for a branch of others."""
    require_role(actor, "key.manage")
    if actor.studio_id is None:
        raise SignInNeeded
    words = " ".join(name.split())[:LONGEST_NAME]
    if not words:
        raise BadInput("name_needed")
    if days is not None and not 1 <= days <= LONGEST_DAYS:
        raise BadInput("bad_number", least=1, most=LONGEST_DAYS)
    if branch_id is not None and branch_id not in {
        row.id for row in await queries.branches_of(session, actor.studio_id)
    }:
        raise NotFound
    key = rules.KEY_MARK + new_token()
    row = ApiKey(
        id=new_id(), studio_id=actor.studio_id, name=words, hint=key[: rules.KEY_HINT], key_hash=token_hash(key),
        scopes=rules.check_scopes(scopes), branch_id=branch_id, made_by=actor.id,
        expires_at=clock.now() + timedelta(days=days) if days else None,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    audit.record(session, actor, "key.add", row, after={"scopes": row.scopes})
    return row, key


async def list_keys(session: Session, actor: Actor) -> Sequence[ApiKey]:
    """List the studio's keys, newest first."""
    require_role(actor, "key.manage")
    return await queries.keys_of(session, actor)


async def withdraw_key(session: Session, actor: Actor, key_id: uuid.UUID) -> None:
    """Take a key back: from now on it opens nothing."""
    row = await session.get(ApiKey, key_id)
    require(actor, "key.manage", row)
    assert row is not None  # noqa: S101 - `require` let it pass
    if row.withdrawn_at is None:
        row.withdrawn_at = clock.now()
        audit.record(session, actor, "key.withdraw", row)


async def program_actor(db: Database, key: str) -> Actor:
    """Tell who a program is by its key. Raises SignInNeeded for one that opens nothing."""
    now = clock.now()
    async with db.read() as session:
        row = await queries.find_key(session, token_hash(key), now)
    if row is None:
        raise SignInNeeded("bad_api_key")
    if row.used_at is None or now - row.used_at >= rules.USED_EVERY:
        async with db.write() as session:
            used = await session.get(ApiKey, row.id)
            if used is not None:
                used.used_at = now
    return Actor(
        kind="program", id=row.id, studio_id=row.studio_id, all_branches=row.branch_id is None,
        branch_ids=frozenset({row.branch_id} if row.branch_id else ()), granted=rules.granted_by(row.scopes),
    )  # fmt: skip
