"""The desk and the quality check in Chromium: keys, zoom, surrounds, a folder dropped back, pins, and the way back."""

import shutil
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, Route, expect

from app.core.access import SYSTEM
from app.galleries import service as galleries
from app.photos import service as photos
from pipelines.sample_shoot import retouch
from tests import story
from tests.browser import DESKTOP, OpenPage, axe_findings
from tests.flows.people import Staff
from tests.flows.studio_process import Begun, House

pytestmark = [
    pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("house"), pytest.mark.timeout(300),
]  # fmt: skip
NEAR = "#frame[data-near]"
SURROUNDS = ("black", "dark", "light", "white", "mid")


async def seen(page: Page, _name: str) -> None:
    """Look at a page: axe-core finds nothing."""
    assert await axe_findings(page) == []


async def chosen(house: House, name: str, shoot: Path) -> Begun:
    """Begin an order whose customer has handed three photos over, with two remarks on the first."""
    begun = await house.begin(name, shoot, included=3)
    async with house.database() as db:
        customer = await story.customer(db, begun.story)
        async with db.write() as session:
            shown = [one for one in await photos.photos_of_order(session, SYSTEM, begun.story.order_id)
                     if one.camera_name.endswith(".JPG")][:3]  # fmt: skip
            for one in shown:
                await galleries.pick(session, customer, customer.gallery_id, one.photo_id)
            for words, x in (("眼袋淡一点，保留笑纹", 0.3), ("耳边这一缕去掉就好", 0.6)):
                await galleries.add_remark(
                    session, customer, customer.gallery_id, shown[0].photo_id, version_id=shown[0].version_id,
                    body=words, chips=["hair"], x=x, y=0.4,
                )  # fmt: skip
            await galleries.submit(session, customer, customer.gallery_id)
    return begun


async def staff(house: House, open_page: OpenPage, begun: Begun, role: str, *, js: bool = True) -> Staff:
    page = await open_page(DESKTOP, locale="zh-CN", js=js)
    person = Staff(page, house.address, "zh-CN", js=js)
    await person.sign_in(await house.sign_in_link(begun.story, role))
    return person


async def finished(retoucher: Staff, folder: Path) -> list[Path]:
    """Retouch the packet's originals into a folder; the last one gets a name that fits no photo."""
    packet = await retoucher.packet()
    packet.extractall(folder / "packet")
    originals = sorted(path for path in (folder / "packet" / "originals").iterdir() if path.suffix == ".JPG")
    (folder / "done").mkdir()
    made = []
    for path in originals:
        name = "final.jpg" if path == originals[-1] else f"{path.stem}_精修.jpg"
        retouch(path, folder / "done" / name)
        made.append(folder / "done" / name)
    return made


def row(page: Page, name: str) -> Locator:
    """Find a file in the list of what is being sent."""
    return page.locator(".sent-files li").filter(has_text=name)


async def check_keys(page: Page) -> None:
    """Z goes to the file's own pixels where the pointer is, B changes sides; nothing fires while somebody types."""
    box = await page.locator("#frame").bounding_box()
    assert box
    await page.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 0.5 * box["height"])
    await page.keyboard.press("z")
    picture = page.locator(f"{NEAR} img").last
    await expect(picture).to_have_attribute("src", "/files/" + str(await page.locator("#frame").get_attribute(
        "data-version")) + "/original")  # fmt: skip
    origin = await picture.evaluate("one => one.style.transformOrigin")
    assert abs(float(origin.split("%", maxsplit=1)[0]) - 25) < 1
    await page.keyboard.press("Escape")
    await expect(page.locator(NEAR)).to_have_count(0)
    await page.locator("details.give-back summary").click()
    await page.locator("#f-note").press_sequentially("zb?1")
    await expect(page.locator(NEAR)).to_have_count(0)
    await expect(page.locator("details.key-help[open]")).to_have_count(0)
    await page.locator("#f-note").fill("")
    await page.locator("details.give-back summary").click()
    await page.locator("details.give-back summary").blur()
    await page.keyboard.press("?")
    await expect(page.locator("details.key-help[open]")).to_have_count(1)
    await seen(page, "keys")
    await page.keyboard.press("?")


async def check_surrounds(page: Page) -> None:
    """Each surround is kept, and every word stays readable on it."""
    for name in SURROUNDS:
        await page.locator(f".ground.is-{name}").click()
        await expect(page.locator("html")).to_have_attribute("data-surround", name)
        await seen(page, f"desk-{name}")
    await page.locator(".ground.is-light").click()
    await expect(page.locator(".ground.is-light")).to_have_attribute("aria-pressed", "true")
    await page.wait_for_timeout(300)
    await page.reload()
    await expect(page.locator("html")).to_have_attribute("data-surround", "light")


async def bring_back(page: Page, folder: Path, made: list[Path]) -> None:
    """Choose a whole folder: one file is empty, one connection drops; neither stops the others."""
    (folder / "done" / "empty.jpg").touch()
    dropped = made[0].name

    async def drop(route: Route) -> None:
        if dropped.encode() in (route.request.post_data_buffer or b"")[:2000]:
            await route.abort()
        else:
            await route.continue_()

    await page.route("**/files?*", drop)
    async with page.expect_file_chooser() as coming:
        await page.locator("[data-folder]").click()
    await (await coming.value).set_files(folder / "done")
    await expect(row(page, "empty.jpg")).to_have_attribute("data-state", "failed")
    await expect(row(page, "final.jpg")).to_have_attribute("data-state", "loose")
    await expect(row(page, made[1].name)).to_have_attribute("data-state", "matched")
    await expect(row(page, dropped)).to_have_attribute("data-state", "failed")
    await expect(page.locator("form[action*='/match']")).to_have_count(1)
    await seen(page, "desk-sent")
    await page.unroute("**/files?*")
    await row(page, dropped).get_by_role("button").click()
    await expect(row(page, dropped)).to_have_attribute("data-state", "matched")


async def test_a_retoucher_works_on_one_page(house: House, open_page: OpenPage, shoot: Path, tmp_path: Path) -> None:
    begun = await chosen(house, "Desk", shoot)
    retoucher = await staff(house, open_page, begun, "retoucher")
    page = retoucher.page
    await seen(page, "no-job")
    await page.keyboard.press("t")
    await expect(page.locator("button.tick")).to_have_count(2)
    await seen(page, "desk")
    await check_keys(page)
    await check_surrounds(page)
    at = page.url
    await page.keyboard.press("1")
    await expect(page.locator("button.tick").first).to_have_attribute("aria-pressed", "true")
    assert page.url == at
    made = await finished(retoucher, tmp_path)
    await bring_back(page, tmp_path, made)
    await retoucher.press("This one")
    await expect(page.locator("form[action*='/match'] select:invalid")).to_have_count(1)  # it is not guessed
    await page.locator("form[action*='/match'] select").select_option(index=3)
    await retoucher.press("This one")
    await retoucher.wait_prepared()
    await expect(page.locator(".thumbs .dot.done")).to_have_count(3)
    await page.keyboard.press("b")
    await expect(page.locator("[data-to-side][aria-current]")).to_have_text(retoucher.say("Finished"))
    await expect(page.locator("[data-side='1'] .frame")).to_be_visible()
    await seen(page, "desk-finished")
    await retoucher.hand_in()
    await seen(page, "no-job-own-days")

    lead = await staff(house, open_page, begun, "quality_lead")
    await judge(lead)
    await retoucher.go("/studio/job")
    await page.keyboard.press("t")
    await retoucher.sees("From the quality check")
    await expect(page.locator("button.tick").first).to_contain_text("脸颊的纹理留一点")
    await expect(page.locator(".mark-dot.again")).to_have_count(1)
    await seen(page, "desk-back")
    shutil.rmtree(tmp_path)


async def judge(lead: Staff) -> None:
    """Look before and after, pin, mark, send back, take it back, and send it back for good."""
    page = lead.page
    await page.locator("ul.orders a").click()
    await expect(page.locator("#frame-after")).to_be_visible()
    await seen(page, "judge")
    await page.keyboard.press("b")
    await expect(page.locator("[data-pane='after']")).to_be_hidden()
    await page.keyboard.press("b")
    await expect(page.locator("[data-pane='before']")).to_be_hidden()
    await page.keyboard.press("b")
    await page.keyboard.press("z")
    await expect(page.locator(".frame[data-near]")).to_have_count(2)
    scales = await page.locator(".frame img:last-of-type").evaluate_all("all => all.map(one => one.style.transform)")
    assert len(set(scales)) == 1
    await page.keyboard.press("Escape")
    await page.keyboard.press("p")
    await page.locator("#frame-after").click(position={"x": 80, "y": 60})
    await page.locator("#f-pin").fill("脸颊的纹理留一点")
    await lead.press("Save the remark")
    await expect(page.locator("#marks ol.remarks li")).to_have_count(1)
    await page.locator("#marks label.choice").first.click()
    await expect(page.locator("#marks input:checked")).to_have_count(1)
    await expect(page.locator(".mark-dot.again")).to_have_count(1)
    await seen(page, "judge-marked")
    await page.keyboard.press("Escape")
    await page.locator("h1").click()
    await page.keyboard.press("a")
    await lead.sees("%(count)s photos are marked. Send the work back, or take the marks away and accept it.", count=1)
    await page.keyboard.press("r")
    await lead.sees("Nothing waits for you")
    await seen(page, "quality-undo")
    await page.keyboard.press("u")
    await expect(page.locator("#marks ol.remarks li")).to_have_count(1)
    await page.keyboard.press("r")
    await lead.sees("Nothing waits for you")


async def test_the_desk_works_without_script(house: House, open_page: OpenPage, shoot: Path) -> None:
    begun = await chosen(house, "Plain", shoot)
    retoucher = await staff(house, open_page, begun, "retoucher", js=False)
    page = retoucher.page
    await retoucher.press("Take the next job")
    await page.locator("button.tick").first.click()
    await expect(page.locator("button.tick").first).to_have_attribute("aria-pressed", "true")
    await page.locator(".ground.is-black").click()
    await expect(page.locator("html")).to_have_attribute("data-surround", "black")
    await expect(page.locator("button.tick").first).to_be_visible()
    await page.locator("details.give-back summary").click()
    await page.locator("#f-note").fill("明天接着修")
    await retoucher.press("Give it back")
    await retoucher.press("Take the next job")
    await expect(page.locator("#notes")).to_contain_text("明天接着修")
