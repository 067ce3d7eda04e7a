"""Errors in the form and the language the reader can use."""

import pytest
from litestar import get

from app.core.errors import TooMany
from app.core.i18n import translations
from app.core.locales.sentences import GENERAL, SENTENCES, TITLES, sentence
from tests.web.conftest import ORIGIN


@pytest.fixture
def refusing(site, browser):
    @get("/probe/many")
    async def many() -> str:
        raise TooMany(minutes=7)

    @get("/probe/store")
    async def store() -> str:
        from storage import StoreFull

        raise StoreFull(place="store")

    @get("/probe/odd")
    async def odd() -> str:
        from app.core.errors import BadInput

        raise BadInput("a_code_nobody_wrote", name="<b>x</b>")

    for handler in (many, store, odd):
        site.register(handler)
    return browser


@pytest.mark.parametrize(
    ("language", "said", "headed"),
    [("en", "try again in 7 minutes", "A short pause"), ("zh-CN,zh;q=0.9", "请在 7 分钟后再试", "请稍候")],
)
async def test_a_page_a_fragment_and_json_say_the_same(refusing, language, said, headed):
    spoken = {"accept-language": language}
    page = await refusing.get("/probe/many", headers={"accept": "text/html", **spoken})
    part = await refusing.get(
        "/probe/many", headers={"accept": "text/html", "hx-request": "true", "hx-request-type": "partial", **spoken}
    )
    data = await refusing.get("/probe/many", headers={"accept": "application/json", **spoken})

    assert {answer.status_code for answer in (page, part, data)} == {429}
    assert all(said in answer.text for answer in (page, part, data))
    assert all(answer.headers["retry-after"] == "420" for answer in (page, part, data))
    assert f"<h1>{headed}</h1>" in page.text
    assert page.text.startswith("<!doctype html>")
    assert "<html" not in part.text
    assert data.headers["content-type"] == "application/problem+json"
    assert data.json()["code"] == "too_many"
    assert data.json()["params"] == {"minutes": 7}


async def test_htmx_that_wants_a_whole_page_gets_one(refusing):
    headers = {"accept": "text/html", "hx-request": "true", "hx-request-type": "full"}

    assert (await refusing.get("/probe/many", headers=headers)).text.startswith("<!doctype html>")


async def test_a_full_store_is_told_as_such(refusing):
    answer = await refusing.page("/probe/store")

    assert answer.status_code == 507
    assert "photos are still on your computer" in answer.text


async def test_an_unknown_code_still_gives_a_sentence(refusing):
    answer = await refusing.page("/probe/odd")

    assert answer.status_code == 422
    assert "a_code_nobody_wrote" in answer.text
    assert "<b>x" not in answer.text


@pytest.mark.parametrize("path", ["/nothing", "/files/not-a-uuid/grid", "/studio/%2e%2e/secret", "/nothing?<script>"])
async def test_an_unknown_address_is_not_found(browser, path):
    answer = await browser.page(path)

    assert answer.status_code == 404
    assert "There is nothing here" in answer.text
    assert "<script>" not in answer.text


async def test_a_wrong_method_is_told(browser):
    answer = await browser.get("/sign-out", headers={"accept": "text/html", "accept-language": "en"})

    assert answer.status_code == 405
    assert "use the buttons of the page" in answer.text


async def test_a_form_with_a_missing_field_is_told(browser):
    answer = await browser.post("/language", data={}, headers={"origin": ORIGIN})

    assert answer.status_code == 422
    assert "`lang`" in answer.json()["errors"][0]["reason"]


async def test_a_broken_error_page_still_says_what_happened(site, refusing, monkeypatch):
    def fail(*_args, **_more):
        raise RuntimeError

    monkeypatch.setattr(site.state.pages, "problem", fail)
    answer = await refusing.page("/probe/many")

    assert answer.status_code == 429
    assert "try again in 7 minutes" in answer.text


def test_every_sentence_is_in_both_languages():
    chinese = translations("zh_Hans_CN")

    for english in (*SENTENCES.values(), *TITLES.values(), GENERAL):
        said = chinese.gettext(english)
        assert said != english
        assert "!" not in english + said
        assert "！" not in said


def test_a_deed_and_an_error_never_share_a_code():
    from app.core.locales.deeds import DEEDS

    assert all(SENTENCES[code] == said for code, said in DEEDS.items())
    assert "withdrawn" in SENTENCES["link_withdrawn"]


def test_a_missing_parameter_is_no_crash():
    assert "too_many" in sentence("too_many", {}, "en")
    assert "too_many" in sentence("too_many", {}, "zh_Hans_CN")
