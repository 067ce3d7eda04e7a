"""What people and programs may send that cannot be: each gets its sentence, in both languages, and nothing is lost."""

import asyncio

import pytest

from app.core.locales.sentences import sentence
from tests.web.asgi import form
from tests.web.matrix.house import House
from tests.web.matrix.world import PIN

pytestmark = pytest.mark.asyncio(loop_scope="module")
LANGUAGES = {"en": "en", "zh-CN": "zh_Hans_CN"}


def escaped(text: str) -> str:
    """Write a sentence the way a page does."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;")


async def told(house: House, who: str, place: str, path: str, data, status: int, code: str, **params) -> None:
    """Send a form as page and as JSON, in both languages: status, code and sentence; nothing changes."""
    visitor = house.world.visitor(who, place)
    pairs = [*(data.items() if isinstance(data, dict) else data), ("csrf", visitor.csrf)]
    head, body = form(pairs)
    before = house.state(frozenset({"attempts"}))
    for language, locale in LANGUAGES.items():
        words = sentence(code, params, locale)
        assert code == "bad_input" or "%" not in words
        for accept in ("text/html", "application/json", "fragment"):
            more = {"accept": accept, "accept-language": language}
            if accept == "fragment":
                more = {"accept": "text/html", "accept-language": language, "hx-request": "true"}
            answer = await house.ask(visitor, "POST", path, headers={**head, **more}, body=body)
            assert answer.status == status, answer.text
            if answer.headers["content-type"].startswith("application/problem+json"):
                assert answer.json()["code"] == code
                assert answer.json()["detail"] == words
            else:
                assert escaped(words) in answer.text or words in answer.text
    assert house.state(frozenset({"attempts"})) == before


GALLERY = [
    ("pick beyond what there is", "photos/{late}/pick", {}, 409, "pick_limit_reached", {"most": 4}),
    ("an empty remark", "photos/{photo}/remarks", {"version_id": "{version}", "body": "  "}, 422, "empty_remark", {}),
    ("a remark on nothing", "photos/{photo}/remarks", {"body": "x"}, 422, "bad_input", {}),
    ("a negative limit", "cap", {"cap": "-1"}, 422, "strange_cap", {}),
    ("a huge limit", "cap", {"cap": "9" * 30}, 422, "strange_cap", {}),
    ("a limit beyond the most", "cap", {"cap": "10000"}, 422, "strange_cap", {}),
    ("a limit in words", "cap", {"cap": "three"}, 422, "strange_cap", {}),
    ("a limit of other digits", "cap", {"cap": "３"}, 422, "strange_cap", {}),
]


@pytest.mark.parametrize(
    ("path", "data", "status", "code", "params"), [c[1:] for c in GALLERY], ids=[c[0] for c in GALLERY]
)
async def test_what_a_customer_cannot_send(house: House, path, data, status, code, params):
    place = house.world.places["choosing"]
    names = {"photo": place.photos[0], "late": place.photos[2], "version": place.originals[0]}
    if code == "pick_limit_reached":
        house.execute("UPDATE order_line SET most = 2 WHERE order_id = ?", place.order_id)
        house.execute("UPDATE version SET state = 'ready' WHERE order_id = ?", place.order_id)
        params = {"most": 2}
    data = {key: value.format(**names) for key, value in data.items()}

    await told(
        house,
        "customer",
        "choosing",
        f"/gallery/{place.gallery_id}/{path.format(**names)}",
        data,
        status,
        code,
        **params,
    )


async def test_a_pick_beyond_the_customers_own_limit(house: House):
    place = house.world.places["choosing"]
    house.execute("UPDATE gallery SET own_cap = 0 WHERE id = ?", place.gallery_id)
    house.execute("UPDATE version SET state = 'ready' WHERE order_id = ?", place.order_id)

    path = f"/gallery/{place.gallery_id}/photos/{place.photos[2]}/pick"
    await told(house, "customer", "choosing", path, {}, 409, "cap_reached", cap=0)


async def test_nothing_chosen_and_chosen_twice(house: House):
    place = house.world.places["choosing"]
    path = f"/gallery/{place.gallery_id}/submit"
    house.execute("UPDATE pick SET removed_at = picked_at WHERE gallery_id = ?", place.gallery_id)
    await told(house, "customer", "choosing", path, {}, 409, "nothing_chosen")
    late = house.world.places["retouching"]
    visitor, before = house.world.visitor("customer", "retouching"), house.state()
    answer = await house.post(visitor, f"/gallery/{late.gallery_id}/submit")
    assert (answer.status, answer.headers["location"]) == (303, f"/gallery/{late.gallery_id}/sent")
    assert house.state() == before


STAFF = [
    ("an amount in words", "payments", {"amount": "a lot", "method": "cash", "form_key": "0" * 32}, "strange_amount"),
    ("no amount", "payments", {"amount": "", "method": "cash", "form_key": "0" * 32}, "strange_amount"),
    ("not a number", "payments", {"amount": "NaN", "method": "cash", "form_key": "0" * 32}, "strange_amount"),
    ("infinite", "payments", {"amount": "inf", "method": "cash", "form_key": "0" * 32}, "strange_amount"),
    ("beyond all bounds", "payments", {"amount": "1e999999", "method": "cash", "form_key": "0" * 32}, "strange_amount"),
    ("endlessly small", "payments", {"amount": "1e-999999", "method": "cash", "form_key": "0" * 32}, "strange_amount"),
    ("half a cent", "payments", {"amount": "1.005", "method": "cash", "form_key": "0" * 32}, "strange_amount"),
    ("negative", "payments", {"amount": "-5", "method": "cash", "form_key": "0" * 32}, "strange_amount"),
    ("nothing paid", "payments", {"amount": "0", "method": "cash", "form_key": "0" * 32}, "strange_amount"),
    ("too much", "payments", {"amount": "99999999999", "method": "cash", "form_key": "0" * 32}, "strange_amount"),
    ("an unknown way", "payments", {"amount": "5", "method": "shells", "form_key": "0" * 32}, "unknown_payment_method"),
    ("a form without its key", "payments", {"amount": "5", "method": "cash"}, "bad_input"),
    ("a link for nobody", "links", {"person_id": "nobody"}, "bad_input"),
    ("a retry of nothing", "retry", {"version_id": "x"}, "bad_input"),
]


@pytest.mark.parametrize(("path", "data", "code"), [case[1:] for case in STAFF], ids=[case[0] for case in STAFF])
async def test_what_staff_cannot_send(house: House, path, data, code):
    place = house.world.places["retouching"]

    await told(house, "owner", "retouching", f"/studio/orders/{place.order_id}/{path}", data, 422, code)


ORDER = {"shoot_on": "2026-07-01", "name": "New", "title": "Garden", "people": "A"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": " "}, "name_needed"),
        ({"title": ""}, "title_needed"),
        ({"shoot_on": "soon"}, "bad_day"),
        ({"shoot_on": ""}, "bad_day"),
        ({"shoot_on": "2026-02-30"}, "bad_day"),
        ({"shoot_on": "9999-12-31"}, "bad_day"),
        ({"shoot_on": "0001-01-01"}, "bad_day"),
        ({"promised_on": "2026-13-01"}, "bad_day"),
        ({"branch_id": "here"}, "bad_input"),
        ({"package_id": ""}, "bad_input"),
    ],
)
async def test_an_order_that_cannot_be_comes_back_with_what_was_typed(house: House, change, code):
    world = house.world
    data = {
        **ORDER,
        "branch_id": str(world.branch_id),
        "package_id": str(world.package_id),
        "wishes": "<b>warm</b> & soft",
    }

    await told(house, "owner", "retouching", "/studio/orders", {**data, **change}, 422, code)
    answer = await house.post(world.staff["owner"], "/studio/orders", {**data, **change})
    assert "&lt;b&gt;warm&lt;/b&gt; &amp; soft" in answer.text
    assert "<b>warm" not in answer.text


@pytest.mark.parametrize(
    ("change", "code", "params"),
    [
        ({"name": ""}, "name_needed", {}),
        ({"included": "-1"}, "bad_number", {"least": 0, "most": 9999}),
        ({"included": "²"}, "bad_number", {"least": 0, "most": 9999}),
        ({"included": "12345678901234"}, "bad_number", {"least": 0, "most": 9999}),
        ({"price": "-1"}, "strange_amount", {}),
        ({"price": "1e30"}, "strange_amount", {}),
        ({"price": "10000000.01"}, "strange_amount", {}),
        ({"extra": "10000000.01"}, "strange_amount", {}),
        ({"most": "1"}, "strange_amount", {}),
    ],
)
async def test_a_package_that_cannot_be_comes_back_with_what_was_typed(house: House, change, code, params):
    data = {"name": "Large & fine", "included": "3", "extra": "80", "most": "", "price": "999"}

    await told(house, "owner", "retouching", "/studio/packages", {**data, **change}, 422, code, **params)
    if "name" not in change:
        answer = await house.post(house.world.staff["owner"], "/studio/packages", {**data, **change})
        assert 'value="Large &amp; fine"' in answer.text


async def test_six_wrong_pins_across_two_processes_are_one_count(house: House):
    """The sixth waits, whichever process it comes to; the right one waits too."""
    twin = House(house.world)
    async with twin.app.lifespan():
        visitor = house.world.visitor("before_pin", "choosing")
        path = f"/gallery/{house.world.places['choosing'].gallery_id}/pin"
        for n, left in enumerate((4, 3, 2, 1, 0)):
            answer = await (house, twin)[n % 2].post(visitor, path, {"pin": "000000"})
            assert answer.status == 403
            assert f"{left} tr" in answer.text
            assert "set-cookie" not in answer.headers
        for n, language in enumerate(("en", "zh-CN")):
            answer = await (house, twin)[n % 2].post(visitor, path, {"pin": PIN}, **{"accept-language": language})
            assert answer.status == 429
            assert ("15" in answer.text) == (language == "zh-CN") or "Too many wrong PINs" in answer.text
            assert "set-cookie" not in answer.headers
    twin.close()


async def test_twenty_wrong_pins_at_once_are_five_tries(house: House):
    visitor = house.world.visitor("before_pin", "choosing")
    path = f"/gallery/{house.world.places['choosing'].gallery_id}/pin"

    answers = await asyncio.gather(*(house.post(visitor, path, {"pin": f"{n:06}"}) for n in range(20)))

    assert sorted(answer.status for answer in answers) == [403] * 5 + [429] * 15


@pytest.mark.parametrize(("who", "code"), [("expired", "link_expired"), ("withdrawn", "link_withdrawn")])
@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_link_that_is_over_says_so_everywhere_and_shows_nothing(house: House, who, code, language):
    place = house.world.places["choosing"]
    visitor = house.world.visitor(who, "choosing")
    words = sentence(code, {}, LANGUAGES[language])
    paths = [
        f"/g/{visitor.key}", f"/gallery/{place.gallery_id}", f"/gallery/{place.gallery_id}/pin",
        f"/gallery/{place.gallery_id}/photos/{place.photos[0]}", f"/files/{place.originals[0]}/proof",
    ]  # fmt: skip
    for path in paths:
        page = await house.page(visitor, path, **{"accept-language": language})
        assert page.status == 410, path
        assert escaped(words) in page.text
        assert place.begun.number not in page.text
        assert str(place.originals[1]) not in page.text
        data = await house.ask(visitor, "GET", path, headers={"accept-language": language})
        assert (data.status, data.json()["code"], data.json()["detail"]) == (410, code, words)


async def test_two_people_picking_at_once_never_pass_the_limit(house: House):
    place = house.world.places["choosing"]
    house.execute("UPDATE order_line SET most = 2 WHERE order_id = ?", place.order_id)
    house.execute("UPDATE version SET state = 'ready' WHERE order_id = ?", place.order_id)
    house.execute("UPDATE pick SET removed_at = picked_at WHERE gallery_id = ?", place.gallery_id)
    visitor = house.world.visitor("customer", "choosing")

    answers = await asyncio.gather(
        *(house.post(visitor, f"/gallery/{place.gallery_id}/photos/{photo}/pick") for photo in place.photos * 3)
    )

    assert {answer.status for answer in answers} <= {303, 409}
    live = "SELECT count(*) FROM pick WHERE gallery_id = ? AND removed_at IS NULL"
    assert house.count(live, place.gallery_id) == 2


async def test_a_choice_sent_twice_at_once_is_sent_once(house: House):
    place = house.world.places["choosing"]
    visitor = house.world.visitor("customer", "choosing")

    answers = await asyncio.gather(*(house.post(visitor, f"/gallery/{place.gallery_id}/submit") for _ in range(4)))

    assert sorted(answer.status for answer in answers) == [303] * 4  # the late ones are led to what was sent
    assert house.count("SELECT count(*) FROM submission WHERE gallery_id = ?", place.gallery_id) == 1


async def test_a_payment_pressed_twice_is_one_and_a_corrected_one_is_kept(house: House):
    place = house.world.places["retouching"]
    path = f"/studio/orders/{place.order_id}/payments"
    owner = house.world.staff["owner"]
    data = {"amount": "1,000.50", "method": "cash", "form_key": "1" * 32}

    answers = await asyncio.gather(*(house.post(owner, path, data) for _ in range(3)))
    corrected = await house.post(owner, path, {**data, "amount": "￥900"})

    assert {answer.status for answer in (*answers, corrected)} == {303}
    paid = "SELECT count(*) FROM payment WHERE order_id = ? AND amount_minor = ?"
    assert [house.count(paid, place.order_id, minor) for minor in (100050, 90000)] == [1, 1]


@pytest.mark.parametrize(
    ("x", "y", "kept"),
    [
        ("nan", "0.5", None), ("inf", "0.5", None), ("-inf", "0", None), ("1.5", "0.5", None), ("-0.1", "0.5", None),
        ("0.5", "", None), ("1e400", "0.5", None), ("0x1", "0", None), ("0", "1", (0, 1)), ("0.25", "0.75", (0.25, 0.75)),
    ],
)  # fmt: skip
async def test_a_remark_points_at_the_picture_or_nowhere(house: House, x, y, kept):
    place = house.world.places["choosing"]
    path = f"/gallery/{place.gallery_id}/photos/{place.photos[0]}/remarks"
    visitor = house.world.visitor("customer", "choosing")

    answer = await house.post(visitor, path, {"version_id": str(place.originals[0]), "body": "there", "x": x, "y": y})

    assert answer.status == 303
    row = house.rows("SELECT x, y FROM remark WHERE body = 'there'")[0]
    assert row == (kept or (None, None))


async def test_a_remark_is_words_never_markup(house: House):
    place = house.world.places["choosing"]
    photo = f"/gallery/{place.gallery_id}/photos/{place.photos[0]}"
    visitor = house.world.visitor("customer", "choosing")
    body = "<img src=x onerror=alert(1)>" + "长" * 5000 + "\0\x1b"

    answer = await house.post(visitor, f"{photo}/remarks", {"version_id": str(place.originals[0]), "body": body})
    page = await house.page(visitor, photo)

    assert answer.status == 303
    assert "&lt;img src=x" in page.text
    assert "<img src=x" not in page.text
    kept = house.rows("SELECT body FROM remark WHERE body LIKE '%长%'")[0][0]
    assert len(kept) == 1000
    assert "\0" not in kept
