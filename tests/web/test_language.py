"""Pages in the reader's language."""

import pytest

from tests.web.conftest import ORIGIN
from tests.web.helpers import sign_in


@pytest.mark.parametrize(
    ("accept", "lang", "word"),
    [("zh-CN", "zh-CN", "员工登录"), ("en-GB,en;q=0.8", "en", "Sign in for staff"), ("", "zh-CN", "员工登录"),
     ("fr", "en", "Sign in for staff")],
)  # fmt: skip
async def test_the_browser_says_which(browser, accept, lang, word):
    page = await browser.page("/", **{"accept-language": accept})

    assert f'<html lang="{lang}"' in page.text
    assert word in page.text


async def test_the_switch_is_remembered_and_leads_back(browser):
    answer = await browser.form("/language", {"lang": "zh-CN", "back": "/sign-in?next=%2Fstudio"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Fstudio")
    assert "员工" in (await browser.page("/")).text


async def test_who_is_signed_in_may_switch_on_any_page(site, browser, owner):
    await sign_in(site, browser, owner.id)

    assert (await browser.form("/language", {"lang": "en", "csrf": "", "back": "/nothing"})).status_code == 303


@pytest.mark.parametrize("back", ["https://evil.example", "//evil.example", "/\\evil.example", "/x\r\nset-cookie: a=b"])
async def test_the_switch_leads_to_no_other_site(browser, back):
    answer = await browser.form("/language", {"lang": "en", "back": back})

    assert answer.headers["location"] == "/"
    assert "a" not in answer.cookies


async def test_an_unknown_language_is_refused(browser):
    answer = await browser.form("/language", {"lang": "xx\r\nset-cookie: a=b"})

    assert answer.status_code == 422
    assert "set-cookie" not in answer.headers


async def test_a_broken_cookie_is_no_crash(browser):
    answer = await browser.get("/", headers={"cookie": 'lang="\\"; x=\x01;;=', "accept": "text/html"})

    assert answer.status_code == 200
    assert ORIGIN not in answer.text
