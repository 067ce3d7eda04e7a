"""Ids of another order in the right person's addresses and forms: nothing opens, nothing changes."""

import pytest

from tests.web.matrix.calls import call_of, ids_of, path_of, request_of
from tests.web.matrix.expected import read
from tests.web.matrix.house import SAFE, House
from tests.web.matrix.world import Place, World

pytestmark = pytest.mark.asyncio(loop_scope="module")
EXPECTED = read()
PEOPLE = ("owner", "consultant", "quality_lead", "own_retoucher", "customer")
IDS = (
    "order_id", "photo_id", "gallery_id", "version_id", "remark_id", "link_id", "task_id", "staff_id", "api_key_id",
    "customer_id", "person_id", "tag_id", "receipt_id", "package_id", "upload_id", "pin_id",
)  # fmt: skip
SWAPS = [(route, name) for route in EXPECTED for name in IDS if f"{{{name}}}" in route and not route.endswith("/pin")]
SWAPS = [(route, name) for route, name in SWAPS if "ok" in EXPECTED[route].values()]  # undo: too late for all
FIELDS = [
    ("POST /gallery/{gallery_id}/photos/{photo_id}/remarks", "version_id"),
    ("POST /studio/orders/{order_id}/links", "person_id"),
    ("POST /studio/orders/{order_id}/retry", "version_id"),
    ("POST /studio/orders/{order_id}/undo-move", "event"),
    ("POST /studio/quality/{task_id}/pins", "version_id"),
    ("POST /studio/job/{task_id}/match", "hand_in_id"),
    ("POST /studio/job/{task_id}/match", "photo_id"),
    ("POST /api/v1/orders", "branch_id"),
    ("POST /api/v1/orders", "package_id"),
    ("POST /studio/orders", "branch_id"),
    ("POST /studio/orders", "package_id"),
    ("POST /studio/orders", "customer_id"),
    ("POST /studio/customers", "branch_id"),
    ("POST /studio/packages", "replaces"),
    ("POST /studio/orders/{order_id}/receipts", "payment_id"),
    ("POST /studio/orders/{order_id}/reversals", "line_id"),
]


def others(world: World, route: str) -> list[Place]:
    """Name the orders to borrow from: of the same studio and of another. One's own would be fair."""
    return [world.places["other"], world.foreign]


def alone(route: str, name: str) -> bool:
    """Tell whether this id is the only one: then staff of the studio may well open the other order."""
    return route.count("_id}") == 1 or name == "task_id"


@pytest.mark.parametrize(("route", "name"), SWAPS)
async def test_an_id_of_another_order_opens_nothing(house: House, route, name):
    place = house.world.places[call_of(route).place]
    before = house.state(frozenset({"attempts"}))
    tried = 0
    for who in PEOPLE:
        if EXPECTED[route][who] != "ok":
            continue
        visitor = house.world.visitor(who, call_of(route).place)
        for other in others(house.world, route):
            if other is not house.world.foreign and alone(route, name) and who in {"owner", "consultant"}:
                continue
            if other is not house.world.foreign and who == "quality_lead" and route.startswith(("GET", "HEAD")):
                continue
            ids = ids_of(house.world, place, visitor) | {name: ids_of(house.world, other)[name]}
            head, body = request_of(house, route, visitor)
            answer = await house.ask(visitor, route.split()[0], path_of(house, route, ids), headers=head, body=body)
            tried += 1
            assert answer.status in {401, 403, 404, 409}, (who, answer.status)
            if route.split()[0] not in SAFE:
                assert house.state(frozenset({"attempts"})) == before, who
    assert tried


def swapped(world: World, field: str, other: Place) -> str:
    """Take a form's id from another order or studio."""
    return {
        "version_id": str(other.originals[2]), "person_id": str(other.person_id), "hand_in_id": str(other.hand_in_id),
        "photo_id": str(other.photos[0]), "event": str(other.event_id), "branch_id": str(world.foreign_branch_id),
        "package_id": str(world.foreign_package_id),
        "replaces": str(world.foreign_package_id),
        "customer_id": str(world.foreign.customer_id), "payment_id": str(other.payment_id),
        "line_id": str(other.payment_id),
    }[field]  # fmt: skip


@pytest.mark.parametrize(("route", "field"), FIELDS)
async def test_a_forms_id_of_another_order_changes_nothing(house: House, route, field):
    call = call_of(route)
    place = house.world.places[call.place]
    before, tried = house.state(), 0
    for who in PEOPLE:
        if EXPECTED[route][who] != "ok":
            continue
        visitor = house.world.visitor(who, call.place)
        for other in others(house.world, route):
            fields = {**call.fields(house.world, place), field: swapped(house.world, field, other)}
            head, body = request_of(house, route, visitor, fields)
            path = path_of(house, route, ids_of(house.world, place, visitor))
            answer = await house.ask(visitor, "POST", path, headers=head, body=body)
            tried += 1
            assert answer.status in {404, 409, 422}, (who, answer.status)
            assert house.state() == before, who
    assert tried
