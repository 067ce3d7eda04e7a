import hashlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from pipelines.recipes import FONT_SHA256, LOOKS, Watermark
from pipelines.run import render
from pipelines.steps.look import apply_look
from pipelines.steps.watermark import FONT_FILE, apply_watermark, overlay
from tests.pipelines.pictures import Save, plain, rms, scene

MARK = Watermark(text="影坊 Safelight")


def glyph(character: str) -> bytes:
    image = Image.new("L", (80, 80))
    ImageDraw.Draw(image).text((5, 5), character, font=ImageFont.truetype(FONT_FILE, 60), fill=255)
    return image.tobytes()


def test_the_vendored_font_is_the_one_recipes_name() -> None:
    assert hashlib.sha256(FONT_FILE.read_bytes()).hexdigest() == FONT_SHA256
    assert "SIL OPEN FONT LICENSE" in (FONT_FILE.parent / "OFL.txt").read_text().upper()


def test_chinese_letters_are_drawn_not_boxes() -> None:
    letters = "影坊样片摄工作室鑫瑶，。《》·￥Aé"
    drawn = [glyph(letter) for letter in letters]
    assert len(set(drawn)) == len(letters)
    assert glyph("\U0001f600") not in drawn  # what an unknown character looks like


def test_a_recipe_hashed_with_another_font_is_not_drawn_with_this_one() -> None:
    with pytest.raises(ValueError, match="another font"):
        apply_watermark(np.zeros((60, 60, 3), np.uint8), Watermark(text="x", font_sha256="0" * 64))


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_the_mark_shows_on_black_grey_and_white_in_every_part(grey: int) -> None:
    flat = np.full((1365, 2048, 3), grey, np.uint8)
    changed = np.abs(apply_watermark(flat, MARK).astype(int) - grey).max(axis=2)
    assert changed.max() >= 35
    parts = [part for rows in np.array_split(changed, 3) for part in np.array_split(rows, 4, axis=1)]
    assert all((part > 20).mean() > 0.01 for part in parts)
    assert (changed > 0).mean() < 0.35  # and the picture can still be judged


def test_the_given_pixels_stay_unmarked() -> None:
    flat = np.full((200, 300, 3), 90, np.uint8)
    apply_watermark(flat, MARK)
    assert flat.min() == flat.max() == 90


def test_a_mark_is_drawn_once_for_pictures_of_one_size() -> None:
    overlay.cache_clear()
    for _ in range(3):
        apply_watermark(np.zeros((90, 120, 3), np.uint8), MARK)
    assert overlay.cache_info().misses == 1


@pytest.mark.parametrize("text", ["x", "  \n ", "长" * 500, "\0\u202e👻", "(c) 影坊"])
def test_any_text_can_be_a_mark(text: str) -> None:
    marked = apply_watermark(np.full((150, 220, 3), 77, np.uint8), Watermark(text=text))
    assert marked.shape == (150, 220, 3)


def test_a_marked_rendition_differs_from_the_plain_one(save: Save, tmp_path: Path) -> None:
    source = save(scene(), "a.jpg")
    result = render(source, [plain(), plain(name="marked", watermark=MARK)], tmp_path / "out")
    one, other = (Image.open(rendition.path) for rendition in result.renditions)
    with one, other:
        assert rms(one, other) > 5


@pytest.mark.parametrize("name", LOOKS)
def test_a_look_changes_the_picture_without_breaking_it(name: str) -> None:
    before = scene()
    after = apply_look(before, LOOKS[name])
    assert rms(before, after) > 3
    ramp = Image.fromarray(np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2))
    tones = np.asarray(apply_look(ramp, LOOKS[name])).astype(int)[0]
    assert (np.diff(tones, axis=0) >= 0).all()  # no tone overtakes a lighter one
    assert tones[255].min() >= 215
    assert tones[0].max() <= 50


def test_warm_is_warmer_and_mono_has_no_colour() -> None:
    grey = Image.new("RGB", (8, 8), (128, 128, 128))
    red, _, blue = apply_look(grey, LOOKS["warm"]).getpixel((4, 4))  # type: ignore[misc]
    assert red > blue + 5
    assert np.ptp(np.asarray(apply_look(scene(), LOOKS["mono"])).astype(int), axis=2).max() <= 2
