from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from pipelines.metadata import clean, read_metadata, wall_time
from pipelines.run import render
from tests.pipelines.pictures import Save, plain, scene


def block(**tags: object) -> bytes:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "Canon\0\0", "  EOS\tR6\x07 ", 6
    inner = exif.get_ifd(0x8769)
    inner[0x9003], inner[0x9291], inner[0x9011] = "2025:05:17 09:30:01", "25", "+08:00"
    inner[0x829A], inner[0x829D], inner[0x8827], inner[0x920A] = (
        IFDRational(1, 250),
        IFDRational(28, 10),
        400,
        IFDRational(50),
    )
    inner[0xA434] = "RF 50mm F1.2"
    return exif.tobytes()


def test_the_camera_s_notes_are_read_and_cleaned() -> None:
    metadata, sound = read_metadata(block(), b'<x xmp:Rating="4"/>')
    assert sound
    assert (metadata.camera_make, metadata.camera_model, metadata.lens) == ("Canon", "EOS R6", "RF 50mm F1.2")
    assert (metadata.iso, metadata.shutter, metadata.aperture, metadata.focal) == (400, 0.004, 2.8, 50.0)
    assert (metadata.captured_at, metadata.utc_offset) == ("2025-05-17T09:30:01.250000", "+08:00")
    assert (metadata.orientation, metadata.rating, metadata.has_gps, metadata.has_serial) == (6, 4, False, False)


@pytest.mark.parametrize(
    "value", ["0000:00:00 00:00:00", "2025:02:30 10:00:00", "", "    :  :  ", "soon", b"\xff\xfe", None, ()]
)
def test_a_date_that_never_was_is_no_date(value: object) -> None:
    assert wall_time(value) is None


def test_strings_are_printable_and_short() -> None:
    assert clean("a\0hidden") == "a"
    assert clean("<script>\x1b[31m\u202e\n x") == "<script> [31m x"
    assert clean(b"\xff\xfeabc" * 500) != ""
    assert len(clean("x" * 100_000)) == 200


def test_hostile_blocks_never_raise() -> None:
    random = np.random.default_rng(3)
    whole = block()
    for _ in range(300):
        data = bytearray(whole)
        for at in random.integers(0, len(data), 6):
            data[at] = random.integers(0, 256)
        metadata, _ = read_metadata(bytes(data[: random.integers(1, len(data) + 1)]))
        assert 1 <= metadata.orientation <= 8
        assert len(metadata.camera_make) <= 200


def test_a_photo_without_notes_has_none_and_no_warning(save: Save, tmp_path: Path) -> None:
    result = render(save(scene(), "bare.jpg"), [plain()], tmp_path / "out")
    assert result.metadata.camera_make == ""
    assert result.metadata.captured_at is None
    assert result.warnings == []
