"""The proof of the one door: every route of the application, walked by everybody."""

import re

import pytest

from tests.web.asgi import Answer
from tests.web.matrix.calls import call_of, ids_of, path_of, request_of, strange_ids
from tests.web.matrix.expected import read
from tests.web.matrix.house import HTML, SAFE, House, routes_of
from tests.web.matrix.world import CUSTOMERS, STAFF, STRANGERS, VISITORS

pytestmark = pytest.mark.asyncio(loop_scope="module")
EXPECTED = read()
OF_OBJECTS = [route for route in EXPECTED if "_id}" in route]
OTHERS = (*STRANGERS, *STAFF, "other_customer", "other_studio_customer")  # who hold no key of this gallery
REFUSED = {"401", "403", "404", "409", "410", "422"}


def said(answer: Answer) -> str:
    """Tell an answer the way the table does."""
    if answer.status in {301, 302, 303, 307, 308}:
        place = answer.headers["location"]
        return "in" if place.startswith("/sign-in") else "pin" if place.endswith("/pin") else "ok"
    return "ok" if answer.status < 300 else str(answer.status)


async def walk(house: House, route: str, who: str, ids: dict[str, str] | None = None, **headers: str) -> Answer:
    """Send a route's request as somebody."""
    place = call_of(route).place
    visitor = house.world.visitor(who, place)
    own = ids_of(house.world, house.world.places[place], visitor)
    head, body = request_of(house, route, visitor)
    path = path_of(house, route, {**own, **(ids or {})})
    return await house.ask(visitor, route.split(maxsplit=1)[0], path, headers={**head, **headers}, body=body)


async def test_every_route_has_a_line_and_every_line_a_route(house):
    there = {f"{method} {path}" for method, path in routes_of(house.app) if method != "OPTIONS"}

    assert there - set(EXPECTED) == set()
    assert set(EXPECTED) - there == set()
    print(f"{len(EXPECTED)} routes, {len(EXPECTED) * len(VISITORS)} cells")


@pytest.mark.parametrize("route", EXPECTED)
async def test_the_door_answers_as_the_table_says(house, route):
    place = house.world.places[call_of(route).place]
    before, found = house.state(frozenset({"attempts"})), {}
    for who in VISITORS:
        answer = await walk(house, route, who)
        found[who] = said(answer)
        if route.split()[0] not in SAFE:
            if found[who] in REFUSED:
                assert house.state(frozenset({"attempts"})) == before, f"{who} was refused and changed something"
            house.put_back()
        if found[who] in REFUSED - {"409", "422"}:
            assert place.begun.number not in answer.text
            assert "House" not in answer.text
        assert "Traceback" not in answer.text if answer.headers.get("content-type", "").startswith("text") else True

    assert found == EXPECTED[route]


def plain(answer: Answer, ids: dict[str, str]) -> tuple[int, str]:
    """Take out of an answer what differs by nature: the request's number and the ids that were asked for."""
    text = re.sub(r'(request_id":"|request: )[0-9a-f]{16}|name="csrf" value="[0-9a-f]+"', "", answer.text)
    for name in strange_ids():
        text = text.replace(ids[name], name)
    return answer.status, text


@pytest.mark.parametrize("route", OF_OBJECTS)
async def test_what_is_anothers_looks_like_what_does_not_exist(house, route):
    place = house.world.places[call_of(route).place]
    strange = strange_ids()
    for who in OTHERS:
        if EXPECTED[route][who] not in {"401", "404"}:
            continue
        for headers in ({"accept": "application/json"}, HTML):
            real = await walk(house, route, who, **headers)
            unknown = await walk(house, route, who, strange, **headers)
            assert plain(real, ids_of(house.world, place)) == plain(unknown, strange), who


@pytest.mark.parametrize("route", [route for route in OF_OBJECTS if "/pin" not in route])
async def test_what_does_not_exist_is_not_found_by_the_right_person(house, route):
    for who in VISITORS:
        if EXPECTED[route][who] == "ok" and who not in CUSTOMERS:
            answer = await walk(house, route, who, strange_ids())
            assert answer.status == 404, who


async def test_every_address_says_what_it_can_do(house):
    paths: dict[str, set[str]] = {}
    for method, path in routes_of(house.app):
        paths.setdefault(path, set()).add(method)
    place = house.world.places["retouching"]
    owner = house.world.staff["owner"]
    for path, methods in paths.items():
        known = {name: value for name, value in ids_of(house.world, place).items() if value not in {"", "None"}}
        address = path_of(house, f"GET {path}", {**strange_ids(), "grant_key": "unknown", **known})
        asked = await house.ask(owner, "OPTIONS", address)
        assert asked.status == 204, path
        assert set(asked.headers["allow"].split(", ")) <= methods
        for method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} - methods:
            answer = await house.ask(owner, method, address)
            assert answer.status == 405, (method, path)
