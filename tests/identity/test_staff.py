"""The studio's people and their sessions."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core.access import ANONYMOUS, SYSTEM, Actor
from app.core.audit import AuditRow
from app.core.clock import shifted
from app.core.errors import Forbidden, NotFound, SignInNeeded
from app.core.tokens import token_hash
from app.identity import errors, rules
from app.identity import service as identity
from app.identity.models import AuthSession
from tests.story import begin


async def signed_in(db, staff_id) -> str:
    async with db.write() as session:
        link = await identity.make_sign_in_link(session, SYSTEM, staff_id)
    return await identity.use_sign_in_link(db, link)


async def actor_of(db, token):
    async with db.read() as session:
        return await identity.staff_actor(session, token)


async def test_only_the_hash_of_a_cookie_is_kept(db):
    story = await begin(db)
    token = await signed_in(db, story.staff["owner"])

    async with db.read() as session:
        row = (await session.execute(select(AuthSession))).scalar_one()
    assert row.token_hash == token_hash(token)
    assert len(token) >= 43  # 256 bits


async def test_an_actor_carries_roles_branches_and_open_orders(db):
    story = await begin(db)
    token = await signed_in(db, story.staff["retoucher"])
    retoucher = story.staff["retoucher"]
    other = uuid.uuid4()
    async with db.write() as session:
        for order_id in (story.order_id, other):
            await identity.assign(session, retoucher, order_id, "task:1", studio_id=story.studio_id)
        await identity.assign(session, retoucher, story.order_id, "task:1", studio_id=story.studio_id)
        await identity.unassign(session, retoucher, other, "task:1")

    actor = await actor_of(db, token)

    assert actor is not None
    assert (actor.kind, actor.id, actor.studio_id) == ("staff", retoucher, story.studio_id)
    assert actor.roles == {"retoucher"}
    assert (actor.branch_ids, actor.all_branches) == ({story.branch_id}, False)
    assert actor.order_ids == {story.order_id}


async def test_who_works_in_all_branches_is_known_as_such(db):
    story = await begin(db)

    assert (await actor_of(db, await signed_in(db, story.staff["owner"]))).all_branches


async def test_an_order_that_was_theirs_may_become_theirs_again(db):
    story = await begin(db)
    who = story.staff["retoucher"]
    token = await signed_in(db, who)
    async with db.write() as session:
        await identity.assign(session, who, story.order_id, "task:1", studio_id=story.studio_id)
        await identity.unassign(session, who, story.order_id, "task:1")
        await session.flush()
        await identity.assign(session, who, story.order_id, "task:1", studio_id=story.studio_id)

    assert (await actor_of(db, token)).order_ids == {story.order_id}


async def test_a_customers_cookie_makes_no_staff(db):
    story = await begin(db)
    async with db.write() as session:
        token = await identity.open_session(
            session, kind="customer", studio_id=story.studio_id, lifetime=timedelta(days=1), link_id=uuid.uuid4()
        )

    assert await actor_of(db, token) is None


async def test_a_disabled_person_is_out_and_stays_out(db):
    story = await begin(db)
    who = story.staff["retoucher"]
    token = await signed_in(db, who)
    async with db.write() as session:
        link = await identity.make_sign_in_link(session, SYSTEM, who)
        await identity.disable_staff(session, SYSTEM, who)

    assert await actor_of(db, token) is None
    with pytest.raises(NotFound):
        await identity.use_sign_in_link(db, link)
    with pytest.raises(errors.StaffDisabled):
        async with db.write() as session:
            await identity.make_sign_in_link(session, SYSTEM, who)


async def test_new_roles_end_the_sessions_with_the_old_ones(db):
    story = await begin(db)
    token = await signed_in(db, story.staff["manager"])

    async with db.write() as session:
        await identity.set_roles(session, story.actor("owner"), story.staff["manager"], {"finance"})

    assert await actor_of(db, token) is None
    assert (await actor_of(db, await signed_in(db, story.staff["manager"]))).roles == {"finance"}


async def test_a_new_password_ends_the_other_sessions(db):
    story = await begin(db)
    here, elsewhere = await signed_in(db, story.staff["owner"]), await signed_in(db, story.staff["owner"])
    actor = await actor_of(db, here)

    await identity.set_password(db, actor, story.staff["owner"], "a lamp that is safe")

    assert await actor_of(db, here) is not None
    assert await actor_of(db, elsewhere) is None


async def test_the_last_owner_stays(db):
    story = await begin(db)
    for deed in (
        lambda session: identity.disable_staff(session, SYSTEM, story.staff["owner"]),
        lambda session: identity.set_roles(session, SYSTEM, story.staff["owner"], {"finance"}),
    ):
        with pytest.raises(errors.LastOwner):
            async with db.write() as session:
                await deed(session)


@pytest.mark.parametrize("role", ["manager", "consultant", "photographer", "retoucher", "quality_lead", "finance"])
async def test_only_an_owner_manages_people(db, role):
    story = await begin(db)
    actor = story.actor(role)
    for deed in (
        lambda session: identity.add_staff(
            session, actor, studio_id=story.studio_id, name="x", email="x@x.example", roles={"owner"}
        ),
        lambda session: identity.set_roles(session, actor, story.staff[role], {"owner"}),
        lambda session: identity.make_sign_in_link(session, actor, story.staff["owner"]),
        lambda session: identity.disable_staff(session, actor, story.staff["owner"]),
    ):
        with pytest.raises(Forbidden):
            async with db.write() as session:
                await deed(session)
    with pytest.raises(Forbidden):
        await identity.set_password(db, actor, story.staff["owner"], "a lamp that is safe")


async def test_another_studios_people_do_not_exist(db):
    story, other = await begin(db), await begin(db, "Other")
    stranger = other.actor("owner")

    async with db.read() as session:
        names = {card.email for card in await identity.list_staff(session, stranger)}
        assert names
        assert not any("shiguang" in name for name in names)
    with pytest.raises(NotFound):
        async with db.write() as session:
            await identity.make_sign_in_link(session, stranger, story.staff["owner"])
    with pytest.raises(Forbidden):
        async with db.write() as session:
            await identity.add_staff(
                session, stranger, studio_id=story.studio_id, name="x", email="x@x.example", roles={"owner"}
            )


async def test_nobody_and_customers_see_no_people(db):
    story = await begin(db)
    customer = Actor(kind="customer", studio_id=story.studio_id, order_ids=frozenset({story.order_id}))
    async with db.read() as session:
        with pytest.raises(SignInNeeded):
            await identity.list_staff(session, ANONYMOUS)
        with pytest.raises(NotFound):
            await identity.list_staff(session, customer)


async def test_an_email_belongs_to_one_person(db):
    story = await begin(db)
    with pytest.raises(errors.EmailTaken):
        async with db.write() as session:
            await identity.add_staff(
                session, SYSTEM, studio_id=story.studio_id, name="x", email=" OWNER@shiguang.EXAMPLE", roles={"owner"}
            )


async def test_deeds_leave_a_trace_without_secrets(db):
    story = await begin(db)
    await identity.set_password(db, SYSTEM, story.staff["owner"], "a lamp that is safe")
    await signed_in(db, story.staff["owner"])

    async with db.read() as session:
        rows = (await session.execute(select(AuditRow))).scalars().all()
    deeds = [row.deed for row in rows]
    assert {"add_staff", "set_password", "make_sign_in_link", "sign_in"} <= set(deeds)
    assert "lamp" not in str([(row.before, row.after) for row in rows])


async def test_a_link_is_looked_at_as_often_as_one_likes_for_fifteen_minutes(db):
    story = await begin(db)
    async with db.write() as session:
        link = await identity.make_sign_in_link(session, SYSTEM, story.staff["owner"])
    async with db.read() as session:
        assert (await identity.look_at_sign_in_link(session, link)).name == "Owner"
        with shifted(rules.SIGN_IN_LINK), pytest.raises(errors.SignInLinkExpired):
            await identity.look_at_sign_in_link(session, link)


@pytest.mark.parametrize("email", ["", "a", "@x", "a@", "a b@x", "a@b\n", "a@@b"])
def test_what_is_no_email_is_refused(email):
    if email == "a@b\n":
        assert rules.clean_email(email) == "a@b"
        return
    with pytest.raises(errors.BadEmail):
        rules.clean_email(email)


def test_roles_and_passwords_keep_to_their_rules():
    with pytest.raises(errors.UnknownRole):
        rules.check_roles({"owner", "root"})
    with pytest.raises(errors.UnknownRole):
        rules.check_roles(())
    with pytest.raises(errors.PasswordTooShort):
        rules.check_password("short")
    with pytest.raises(errors.PasswordTooLong):
        rules.check_password("x" * 201)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"), ("::ffff:203.0.113.7", "203.0.113.7"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        (None, "unknown"), ("nonsense", "unknown"),
    ],
)  # fmt: skip
def test_a_visitor_is_counted_by_what_they_cannot_change(address, network):
    assert rules.network_of(address) == network
