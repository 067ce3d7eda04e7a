"""What every answer carries, and what is never written down."""

import pytest
import structlog

from app.core.web.paths import masked, same_site


@pytest.mark.parametrize("path", ["/", "/nothing", "/sign-in", "/healthz", "/schema/openapi.json"])
async def test_every_answer_is_dressed(browser, path):
    headers = (await browser.page(path)).headers

    assert "unsafe" not in headers["content-security-policy"]
    assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "private, no-store"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "strict-transport-security" not in headers
    assert headers["x-request-id"]


async def test_a_strange_host_appears_nowhere(browser):
    answer = await browser.page("/studio", host="evil.example")

    assert answer.headers["location"] == "/sign-in"
    assert "evil.example" not in str(answer.headers) + answer.text


async def test_the_log_hides_keys_and_queries(browser):
    with structlog.testing.capture_logs() as logs:
        await browser.page("/g/the-key/pin?pin=1234")
        await browser.page("/sign-in/link/the-secret")

    said = str(logs)
    assert [line["path"] for line in logs if line["event"] == "request"] == ["/g/***/pin", "/sign-in/link/***"]
    assert not any(word in said for word in ("the-key", "1234", "the-secret"))


async def test_each_request_has_its_own_number(browser):
    ids = {(await browser.page("/healthz", **{"x-request-id": "mine"})).headers["x-request-id"] for _ in range(3)}

    assert len(ids) == 3
    assert "mine" not in ids


def test_other_paths_are_written_as_they_are():
    assert masked("/fetch/secret") == "/fetch/***"
    assert masked("/studio/orders") == "/studio/orders"
    assert masked("/gallery/abc") == "/gallery/abc"


@pytest.mark.parametrize("path", ["/", "/studio/orders?page=2", "/gallery/x#p-3", "/a%20b"])
def test_paths_of_this_site_may_be_followed(path):
    assert same_site(path) == path


@pytest.mark.parametrize(
    "path", [None, "", "studio", "//evil", "/\\evil", "/\t/evil", "https://evil", "/a\nb", "/a\\b", "/\x7f", "///evil"]
)
def test_other_paths_lead_home(path):
    assert same_site(path, "/home") == "/home"


def test_letters_of_other_languages_are_encoded():
    assert same_site("/订单") == "/%E8%AE%A2%E5%8D%95"
