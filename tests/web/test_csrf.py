"""Unsafe requests: from our own pages only, with the session's own token."""

import re

import msgspec
import pytest
from litestar import post

from app.core.settings import Settings
from app.core.web.origin import is_ours
from tests.web.conftest import ORIGIN, Browser
from tests.web.helpers import sign_in

OURS = {"origin": ORIGIN, "sec-fetch-site": "same-origin"}


@pytest.mark.parametrize(
    ("origin", "fetch_site", "fine"),
    [
        (ORIGIN, "same-origin", True),
        (ORIGIN, None, True),
        (None, "same-origin", True),
        ("http://localhost:8000", None, True),
        (None, None, False),
        ("null", None, False),
        ("null", "same-origin", False),
        ("https://127.0.0.1:8000", None, False),
        ("http://127.0.0.1:8001", None, False),
        ("http://127.0.0.1:8000.evil.example", None, False),
        ("http://evil.example", None, False),
        (ORIGIN, "cross-site", False),
        (ORIGIN, "same-site", False),
        (ORIGIN, "none", False),
        (None, "none", False),
    ],
)
def test_only_our_own_origin_may_change_things(site_settings, origin, fetch_site, fine):
    assert is_ours(site_settings, origin, fetch_site, "127.0.0.1:8000") is fine


@pytest.mark.parametrize(
    ("origin", "host", "fine"),
    [
        ("http://192.168.1.20:8000", "192.168.1.20:8000", True),
        ("http://[fd00::5]:8000", "[fd00::5]:8000", True),
        ("http://evil.example:8000", "evil.example:8000", False),  # DNS rebinding sends its own name
        ("http://192.168.1.66:8000", "192.168.1.20:8000", False),
        ("https://192.168.1.20:8000", "192.168.1.20:8000", False),
    ],
)
def test_in_the_local_network_an_address_is_ours_and_a_name_is_not(site_settings, origin, host, fine):
    everywhere = msgspec.structs.replace(site_settings, host="0.0.0.0")

    assert is_ours(everywhere, origin, None, host) is fine
    assert not is_ours(site_settings, origin, None, host)


def test_a_public_installation_knows_one_origin(site_settings: Settings):
    public = msgspec.structs.replace(site_settings, base_url="https://studio.example", host="0.0.0.0")

    assert is_ours(public, "https://studio.example", "same-origin", "studio.example")
    for other in ("http://studio.example", "http://127.0.0.1:8000", "http://10.0.0.1:8000"):
        assert not is_ours(public, other, None, other.removeprefix("http://"))


@pytest.mark.parametrize("headers", [{}, {"origin": "https://evil.example"}, {**OURS, "sec-fetch-site": "cross-site"}])
@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/language", "/sign-in/link/abc"])
async def test_no_way_in_or_out_is_open_to_other_sites(browser: Browser, path, headers):
    answer = await browser.post(path, data={"lang": "en"}, headers=headers)

    assert answer.status_code == 403
    assert answer.json()["code"] == "foreign_origin"
    assert "set-cookie" not in answer.headers


async def test_a_body_is_not_read_before_its_origin_is_known(site, browser):
    sent, asked = [], []

    async def receive():
        asked.append(1)
        return {"type": "http.request", "body": b"x" * 65536, "more_body": True}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": "/sign-in", "raw_path": b"/sign-in", "query_string": b"",
        "headers": [(b"origin", b"https://evil.example"), (b"content-type", b"multipart/form-data; boundary=x")],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000), "scheme": "http", "http_version": "1.1",
        "asgi": {"version": "3.0"}, "extensions": {}, "root_path": "", "state": {},
    }  # fmt: skip
    await site(scope, receive, send)

    assert sent[0]["status"] == 403
    assert asked == []


async def test_a_form_without_the_token_changes_nothing(site, browser, owner):
    await sign_in(site, browser, owner.id)

    for data in ({}, {"csrf": ""}, {"csrf": "0" * 64}, {"csrf": "字"}):
        answer = await browser.form("/sign-out", data)
        assert answer.status_code == 403
        assert "open while you signed in or out" in answer.text
    assert (await browser.page("/studio")).status_code == 200


async def test_anothers_token_is_no_token(site, browser, story):
    theirs = await sign_in(site, browser, story.staff["manager"])
    browser.cookies.clear()
    mine = await sign_in(site, browser, story.staff["owner"])

    assert mine != theirs
    assert (await browser.form("/sign-out", {"csrf": theirs})).status_code == 403
    assert (await browser.form("/sign-out", {"csrf": mine})).status_code == 303


async def test_the_token_may_come_in_a_header(site, browser, owner):
    csrf = await sign_in(site, browser, owner.id)

    answer = await browser.post("/sign-out", headers={**OURS, "x-csrf-token": csrf}, follow_redirects=False)

    assert answer.status_code == 303


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "application/octet-stream", ""])
async def test_a_body_that_is_no_form_carries_no_token(site, browser, owner, kind):
    csrf = await sign_in(site, browser, owner.id)

    answer = await browser.post("/sign-out", content=f"csrf={csrf}", headers={**OURS, "content-type": kind})

    assert answer.status_code == 403


async def test_an_ordinary_form_is_small(site, browser, owner):
    csrf = await sign_in(site, browser, owner.id)

    answer = await browser.form("/sign-out", {"filler": "x" * 70_000, "csrf": csrf})

    assert answer.status_code == 413
    assert "more than is taken here" in answer.text


async def test_a_multipart_form_carries_the_token_too(site, browser, owner):
    csrf = await sign_in(site, browser, owner.id)

    answer = await browser.post("/sign-out", files={"csrf": (None, csrf)}, headers=OURS, follow_redirects=False)

    assert answer.status_code == 303


async def test_a_router_cannot_switch_the_checks_off(site, browser, owner):
    @post("/probe", before_request=lambda _request: None, guards=[], status_code=200, sync_to_thread=False)
    def probe() -> str:
        return "changed"

    site.register(probe)
    await sign_in(site, browser, owner.id)

    assert (await browser.post("/probe", headers={"origin": "https://evil.example"})).status_code == 403
    assert (await browser.form("/probe")).status_code == 403


async def test_a_pages_token_is_written_another_way_each_time_and_still_good(site, browser, story) -> None:
    await sign_in(site, browser, story.staff["owner"])

    pages = [(await browser.page("/studio/packages")).text for _ in range(2)]
    tokens = [re.search(r'name="csrf" value="([0-9a-f]+)"', page)[1] for page in pages]  # type: ignore[index]

    assert tokens[0] != tokens[1]
    for token in tokens:
        answer = await browser.form("/language", {"lang": "en", "back": "/", "csrf": token})
        assert answer.status_code == 303


async def test_a_page_is_compressed_for_who_takes_it(site, browser, story) -> None:
    await sign_in(site, browser, story.staff["owner"])

    packed = await browser.page("/studio/packages", **{"accept-encoding": "gzip"})
    plain = await browser.page("/studio/packages", **{"accept-encoding": "identity"})

    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert "accept-encoding" in packed.headers["vary"]
    assert int(packed.headers["content-length"]) < 0.5 * int(plain.headers["content-length"])
