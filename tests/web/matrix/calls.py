"""How each route is called so that the right person succeeds: at which order, with which form."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from tests.web.asgi import OURS, form, multipart
from tests.web.matrix.house import SAFE, House
from tests.web.matrix.world import PASSWORD, PIN, Place, Visitor, World

Fields = Callable[[World, Place], Mapping[str, Any]]


class Call(msgspec.Struct, frozen=True):
    """A request that makes sense at its order."""

    place: str = "retouching"
    fields: Fields = lambda _world, _place: {}
    file: str | None = None  # the name of a file sent along
    json: bool = False  # the fields are a program's words
    raw: bytes | None = None  # the whole body
    query: str = ""
    headers: dict[str, str] = {}


def _order_form(world: World, _place: Place) -> dict[str, str]:
    return {
        "branch_id": str(world.branch_id), "package_id": str(world.package_id), "shoot_on": "2026-07-01",
        "name": "New", "title": "Garden", "people": "A、B", "look": "warm",
    }  # fmt: skip


def _api_order(world: World, _place: Place) -> dict[str, Any]:
    return {
        "customer": {"name": "New"}, "package_id": str(world.package_id), "title": "Garden", "shoot_on": "2026-07-01",
        "branch_id": str(world.branch_id),
    }  # fmt: skip


def _remark(_world: World, place: Place) -> dict[str, str]:
    return {"version_id": str(place.originals[0]), "body": "brighter", "chips": "hair", "x": "0.5", "y": "0.5"}


def _match(_world: World, place: Place) -> dict[str, str]:
    return {"hand_in_id": str(place.hand_in_id), "photo_id": str(place.photos[0])}


def _current(place: Place, which: int) -> dict[str, str]:
    return {"version_id": str(place.finals[which])}


def _wish(_world: World, place: Place) -> dict[str, str]:
    return {**_current(place, 0), "body": "softer", "x": "0.5", "y": "0.5"}


KEY = {"form_key": "0" * 32}


def _customer(world: World, _place: Place) -> dict[str, str]:
    return {"branch_id": str(world.branch_id), "name": "New", "phone": "139 0000 0001"}


CONTACT = {"name": "Renamed", "phone": "13900000002", "email": "", "locale": "en", "version": "1"}
PERSON = {"name": "Somebody", "relation": "child", "birthday": "2020-02-29", "version": "1"}
STUDIO = {"name": "Shiguang", "address": "Seaside 1", "phone": "", "tax_id": "", "version": "1"}
PACKAGE = {"name": "Large", "included": "3", "extra": "80", "most": "", "price": "999", "release_rule": "paid"}
GALLERY = "/gallery/{gallery_id}"
PHOTO = GALLERY + "/photos/{photo_id}"
ORDER = "/studio/orders/{order_id}"
JOB = "/studio/job/{task_id}"
CUSTOMER = "/studio/customers/{customer_id}"
UPLOAD = ORDER + "/uploads/{upload_id}"
TUS = {"tus-resumable": "1.0.0"}
PART = {**TUS, "content-type": "application/offset+octet-stream", "upload-offset": "0"}
NAMED = {**TUS, "upload-length": "5", "upload-metadata": "filename YS5qcGc="}
CALLS: dict[str, Call] = {
    f"POST {PHOTO}/pick": Call("choosing"),
    f"POST {PHOTO}/unpick": Call("choosing"),
    f"POST {PHOTO}/remarks": Call("choosing", _remark),
    f"POST {PHOTO}/remarks/{{remark_id}}": Call("choosing", lambda _w, _p: {"body": "darker"}),
    f"POST {PHOTO}/remarks/{{remark_id}}/remove": Call("choosing"),
    f"POST {GALLERY}/cap": Call("choosing", lambda _w, _p: {"cap": "3"}),
    f"POST {GALLERY}/submit": Call("choosing"),
    f"GET {GALLERY}/review": Call("review"),
    f"GET {GALLERY}/review/{{photo_id}}": Call("review"),
    f"POST {GALLERY}/review/{{photo_id}}/approve": Call("review", lambda _w, place: _current(place, 0)),
    f"POST {GALLERY}/review/{{photo_id}}/reconsider": Call("review", lambda _w, place: _current(place, 0)),
    f"POST {GALLERY}/review/{{photo_id}}/wishes": Call("review", _wish),
    f"POST {GALLERY}/review/{{photo_id}}/wishes/{{remark_id}}/remove": Call("asked"),
    f"POST {GALLERY}/review/approve": Call("review"),
    f"POST {GALLERY}/review/send": Call("asked"),
    f"POST {GALLERY}/pin": Call("choosing", lambda _w, _p: {"pin": PIN}),
    f"GET {GALLERY}/download.zip": Call("delivered"),
    f"HEAD {GALLERY}/download.zip": Call("delivered"),
    f"GET {GALLERY}/downloads": Call("delivered"),
    f"GET {GALLERY}/downloads/{{photo_id}}": Call("delivered"),
    f"GET {GALLERY}/checksums.txt": Call("delivered"),
    f"POST {GALLERY}/grants": Call("delivered"),
    f"POST {GALLERY}/grants/{{grant_id}}/withdraw": Call("delivered"),
    "GET /fetch/{grant_key}": Call("delivered"),
    "HEAD /fetch/{grant_key}": Call("delivered"),
    "POST /language": Call(fields=lambda _w, _p: {"lang": "en", "back": "/"}),
    "POST /sign-in": Call(fields=lambda _w, _p: {"email": "owner@shiguang.example", "password": PASSWORD}),
    "POST /studio/orders": Call(fields=_order_form),
    "POST /studio/packages": Call(fields=lambda _w, _p: PACKAGE),
    "POST /studio/settings": Call(fields=lambda _w, _p: STUDIO),
    "POST /studio/customers": Call(fields=_customer),
    f"POST {CUSTOMER}": Call(fields=lambda _w, _p: CONTACT),
    f"POST {CUSTOMER}/notes": Call(fields=lambda _w, _p: {"body": "called back", **KEY}),
    f"POST {CUSTOMER}/people": Call(fields=lambda _w, _p: PERSON),
    f"POST {CUSTOMER}/people/{{person_id}}": Call(fields=lambda _w, _p: PERSON),
    f"POST {CUSTOMER}/tags": Call(fields=lambda _w, _p: {"tag": "VIP"}),
    f"POST {ORDER}/charges": Call(fields=lambda _w, _p: {"kind": "other", "amount": "10", "note": "rush", **KEY}),
    f"POST {ORDER}/receipts": Call(fields=lambda _w, place: {"payment_id": str(place.payment_id)}),
    f"POST {ORDER}/refunds": Call(
        "delivered", lambda _w, _p: {"amount": "10", "method": "cash", "note": "goodwill", **KEY}
    ),
    f"POST {ORDER}/reversals": Call(fields=lambda _w, place: {"line_id": str(place.payment_id), "note": "typo"}),
    f"POST {ORDER}/links": Call(fields=lambda _w, place: {"person_id": str(place.person_id)}),
    f"POST {ORDER}/payments": Call(fields=lambda _w, _p: {"amount": "10", "method": "cash", "form_key": "0" * 32}),
    f"POST {ORDER}/move": Call("quality", lambda _w, _p: {"to": "retouch", "reason": "mistake"}),
    f"POST {ORDER}/undo-move": Call("quality", lambda _w, place: {"event": str(place.event_id)}),
    f"POST {ORDER}/release": Call("release"),
    f"POST {ORDER}/review/skip": Call("review", lambda _w, _p: {"reason": "by telephone"}),
    f"POST {ORDER}/review/round": Call("review", lambda _w, _p: {"granted": "0"}),
    f"POST {ORDER}/retry": Call("choosing", lambda _w, place: {"version_id": str(place.originals[2])}),
    f"POST {ORDER}/photos": Call(file="SLT_0009.jpg"),
    f"POST {ORDER}/uploads": Call(raw=b"", headers=NAMED),
    f"POST {ORDER}/uploads/expected": Call(fields=lambda _w, _p: {"files": [{"name": "b.jpg", "size": 7}]}, json=True),
    f"HEAD {UPLOAD}": Call(headers=TUS),
    f"PATCH {UPLOAD}": Call(raw=b"later", headers=PART),
    f"DELETE {UPLOAD}": Call(raw=b"", headers=TUS),
    f"POST {UPLOAD}": Call(raw=b"", headers={**TUS, "x-http-method-override": "DELETE"}),
    f"POST {JOB}/files": Call(file="SLT_0001-Edit.jpg"),
    f"POST {JOB}/give-back": Call(fields=lambda _w, _p: {"reason": "time"}),
    f"POST {JOB}/hand-in": Call("finishing"),
    f"POST {JOB}/match": Call(fields=_match),
    f"POST {JOB}/remarks/{{remark_id}}": Call(fields=lambda _w, _p: {"done": "1"}),
    "POST /studio/quality/{task_id}/photos/{photo_id}/mark": Call("quality", lambda _w, _p: {"reason": "skin"}),
    "POST /studio/quality/{task_id}/pins": Call(
        "quality", lambda _w, place: {"version_id": str(place.finals[0]), "body": "halo", "x": "0.5", "y": "0.5"}
    ),
    "POST /studio/quality/{task_id}/pins/{pin_id}/remove": Call("marked"),
    "POST /studio/quality/{task_id}/undo": Call("quality"),
    "POST /studio/surround": Call(fields=lambda _w, _p: {"surround": "light", "back": "/studio"}),
    f"POST {ORDER}/plan": Call(fields=lambda _w, _p: {"skill": "skin", "urgent": "1"}),
    "POST /studio/staff/{staff_id}/skills": Call(fields=lambda _w, _p: {"skill": "skin"}),
    "GET /studio/live": Call(query="?on=order:{order_id}"),
    f"GET {GALLERY}/live": Call(query="?on=gallery:{gallery_id}"),
    "POST /api/v1/orders": Call(fields=_api_order, json=True),
    "POST /api/v1/orders/{order_id}/photos": Call(raw=b"new", query="?name=DSC_1.JPG"),
    "POST /studio/keys": Call(fields=lambda _w, _p: {"name": "Website", "scopes": "orders:read", "days": "90"}),
    "GET /studio/quality/{task_id}": Call("quality"),
    "POST /studio/quality/{task_id}/accept": Call("quality"),
    "POST /studio/quality/{task_id}/send-back": Call("quality", lambda _w, _p: {"reason": "skin"}),
}


def call_of(route: str) -> Call:
    """Tell how a route is called."""
    return CALLS.get(route, Call())


def ids_of(world: World, place: Place, visitor: Visitor | None = None) -> dict[str, str]:
    """Fill a route's parameters with what belongs to an order."""
    return {
        "order_id": str(place.order_id), "photo_id": str(place.photos[0]), "gallery_id": str(place.gallery_id),
        "version_id": str(place.originals[0]), "remark_id": str(place.remark_id), "link_id": str(place.link_id),
        "pin_id": str(place.pin_id), "staff_id": str(place.begun.staff["retoucher"]), "task_id": str(place.task_id),
        "upload_id": str(place.upload_id),
        "customer_id": str(place.customer_id), "person_id": str(place.person_id), "tag_id": str(place.tag_id),
        "receipt_id": str(place.receipt_id), "recipe": "proof", "token": world.sign_in_link, "path": "nothing",
        "api_key_id": str(place.api_key_id),
        "package_id": str(world.foreign_package_id if place is world.foreign else world.package_id),
        "key": (visitor.key if visitor else "") or place.key,
        "grant_id": str(place.grant_id or uuid.UUID(int=0)), "grant_key": place.grant_key,
    }  # fmt: skip


def strange_ids() -> dict[str, str]:
    """Fill parameters with ids that nothing has."""
    names = (
        "order_id", "photo_id", "gallery_id", "version_id", "remark_id", "link_id", "task_id", "staff_id",
        "api_key_id", "customer_id", "person_id", "tag_id", "receipt_id", "package_id", "upload_id", "pin_id",
    )  # fmt: skip
    return {name: str(uuid.uuid4()) for name in names}


def path_of(house: House, route: str, ids: Mapping[str, str]) -> str:
    """Write a route's address."""
    template = route.partition(" ")[2]
    if template.startswith("/static"):
        return "/static/" + next(iter(house.app.state.static.files))
    return f"{template}{call_of(route).query}".format(**ids)


def request_of(
    house: House, route: str, visitor: Visitor, fields: Mapping[str, Any] | None = None
) -> tuple[dict[str, str], bytes]:
    """Write a route's headers and body for a visitor's own page."""
    call, method = call_of(route), route.partition(" ")[0]
    if method in SAFE:
        return dict(call.headers), b""
    sent = dict(call.fields(house.world, house.world.places[call.place]) if fields is None else fields)
    if call.json or call.raw is not None:
        token = str(sent.pop("csrf", visitor.csrf)).encode().decode("latin-1")
        body = msgspec.json.encode(sent) if call.raw is None else call.raw
        return {**OURS, "content-type": "application/json", "x-csrf-token": token, **call.headers}, body
    sent = {"csrf": visitor.csrf, **sent}
    return multipart(sent, [("files", call.file, b"retouched")]) if call.file else form(sent)
