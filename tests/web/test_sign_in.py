"""Ways in and out."""

import asyncio

import pytest

from app.core.access import SYSTEM
from app.core.clock import shifted
from app.identity import service as identity
from tests.web.conftest import ORIGIN, PASSWORD, Browser
from tests.web.helpers import give_password, link_for, sign_in, token


async def enter(browser, email, password=PASSWORD, **more):
    return await browser.form("/sign-in", {"email": email, "password": password, **more})


async def test_email_and_password_let_a_person_in(site, browser, owner):
    await give_password(site, owner.id)

    answer = await enter(browser, "  OWNER@Shiguang.example ")

    assert (answer.status_code, answer.headers["location"]) == (303, "/studio")
    assert "<h1>Today" in (await browser.page("/studio")).text


async def test_the_cookie_is_closed_to_scripts_and_other_sites(site, browser, owner):
    await give_password(site, owner.id)

    cookie = (await enter(browser, owner.email)).headers["set-cookie"].lower()

    assert cookie.startswith("sl_staff=")
    assert {"httponly", "samesite=lax", "path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "domain" not in cookie


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("owner@shiguang.example", "not the password"),
        ("nobody@shiguang.example", PASSWORD),
        ("manager@shiguang.example", ""),
        ("owner@shiguang.example", "x" * 5000),
    ],
)
async def test_what_does_not_fit_is_told_in_the_same_words(site, browser, owner, email, password):
    await give_password(site, owner.id)

    answer = await enter(browser, email, password)

    assert answer.status_code == 422
    assert "E-mail and password do not match" in answer.text
    assert f'value="{email}"' in answer.text
    assert "set-cookie" not in answer.headers


async def test_a_planted_cookie_is_not_taken_over(site, browser, owner):
    await give_password(site, owner.id)
    browser.cookies.set("sl_staff", "chosen-by-an-attacker", domain="127.0.0.1")

    await enter(browser, owner.email)

    async with site.state.db.read() as session:
        assert await identity.staff_actor(session, "chosen-by-an-attacker") is None


async def test_each_sign_in_gives_a_new_secret_and_ends_the_old_session(site, browser, owner):
    await sign_in(site, browser, owner.id)
    first = browser.cookies["sl_staff"]

    answer = await browser.form(f"/sign-in/link/{await link_for(site, owner.id)}", {"csrf": await token(site, browser)})

    assert answer.status_code == 303
    assert answer.cookies["sl_staff"] != first
    async with site.state.db.read() as session:
        assert await identity.staff_actor(session, first) is None


async def test_signing_out_ends_the_session_on_the_server(site, browser, owner):
    csrf = await sign_in(site, browser, owner.id)
    secret = browser.cookies["sl_staff"]

    answer = await browser.form("/sign-out", {"csrf": csrf})

    assert answer.headers["location"] == "/sign-in"
    assert "max-age=0" in answer.headers["set-cookie"].lower()
    browser.cookies.set("sl_staff", secret, domain="127.0.0.1")
    assert (await browser.page("/studio")).headers["location"] == "/sign-in"


async def test_who_is_disabled_is_out_at_once(site, browser, story):
    await sign_in(site, browser, story.staff["retoucher"])
    assert (await browser.page("/studio")).headers["location"] == "/studio/job"

    async with site.state.db.write() as session:
        await identity.disable_staff(session, SYSTEM, story.staff["retoucher"])

    assert (await browser.page("/studio")).headers["location"] == "/sign-in"


async def test_a_session_ends_by_itself(site, browser, owner):
    from datetime import timedelta

    await sign_in(site, browser, owner.id)

    with shifted(timedelta(days=7, seconds=1)):
        assert (await browser.page("/studio")).headers["location"] == "/sign-in"


async def test_a_link_asks_before_it_is_used(site, browser, owner):
    link = f"/sign-in/link/{await link_for(site, owner.id)}"

    for _ in range(2):
        looked = await browser.page(link)
        assert looked.status_code == 200
        assert "Sign in as Owner" in looked.text
        assert "set-cookie" not in looked.headers
    assert (await browser.form(link)).headers["location"] == "/studio"


async def test_a_link_works_once(site, browser, owner):
    link = f"/sign-in/link/{await link_for(site, owner.id)}"
    await browser.form(link)
    browser.cookies.clear()

    again = await browser.form(link)

    assert again.status_code == 410
    assert "used already" in again.text


async def test_of_ten_who_race_for_a_link_one_gets_in(site, browser, owner):
    secret = await link_for(site, owner.id)

    async def race():
        return await identity.use_sign_in_link(site.state.db, secret)

    results = await asyncio.gather(*(race() for _ in range(10)), return_exceptions=True)

    assert sum(isinstance(result, str) for result in results) == 1


async def test_a_link_is_good_for_fifteen_minutes(site, browser, owner):
    from datetime import timedelta

    link = f"/sign-in/link/{await link_for(site, owner.id)}"

    with shifted(timedelta(minutes=15, seconds=1)):
        answer = await browser.form(link)

    assert answer.status_code == 410
    assert "15 minutes" in answer.text


async def test_an_unknown_link_is_not_found(browser, story):
    assert (await browser.page("/sign-in/link/nonsense")).status_code == 404


@pytest.mark.parametrize("role", ["owner", "manager"])
async def test_who_leads_begins_with_what_the_day_asks_for(site, browser, story, role):
    await sign_in(site, browser, story.staff[role])

    assert "<h1>Today" in (await browser.page("/studio")).text


@pytest.mark.parametrize(
    ("role", "first"),
    [
        ("consultant", "/studio/orders"),
        ("finance", "/studio/orders"),
        ("quality_lead", "/studio/quality"),
        ("retoucher", "/studio/job"),
    ],
)
async def test_each_role_begins_where_its_work_is(site, browser, story, role, first):
    await sign_in(site, browser, story.staff[role])

    assert (await browser.page("/studio")).headers["location"] == first


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil",
        "javascript:alert(1)",
        "/a\r\nset-cookie: x=1",
    ],
)
async def test_signing_in_leads_to_no_other_site(site, browser, owner, elsewhere):
    await give_password(site, owner.id)

    answer = await enter(browser, owner.email, next=elsewhere)

    assert answer.headers["location"] == "/studio"
    assert "x" not in answer.cookies


async def test_signing_in_leads_back_to_the_page_that_was_wanted(site, browser, owner):
    await give_password(site, owner.id)

    answer = await enter(browser, owner.email, next="/studio/orders?page=2")

    assert answer.headers["location"] == "/studio/orders?page=2"


async def test_behind_tls_the_cookie_is_bound_to_the_host(site_settings):
    import msgspec

    from app.main import create_app
    from tests.story import begin

    site = create_app(msgspec.structs.replace(site_settings, base_url="https://studio.example"))
    async with Browser(app=site, base_url="https://studio.example") as browser:
        story = await begin(site.state.db)
        path = f"/sign-in/link/{await link_for(site, story.staff['owner'])}"
        answer = await browser.form(path, origin="https://studio.example")

        assert answer.headers["set-cookie"].startswith("__Host-sl_staff=")
        assert "secure" in answer.headers["set-cookie"].lower()
        assert answer.headers["strict-transport-security"]
        assert (await browser.form(path, origin=ORIGIN)).status_code == 403


async def test_the_landing_page_tells_nothing(browser, story):
    page = await browser.page("/")

    assert page.status_code == 200
    assert "Shiguang" not in page.text
