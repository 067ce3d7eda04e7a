"""Short ways to sign in."""

from app.core.access import SYSTEM
from app.core.web.csrf import token_of
from app.identity import service as identity
from tests.web.conftest import PASSWORD, Browser


async def give_password(site, staff_id) -> None:
    await identity.set_password(site.state.db, SYSTEM, staff_id, PASSWORD)


async def link_for(site, staff_id) -> str:
    async with site.state.db.write() as session:
        return await identity.make_sign_in_link(session, SYSTEM, staff_id)


async def sign_in(site, browser: Browser, staff_id) -> str:
    """Sign in by a link; returns the csrf token of the person's pages."""
    answer = await browser.form(f"/sign-in/link/{await link_for(site, staff_id)}")
    assert answer.status_code == 303, answer.text
    return await token(site, browser)


async def token(site, browser: Browser) -> str:
    """Tell the token that the browser's pages of staff carry."""
    async with site.state.db.read() as session:
        actor = await identity.staff_actor(session, browser.cookies["sl_staff"])
    assert actor
    return token_of(site.state.settings.secret, actor)
