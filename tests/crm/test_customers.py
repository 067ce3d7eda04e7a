"""Customers: found by what people remember of them, changed by one window at a time."""

import asyncio
import uuid

import pytest
from sqlalchemy import func, select

from app.core.access import SYSTEM
from app.core.db import Database
from app.core.errors import BadInput, NotFound
from app.crm import rules
from app.crm import service as crm
from app.crm.errors import BadPhone, CustomerChanged
from app.crm.models import CustomerNote, Tag
from app.crm.schemas import Contact, NewCustomer, PersonForm
from app.identity.errors import BadEmail
from app.orders import service as orders
from tests import story


async def add(db: Database, begun: story.Story, name: str, phone: str = "", *people: str) -> uuid.UUID:
    async with db.write() as session:
        new = NewCustomer(branch_id=begun.branch_id, name=name, phone=phone, people=people)
        return (await crm.add_customer(session, SYSTEM, new, studio_id=begun.studio_id)).id


async def found(db: Database, begun: story.Story, words: str) -> list[str]:
    async with db.read() as session:
        listed = await crm.customer_list(session, begun.actor("consultant"), words=words)
        return [row.name for row in listed.customers]


async def test_a_customer_is_found_by_name_person_phone_and_tag(db: Database) -> None:
    begun = await story.begin(db)
    house = await add(db, begun, "The Webers", "+86 139-1234-5678", "Clara", "小宝")
    await add(db, begun, "100%_sure", "021 5555 0000")
    async with db.write() as session:
        await crm.add_tag(session, begun.actor("consultant"), house, "VIP")
    for words in ("weber", "clara", "小宝", "1391234", "139 1234 5678", "vip"):
        assert await found(db, begun, words) == ["The Webers"], words
    assert await found(db, begun, "0%_") == ["100%_sure"]
    assert await found(db, begun, "%") == ["100%_sure"]
    assert await found(db, begun, "_") == ["100%_sure"]
    assert await found(db, begun, "'; DROP TABLE customer; --") == []
    assert "The Webers" not in await found(db, await story.begin(db, "Other"), "weber")


async def test_a_list_goes_on_where_it_ended(db: Database) -> None:
    begun = await story.begin(db)
    for n in range(45):
        await add(db, begun, f"House {n:02}")
    async with db.read() as session:
        first = await crm.customer_list(session, begun.actor("owner"), words="house")
        second = await crm.customer_list(session, begun.actor("owner"), words="house", after=first.next)
    names = [row.name for row in (*first.customers, *second.customers)]
    assert names == [f"House {n:02}" for n in reversed(range(45))]
    assert second.next is None


@pytest.mark.parametrize(
    ("phone", "kept", "key"),
    [
        ("138 0000 0000", "138 0000 0000", "13800000000"), ("+86 138-0000-0000", "+86 138-0000-0000", "13800000000"),
        ("００８６１３８００００００００", "008613800000000", "13800000000"), ("(021) 5555 0000", "(021) 5555 0000", "2155550000"),
        ("+49 30 123456", "+49 30 123456", "4930123456"), ("", None, None), ("   ", None, None),
    ],
)  # fmt: skip
def test_a_number_is_kept_as_given_and_known_by_its_digits(phone, kept, key):
    assert rules.clean_phone(phone) == kept
    assert rules.phone_key(rules.clean_phone(phone)) == key


@pytest.mark.parametrize("phone", ["call me", "12", "1" * 40, "138000000００x", "+"])
def test_what_is_no_number_is_refused_kindly(phone):
    with pytest.raises(BadPhone):
        rules.clean_phone(phone)


async def test_two_spellings_of_a_number_are_the_same_household(db: Database) -> None:
    begun = await story.begin(db)
    house = await add(db, begun, "Known", "+86 139 1234 5678")
    async with db.read() as session:
        same = await crm.same_phone(session, begun.actor("consultant"), "13912345678")
        assert [row.id for row in same] == [house]
        assert await crm.same_phone(session, begun.actor("consultant"), "") == []


def contact(version: int, **more: str | None) -> Contact:
    fields = {"name": "Weber", "phone": "", "email": "", "locale": "", **more}
    return Contact(**fields, version=version)  # type: ignore[arg-type]


async def test_the_second_of_two_windows_is_told_and_nothing_is_lost(db: Database) -> None:
    begun = await story.begin(db)
    house, actor = await add(db, begun, "Weber"), begun.actor("consultant")
    async with db.write() as session:
        await crm.change_customer(session, actor, house, contact(1, phone="021 5555"))
    with pytest.raises(CustomerChanged):
        async with db.write() as session:
            await crm.change_customer(session, actor, house, contact(1, email="a@b.example"))
    async with db.read() as session:
        row = await crm.get_customer(session, house)
        assert (row.phone, row.email, row.version) == ("021 5555", None, 2)
    with pytest.raises(BadEmail):
        async with db.write() as session:
            await crm.change_customer(session, actor, house, contact(2, email="nobody"))


async def test_of_two_windows_that_save_at_once_one_is_told(db: Database) -> None:
    begun = await story.begin(db)
    house = await add(db, begun, "Weber")

    async def change(name: str) -> None:
        async with db.write() as session:
            await crm.change_customer(session, begun.actor("owner"), house, contact(1, name=name))

    done = await asyncio.gather(*(change(f"W{n}") for n in range(3)), return_exceptions=True)
    assert sum(result is None for result in done) == 1
    assert sum(isinstance(result, CustomerChanged) for result in done) == 2


async def test_a_household_grows_changes_and_keeps_one_at_least(db: Database) -> None:
    begun = await story.begin(db)
    house, actor = await add(db, begun, "Weber", "", "Clara"), begun.actor("consultant")
    async with db.write() as session:
        added = await crm.add_person(session, actor, house, PersonForm(name="Max", relation="child"), version=1)
        await crm.change_person(session, actor, house, added.id, PersonForm(name="Maxi"), version=2)
        await crm.remove_person(session, actor, house, added.id, version=3)
    async with db.read() as session:
        people = await crm.people_of(session, house)
        assert [one.name for one in people] == ["Clara"]
        assert await crm.person_names(session, [added.id]) == {added.id: "Maxi"}
    async with db.write() as session:
        with pytest.raises(BadInput, match="last_person"):
            await crm.remove_person(session, actor, house, people[0].id, version=4)
        with pytest.raises(NotFound):
            await crm.change_person(session, actor, house, added.id, PersonForm(name="x"), version=4)


async def test_a_tag_is_the_studios_and_a_customer_has_it_once(db: Database) -> None:
    begun = await story.begin(db)
    one, two = await add(db, begun, "One"), await add(db, begun, "Two")

    async def tag(house: uuid.UUID, name: str) -> None:
        async with db.write() as session:
            await crm.add_tag(session, begun.actor("consultant"), house, name)

    await asyncio.gather(*(tag(house, name) for house in (one, two) for name in ("VIP", "vip", " #Vip ")))
    async with db.read() as session:
        assert (await session.execute(select(func.count()).select_from(Tag))).scalar_one() == 1
        (listed,) = await crm.list_tags(session, begun.actor("owner"))
        assert listed.count == 2
        narrowed = await crm.customer_list(session, begun.actor("owner"), tag_id=listed.id)
        assert [row.name for row in narrowed.customers] == ["Two", "One"]
    async with db.write() as session:
        await crm.remove_tag(session, begun.actor("consultant"), one, listed.id)
        with pytest.raises(NotFound):
            await crm.remove_tag(session, begun.actor("consultant"), one, listed.id)


async def test_a_note_pressed_twice_is_one_and_says_who(db: Database) -> None:
    begun = await story.begin(db)
    house, key = await add(db, begun, "Weber"), uuid.uuid4()
    for body in ("Called.\r\nComes on Friday.", "Called.\nComes on Friday.", "Will call back"):
        async with db.write() as session:
            await crm.add_note(session, begun.actor("consultant"), house, body, form_key=key)
    async with db.read() as session:
        notes = await crm.notes_of(session, begun.actor("owner"), await crm.get_customer(session, house))
        assert [(note.body, note.author) for note in notes] == [
            ("Will call back", "Consultant"), ("Called.\nComes on Friday.", "Consultant"),
        ]  # fmt: skip
        assert (await session.execute(select(func.count()).select_from(CustomerNote))).scalar_one() == 2


async def test_the_search_asks_for_nothing_of_a_household_of_another_branch(db: Database) -> None:
    begun, other = await story.begin(db), await story.begin(db, "Other")
    async with db.read() as session:
        theirs = (await orders.order_of_system(session, other.order_id)).customer_id
    async with db.write() as session:
        for deed in (
            crm.add_tag(session, begun.actor("owner"), theirs, "VIP"),
            crm.add_note(session, begun.actor("owner"), theirs, "x", form_key=uuid.uuid4()),
            crm.change_customer(session, begun.actor("owner"), theirs, contact(1)),
        ):
            with pytest.raises(NotFound):
                await deed
