"""Names, places in the shoot, recipes, and what a customer may see."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.photos import rules


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd.jpg", "passwd.jpg"),
        ("C:\\x.jpg", "x.jpg"),
        ("\\\\host\\share\\y.jpg", "y.jpg"),
        ("name\0cut.jpg", "namecut.jpg"),
        ("line\nbreak.jpg", "linebreak.jpg"),
        ("IMG_0001\u202egpj.exe", "IMG_0001gpj.exe"),
        ("e\u0301toile.jpg", "étoile.jpg"),
        ("...", "unnamed"),
        ("", "unnamed"),
        ("DSC_0001.JPG", "DSC_0001.JPG"),
    ],
)
def test_a_name_is_made_fit_to_be_shown_and_is_never_a_path(name: str, clean: str) -> None:
    assert rules.clean_name(name) == clean


@given(st.text(max_size=400))
def test_no_name_breaks_anything(name: str) -> None:
    clean = rules.clean_name(name)
    assert 0 < len(clean) <= rules.LONGEST_NAME
    assert not set(clean) & set("/\\\0\n\r")
    assert rules.base_name(clean)


def test_a_long_name_keeps_its_ending() -> None:
    assert rules.clean_name("a" * 300 + ".jpg").endswith("….jpg")


def test_a_shoot_lies_in_the_order_of_capture_then_of_numbers_in_names() -> None:
    nine, ten = datetime(2026, 6, 2, 9), datetime(2026, 6, 2, 10)  # noqa: DTZ001 - a camera's wall time
    keys = [
        rules.sort_key("B", nine), rules.sort_key("A", ten), rules.sort_key("IMG_9", None), rules.sort_key("IMG_10", None)
    ]  # fmt: skip
    assert keys == sorted(keys)
    assert rules.sort_key("A", ten, -7200) < rules.sort_key("B", nine)


def test_proofs_are_marked_and_the_finished_photo_has_an_unmarked_one() -> None:
    proofs = {recipe.name: recipe for recipe in rules.recipes_for(rules.ORIGINAL, "Studio", "warm")}
    finals = {recipe.name: recipe for recipe in rules.recipes_for(rules.RETOUCHED, "Studio", "warm")}
    assert set(proofs) == {"grid", "proof", "look", "look-phone", "screen"}
    assert proofs["look-phone"].look == proofs["look"].look
    assert proofs["look-phone"].watermark
    assert proofs["proof"].watermark
    assert proofs["look"].watermark
    assert proofs["look"].look
    assert set(finals) == {"grid", "proof", "proof-phone", "screen"}
    assert finals["proof-phone"].watermark
    assert finals["proof-phone"].look is None
    assert finals["screen"].watermark is None
    assert "look" not in {recipe.name for recipe in rules.recipes_for(rules.ORIGINAL, "Studio", None)}


@pytest.mark.parametrize(
    ("kind", "recipe", "offered", "released", "seen"),
    [
        (rules.ORIGINAL, "grid", False, False, True),
        (rules.ORIGINAL, "look", False, False, True),
        (rules.ORIGINAL, "original", True, True, False),
        (rules.ORIGINAL, "screen", True, True, False),
        (rules.RETOUCHED, "grid", False, False, False),
        (rules.RETOUCHED, "proof", False, False, False),
        (rules.RETOUCHED, "original", False, False, False),
        (rules.RETOUCHED, "grid", True, False, True),
        (rules.RETOUCHED, "proof", True, False, True),
        (rules.RETOUCHED, "screen", True, False, False),
        (rules.RETOUCHED, "original", True, False, False),
        (rules.RETOUCHED, "screen", True, True, True),
        (rules.RETOUCHED, "original", True, True, True),
    ],
)
def test_a_customer_sees_marked_proofs_what_is_offered_and_what_was_released(
    kind: str, recipe: str, offered: bool, released: bool, seen: bool
) -> None:
    assert rules.customer_may_see(kind, recipe, offered=offered, released=released) is seen


@pytest.mark.parametrize("point", [(None, 0.5), (1.2, 0.5), (float("nan"), 0.5), (0.5, float("inf")), (-0.1, 0)])
def test_a_point_off_the_picture_is_no_point(point: tuple[float | None, float | None]) -> None:
    assert rules.clean_point(*point) == (None, None)


def test_a_file_speaks_for_itself_in_words() -> None:
    said = rules.describe(
        {
            "camera_make": "Canon",
            "camera_model": "Canon EOS R5",
            "shutter": 0.005,
            "aperture": 2.8,
            "iso": 200,
            "focal": 85.0,
        }
    )
    assert said == {"camera": "Canon EOS R5", "lens": "", "exposure": "1/200 s · f/2.8 · ISO 200 · 85 mm"}
    assert rules.describe({}) == {"camera": "", "lens": "", "exposure": ""}


def test_a_finished_file_that_tells_too_much_is_pointed_out() -> None:
    assert rules.carried(rules.RETOUCHED, {"has_gps": True, "has_serial": True}) == ["carries_gps", "carries_serial"]
    assert rules.carried(rules.ORIGINAL, {"has_gps": True}) == []
