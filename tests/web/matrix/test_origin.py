"""Every unsafe route, asked by another site or without the page's token: refused before the body, nothing changed."""

import pytest

from tests.web.asgi import OURS
from tests.web.matrix.calls import call_of, ids_of, path_of, request_of
from tests.web.matrix.expected import read, right_person
from tests.web.matrix.house import SAFE, House
from tests.web.matrix.world import STAFF

pytestmark = pytest.mark.asyncio(loop_scope="module")
EXPECTED = read()
UNSAFE = [route for route in EXPECTED if route.split()[0] not in SAFE]
WITHOUT_TOKEN = {"POST /language"}  # changes nothing but a cookie of the browser's own
FOREIGN = {
    "no origin at all": {},
    "another origin": {"origin": "https://evil.example"},
    "our name at another port": {"origin": "http://127.0.0.1:8001"},
    "a sandboxed frame": {"origin": "null"},
    "another site": {**OURS, "sec-fetch-site": "cross-site"},
    "a sibling of our site": {**OURS, "sec-fetch-site": "same-site"},
    "typed into the address bar": {**OURS, "sec-fetch-site": "none"},
}


@pytest.mark.parametrize("how", FOREIGN)
@pytest.mark.parametrize("route", UNSAFE)
async def test_another_sites_request_changes_nothing_and_its_body_is_not_read(house: House, route, how):
    call, who = call_of(route), right_person(EXPECTED[route])
    visitor = house.world.visitor(who, call.place)
    head, body = request_of(house, route, visitor)
    head = {name: value for name, value in head.items() if name not in OURS} | FOREIGN[how]
    before = house.state()

    path = path_of(house, route, ids_of(house.world, house.world.places[call.place], visitor))
    answer = await house.ask(visitor, "POST", path, headers=head, body=body)

    assert answer.status == 403
    assert answer.json()["code"] == "foreign_origin"
    assert answer.asked == 0
    assert "set-cookie" not in answer.headers
    assert house.state() == before


@pytest.mark.parametrize("route", [route for route in UNSAFE if route not in WITHOUT_TOKEN])
async def test_a_form_without_the_sessions_own_token_changes_nothing(house: House, route):
    call, who = call_of(route), right_person(EXPECTED[route])
    visitor = house.world.visitor(who, call.place)
    fields = dict(call.fields(house.world, house.world.places[call.place]))
    path = path_of(house, route, ids_of(house.world, house.world.places[call.place], visitor))
    theirs = house.world.visitor("finance" if who in STAFF else "other_customer", call.place).csrf
    assert theirs
    before = house.state()
    for token in ("", "0" * 64, theirs, "字"):
        head, body = request_of(house, route, visitor, {**fields, "csrf": token})
        answer = await house.ask(visitor, "POST", path, headers=head, body=body)
        assert (answer.status, answer.json()["code"]) == (403, "stale_page"), token
        assert house.state() == before


@pytest.mark.parametrize("route", [route for route in UNSAFE if route not in WITHOUT_TOKEN])
async def test_a_token_in_the_header_that_is_wrong_is_refused_without_reading(house: House, route):
    call, who = call_of(route), right_person(EXPECTED[route])
    visitor = house.world.visitor(who, call.place)
    head, body = request_of(house, route, visitor)
    path = path_of(house, route, ids_of(house.world, house.world.places[call.place], visitor))

    answer = await house.ask(visitor, "POST", path, headers={**head, "x-csrf-token": "0" * 64}, body=body)

    assert answer.status == 403
    assert answer.asked == 0
