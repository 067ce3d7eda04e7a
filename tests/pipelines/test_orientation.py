from pathlib import Path

import pytest
from PIL import Image, ImageOps

from pipelines.run import render
from tests.pipelines.pictures import Save, plain, rms, scene

TURNS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
OPTIONS = {"jpg": {"quality": 95}, "png": {}, "tif": {}, "webp": {"quality": 95}, "avif": {"quality": 90}}


def oriented(number: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = number
    return exif


@pytest.mark.parametrize("suffix", OPTIONS)
@pytest.mark.parametrize("number", range(1, 9))
def test_a_turned_photo_comes_out_upright_exactly_once(save: Save, tmp_path: Path, suffix: str, number: int) -> None:
    wanted = scene(300, 200)
    turn = TURNS[number]
    stored = wanted if turn is None else wanted.transpose(turn)
    source = save(stored, f"turned.{suffix}", exif=oriented(number), **OPTIONS[suffix])
    result = render(source, [plain()], tmp_path / "out")
    assert (result.width, result.height) == (300, 200)
    with Image.open(result.renditions[0].path) as made:
        assert rms(made, wanted) < 12


def test_heic_turned_by_its_own_decoder_is_not_turned_again(save: Save, tmp_path: Path) -> None:
    wanted = scene(320, 240)
    source = save(wanted.transpose(Image.Transpose.ROTATE_90), "turned.heic", exif=oriented(6).tobytes(), quality=90)
    result = render(source, [plain()], tmp_path / "out")
    assert result.format == "heic"
    with Image.open(result.renditions[0].path) as made:
        assert rms(made, wanted) < 12


@pytest.mark.parametrize("number", [0, 9, 65535])
def test_an_orientation_that_does_not_exist_turns_nothing(save: Save, tmp_path: Path, number: int) -> None:
    source = save(scene(300, 200), "odd.jpg", exif=oriented(number))
    result = render(source, [plain()], tmp_path / "out")
    assert (result.width, result.height) == (300, 200)
    assert [warning.code for warning in result.warnings] == (["odd_exif"] if number else [])


def test_every_orientation_sample_matches_the_reference(samples: Path, tmp_path: Path) -> None:
    files = sorted((samples / "orientation").glob("*.jpg"))
    assert len(files) == 9
    for source in files:
        result = render(source, [plain(400)], tmp_path / source.stem)
        with Image.open(source) as stored, Image.open(result.renditions[0].path) as made:
            reference = ImageOps.exif_transpose(stored).convert("RGB").resize(made.size, Image.Resampling.LANCZOS)
            assert rms(made, reference) < 8, source.name
