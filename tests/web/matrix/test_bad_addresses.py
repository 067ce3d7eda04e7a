"""Rubbish in cookies, ids, queries and bodies: refused at most, never broken, never followed elsewhere."""

import pytest

from tests.web.asgi import OURS, form
from tests.web.matrix.calls import call_of, ids_of, path_of
from tests.web.matrix.expected import read, right_person
from tests.web.matrix.house import HTML, House

pytestmark = pytest.mark.asyncio(loop_scope="module")
EXPECTED = read()


@pytest.mark.parametrize("cookie", ["zz", "en\\", '"', "en;lang=xx", "中", "en" * 4000, "%00", "zh_Hans_CN"])
async def test_rubbish_in_the_language_cookie_is_no_language(house: House, cookie):
    raw = f"lang={cookie}".encode().decode("latin-1")

    answer = await house.ask(house.world.staff["anonymous"], "GET", "/", headers={**HTML, "cookie": raw})

    assert answer.status == 200
    assert 'lang="en"' in answer.text


@pytest.mark.parametrize("lang", ["", "fr", "EN", "en\r\nset-cookie: a=b", "x" * 5000, "\0"])
async def test_the_switch_knows_two_languages(house: House, lang):
    answer = await house.post(house.world.staff["anonymous"], "/language", {"lang": lang, "back": "/"})

    assert answer.status == 422
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "back",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "/\r\nset-cookie: a=b",
        "/\0",
        "javascript:1",
        "",
        "\\",
    ],
)
async def test_a_way_back_never_leaves_the_house(house: House, back):
    answer = await house.post(house.world.staff["anonymous"], "/language", {"lang": "en", "back": back})

    assert answer.status == 303
    assert answer.headers["location"] == "/"
    assert len([name for name, _ in answer.raw_headers if name == "set-cookie"]) == 1


MALFORMED = ["x", "0", "%00", "..", "%2e%2e%2f", "1" * 40, "00000000-0000-0000-0000-00000000000g", "中", "'--", "%ff"]


@pytest.mark.parametrize("rubbish", MALFORMED)
async def test_an_id_that_is_none_is_not_found(house: House, rubbish):
    for route in EXPECTED:
        if "_id}" not in route:
            continue
        who = right_person(EXPECTED[route])
        place = house.world.places[call_of(route).place]
        visitor = house.world.visitor(who, call_of(route).place)
        names = [name for name in ids_of(house.world, place) if f"{{{name}}}" in route and name.endswith("_id")]
        path = path_of(house, route, ids_of(house.world, place, visitor) | {names[-1]: rubbish})
        head, body = form({"csrf": visitor.csrf}) if route.startswith("POST") else ({}, b"")
        answer = await house.ask(visitor, route.partition(" ")[0], path, headers={**HTML, **head}, body=body)
        assert answer.status in {400, 401, 404, 405, 422}, (route, answer.status)


@pytest.mark.parametrize(
    "query",
    [
        "after=x", "after=%00", "after=" + "A" * 22, "after=" + "A" * 5000, "after=%ff", "after=中", "photo=x",
        "photo=", "filter=%00", "filter=" + "x" * 3000, "view=%3Cscript%3E", "next=//evil", "after=a&after=b",
    ],
)  # fmt: skip
async def test_rubbish_in_a_query_is_at_most_refused(house: House, query):
    places = house.world.places
    pages = {
        "/studio/orders": "owner", "/api/v1/orders": "owner", "/studio/job": "own_retoucher",
        f"/studio/quality/{places['quality'].task_id}": "owner", "/sign-in": "anonymous",
        f"/gallery/{places['choosing'].gallery_id}": "customer",
        f"/gallery/{places['choosing'].gallery_id}/photos/{places['choosing'].photos[0]}": "customer",
    }  # fmt: skip
    for path, who in pages.items():
        answer = await house.page(house.world.visitor(who, "choosing"), f"{path}?{query}")
        assert answer.status in {200, 400, 422}, (path, answer.status)
        assert "<script>" not in answer.text


@pytest.mark.parametrize(
    "kind", ["application/json", "text/plain", "multipart/form-data", "application/msgpack", "x", ""]
)
async def test_a_body_of_another_kind_is_refused(house: House, kind):
    before = house.state(frozenset({"attempts"}))
    for route in EXPECTED:
        if not route.startswith("POST"):
            continue
        who = right_person(EXPECTED[route])
        place = call_of(route).place
        visitor = house.world.visitor(who, place)
        path = path_of(house, route, ids_of(house.world, house.world.places[place], visitor))
        for token in ({}, {"x-csrf-token": visitor.csrf}):
            head = {**OURS, "content-type": kind, **token}
            answer = await house.ask(visitor, "POST", path, headers=head, body=b'{"a": [1, "\xff')
            assert answer.status < 500, (route, answer.text)
            if not token and route != "POST /language":
                assert answer.status in {400, 403, 415, 422}, (route, answer.status)
                assert house.state(frozenset({"attempts"})) == before, route
            house.put_back()
