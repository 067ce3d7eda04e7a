"""Every form of the right person, filled with anything: answered, never broken."""

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.matrix.calls import call_of, ids_of, path_of, request_of
from tests.web.matrix.expected import read, right_person
from tests.web.matrix.house import HTML, House

pytestmark = pytest.mark.asyncio(loop_scope="module")
EXPECTED = read()
FORMS = [route for route in EXPECTED if route.startswith("POST")]
MORE = ("note", "body", "chips", "x", "y", "place", "look", "wishes", "phone", "cap", "none", "aside", "next", "method")
WORDS = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        ["", "0", "-1", "1e999999", "NaN", "9" * 40, "\0", "<script>", "../..", "%s", "{{7*7}}", "\ud7ff", "x" * 3000]
    ),
)


@pytest.mark.parametrize("route", FORMS)
async def test_no_form_breaks_the_house(house: House, route):
    call = call_of(route)
    who = right_person(EXPECTED[route])
    visitor = house.world.visitor(who, call.place)
    place = house.world.places[call.place]
    good = dict(call.fields(house.world, place))
    path = path_of(house, route, ids_of(house.world, place, visitor))
    sent: list[dict[str, str]] = []

    @settings(max_examples=8, database=None, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(st.dictionaries(st.sampled_from([*good, *MORE]), WORDS, max_size=5))
    def collect(fields: dict[str, str]) -> None:
        sent.append(fields)

    await asyncio.to_thread(collect)
    sent += [{name: word} for name in good for word in ("", "\0", "9" * 5000, "<img src=x onerror=alert(1)>")]
    for fields in sent:
        head, body = request_of(house, route, visitor, {**good, **fields})
        answer = await house.ask(visitor, "POST", path, headers={**HTML, **head}, body=body)
        assert answer.status < 500, (fields, answer.text[:500])
        assert "Traceback" not in answer.text
        assert "<img src=x" not in answer.text
        if answer.status == 303:
            assert answer.headers["location"].startswith("/")
            assert not answer.headers["location"].startswith("//")
            house.put_back()
