import base64
import io
from itertools import pairwise
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from portal.formats import size
from portal.pages import STATIC
from portal.pictures import (
    TARGETS,
    break_rows,
    choice_of_sizes,
    lay_out,
    paint_thumbhash,
    placeholder,
    quantise,
    ratio_class,
)

FLAT = base64.b64encode(b"\x00" * 21).decode()
PUBLISHED = "1QcSHQRnh493V4dIh4eXh1h4kJUI"  # from the ThumbHash page: a sunrise, orange above and dark below
sizes = st.tuples(st.integers(1, 9000), st.integers(1, 9000))


def photo(width: int, height: int) -> SimpleNamespace:
    return SimpleNamespace(width=width, height=height)


@given(sizes)
def test_every_ratio_has_its_class_in_the_style_sheet(pair: tuple[int, int]) -> None:
    sheet = (STATIC / "css" / "ratios.css").read_text()
    assert f".{ratio_class(*pair)}{{" in sheet
    for tile in lay_out([photo(*pair)]):
        for name in tile.classes.split():
            assert name.startswith("at-") or name in {"fill", "break"} or f".{name}{{" in sheet


def test_a_ratio_is_kept_to_one_in_a_hundred() -> None:
    assert quantise(6000, 4000) == 150
    assert quantise(4000, 6000) == 67
    assert abs(quantise(4608, 1976) / 100 - 4608 / 1976) < 0.025


@given(st.lists(st.floats(0.65, 3.0), min_size=8, max_size=60))
def test_no_row_but_the_last_is_far_from_the_target(ratios: list[float]) -> None:
    for _, target in TARGETS:
        edges = [0, *break_rows(ratios, target), len(ratios)]
        assert edges == sorted(set(edges))
        rows = [sum(ratios[a:b]) for a, b in pairwise(edges)]
        assert all(0.45 * target <= row <= 2.2 * target for row in rows[:-1])
        assert rows[-1] <= 2.2 * target


def test_each_photo_stands_in_the_rows_once_and_in_order() -> None:
    items = [photo(6000, 4000), photo(4000, 6000), photo(9000, 1000)] * 7
    assert [tile.item for tile in lay_out(items) if tile.item is not None] == items


def test_a_short_last_row_is_filled_up_instead_of_stretched() -> None:
    fillers = [tile.classes for tile in lay_out([photo(4000, 6000)]) if tile.item is None]
    assert [filler.split()[1] for filler in fillers] == ["at-s", "at-m", "at-l"]


def test_a_thumbhash_becomes_a_small_picture_of_its_colours() -> None:
    picture = Image.open(io.BytesIO(paint_thumbhash(base64.b64decode(PUBLISHED), 24)))
    assert max(picture.size) == 24
    top, bottom = picture.getpixel((12, 0)), picture.getpixel((12, picture.height - 1))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top != bottom


@pytest.mark.parametrize("broken", [None, "", "no base64!", base64.b64encode(b"\x01").decode()])
def test_a_missing_or_broken_thumbhash_is_a_transparent_dot(broken: str | None) -> None:
    assert placeholder(broken).startswith("data:image/gif")


def test_a_placeholder_is_a_few_hundred_bytes() -> None:
    assert placeholder(FLAT).startswith("data:image/png")
    assert len(placeholder(PUBLISHED, 12)) < 800
    assert len(placeholder(PUBLISHED, 4)) < 200


@pytest.mark.parametrize(
    ("octets", "words"),
    [(0, "0 B"), (999, "999 B"), (12_345_678, "12.3 MB"), (1_234_567_890, "1.23 GB"), (999_600, "1.00 MB")],
)
def test_sizes_are_written_with_three_figures(octets: int, words: str) -> None:
    assert size(octets) == words


def test_a_picture_that_fills_a_screen_is_offered_in_two_sizes() -> None:
    assert choice_of_sizes(6000, 4000, "/files/v", "look") == "/files/v/look-phone 1080w, /files/v/look 2048w"
    assert choice_of_sizes(4000, 6000, "/files/v", "proof") == "/files/v/proof-phone 720w, /files/v/proof 1365w"
    assert choice_of_sizes(900, 600, "/files/v", "look") == ""  # a small photo has one size
    assert choice_of_sizes(6000, 4000, "/files/v", "grid") == ""
