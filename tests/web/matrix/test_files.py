"""The one route by which files leave: every recipe of every kind of version, asked for by everybody."""

import pytest

from tests.web.matrix.house import House
from tests.web.matrix.world import CUSTOMERS, STAFF, STRANGERS, VISITORS

pytestmark = pytest.mark.asyncio(loop_scope="module")
RECIPES = ("grid", "proof", "proof-phone", "look", "look-phone", "screen", "original")
ALL, NONE = frozenset(RECIPES), frozenset[str]()
LOOK = frozenset({"look", "look-phone"})
MARKED = frozenset({"grid", "proof", "proof-phone"}) | LOOK
KINDS = {  # kind: the order it lies in, what exists of it, what its own customer may have of that
    "original": ("quality", ALL, MARKED),
    "finished": ("quality", ALL - LOOK, NONE),
    "offered": ("review", ALL - LOOK, MARKED - LOOK),
    "released": ("delivered", ALL - LOOK, ALL - LOOK),
}
FLOOR = {"owner", "manager", "consultant", "photographer", "quality_lead"}  # retouchers: while the job is theirs


def expected(who: str, kind: str, recipe: str) -> int:
    """Say in one place what leaves to whom."""
    _, exists, customers = KINDS[kind]
    if who in STRANGERS or who == "before_pin":
        return 401
    if who in {"expired", "withdrawn"}:
        return 410
    if who in FLOOR or (who == "own_retoucher" and kind not in {"released", "offered"}):
        return 200 if recipe in exists else 409  # not made (yet)
    if who == "customer":
        if recipe in customers:
            return 200
        return 409 if kind == "released" else 404
    return 404


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("recipe", RECIPES)
async def test_what_leaves_to_whom(house: House, kind, recipe):
    place = house.world.places[KINDS[kind][0]]
    version = (place.originals if kind == "original" else place.finals)[0]
    found = {}
    for who in VISITORS:
        visitor = house.world.visitor(who, KINDS[kind][0])
        for method in ("GET", "HEAD"):
            answer = await house.ask(visitor, method, f"/files/{version}/{recipe}")
            found[who, method] = answer.status
            assert "set-cookie" not in answer.headers
            assert answer.headers["cache-control"].startswith("private")
            if method == "HEAD" and answer.status == 200:
                assert answer.body == b""

    assert found == {(who, method): expected(who, kind, recipe) for who in VISITORS for method in ("GET", "HEAD")}
    assert set(VISITORS) == {*STRANGERS, *STAFF, *CUSTOMERS}


@pytest.mark.parametrize("who", VISITORS)
async def test_a_tag_or_a_range_opens_no_door(house: House, who):
    place = house.world.places["quality"]
    version = place.finals[0]
    owner = await house.ask(house.world.staff["owner"], "GET", f"/files/{version}/original")
    visitor = house.world.visitor(who, "quality")

    for headers in ({"if-none-match": owner.headers["etag"]}, {"range": "bytes=0-0"}, {"if-none-match": "*"}):
        answer = await house.ask(visitor, "GET", f"/files/{version}/original", headers=headers)
        wanted = expected(who, "finished", "original")
        assert answer.status == (wanted if wanted != 200 else 206 if "range" in headers else 304)
        if wanted != 200:
            assert "etag" not in answer.headers


@pytest.mark.parametrize("recipe", ["Grid", "%00", "..%2foriginal", "proof%20", "完", "x" * 500, "original;a"])
async def test_a_strange_recipe_is_not_found(house: House, recipe):
    version = house.world.places["quality"].originals[0]

    for who in ("owner", "customer"):
        visitor = house.world.visitor(who, "quality")
        assert (await house.ask(visitor, "GET", f"/files/{version}/{recipe}")).status == 404


async def test_one_browser_may_be_staff_and_customer_at_once(house: House):
    """A retoucher with no job here, who is also this order's customer, gets what a customer gets."""
    place = house.world.places["quality"]
    both = house.world.visitor("retoucher", "quality").cookies | place.customers["customer"].cookies
    visitor = type(place.customers["customer"])(both)

    assert (await house.ask(visitor, "GET", f"/files/{place.originals[0]}/proof")).status == 200
    assert (await house.ask(visitor, "GET", f"/files/{place.originals[0]}/original")).status == 404
