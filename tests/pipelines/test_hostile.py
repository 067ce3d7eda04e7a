import io
import struct
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipelines.errors import Refused
from pipelines.model import Limits
from pipelines.run import render
from tests.pipelines.pictures import Save, plain, scene

# What becomes of each hostile sample: a refusal's code, or the warnings of a picture that is shown ("" for none).
EXPECTED = {
    "gen/arw_cut_at_1mb.ARW": {"raw_differs"},
    "gen/bomb_20000x20000.png": "too_many_pixels",
    "gen/camera_jpeg_bitrot.jpg": {"damaged"},
    "gen/camera_jpeg_cut_70pct.jpg": "truncated",
    "gen/date_zero.jpg": {"odd_exif"},
    "gen/huge_header_no_data.png": "too_many_pixels",
    "gen/icc_truncated.jpg": {"bad_icc"},
    "gen/imagetragick_mvg_as.jpg": "unsupported_format",
    "gen/jpeg_header_60000x60000.jpg": "too_many_pixels",
    "gen/many_app_segments.jpg": set(),
    "gen/png_named.jpg": {"wrong_extension"},
    "gen/polyglot_html.jpg": set(),
    "gen/progressive_scanbomb_small.jpg": set(),
    "gen/text_as.jpg": "not_an_image",
    "gen/tiff_header_200000x200000.tif": "too_many_pixels",
    "gen/xss.svg": "unsupported_format",
    "gen/xss_exif_iptc_xmp.jpg": set(),
    "gen/zero_bytes.jpg": "empty_file",
    "public/bad_mpo_header.jpg": set(),
    "public/bad_rst_recoverable.jpg": {"damaged"},
    "public/bomb_pillow.gif": "unsupported_format",
    "public/canon_r6_pruned.CR3": {"raw_preview_only"},
    "public/corrupt_header.jpg": "unreadable",
    "public/corrupted.heic": "unreadable",
    "public/corrupted_olympus_10mp.jpg": {"damaged"},
    "public/crash_0c7e.tif": "unreadable",
    "public/crash_1152.tif": "unreadable",
    "public/d70s_truncated_1.nef": {"wrong_extension"},
    "public/empty_length_icc.jpg": {"bad_icc"},
    "public/exif_typeerror.jpg": set(),
    "public/giant_280mp_gray.jpg": "too_many_pixels",
    "public/huge_alloc.crw": "unreadable",
    "public/invalid_exif.jpg": {"odd_exif"},
    "public/magick_d500_black.dng": {"raw_dark"},
    "public/memory_error_exif.jpg": set(),
    "public/oom_8ed3.icns": "unsupported_format",
    "public/timeout_1ee2.psd": "unsupported_format",
    "public/timeout_9139.fli": "unsupported_format",
    "public/truncated.jpg": "truncated",
    "public/truncated.png": "truncated",
    "public/zero_width.gif": "unsupported_format",
}


def outcome(source: Path, out: Path, **options: object) -> str | set[str]:
    try:
        result = render(source, [plain(400)], out, **options)  # type: ignore[arg-type]
    except Refused as refused:
        return refused.code
    return {warning.code for warning in result.warnings}


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize("name", EXPECTED)
def test_a_hostile_sample_is_refused_or_shown_as_the_table_says(samples: Path, tmp_path: Path, name: str) -> None:
    assert outcome(samples / "hostile" / name, tmp_path / "out", develop=True) == EXPECTED[name]


def test_the_table_knows_every_hostile_sample(samples: Path) -> None:
    folder = samples / "hostile"
    assert {path.relative_to(folder).as_posix() for path in folder.glob("*/*")} == set(EXPECTED)


@pytest.mark.parametrize("part", [0.02, 0.3, 0.7, 0.95, 0.999])
@pytest.mark.parametrize("options", [{}, {"progressive": True}], ids=["baseline", "progressive"])
def test_a_cut_jpeg_is_refused_at_any_place(save: Save, tmp_path: Path, part: float, options: dict[str, bool]) -> None:
    data = encoded(scene(), "JPEG", quality=90, **options)
    assert outcome(save(data[: int(len(data) * part)], "cut.jpg"), tmp_path / "out") == "truncated"


def test_a_cut_jpeg_with_a_false_end_is_refused(save: Save, tmp_path: Path) -> None:
    data = encoded(scene(), "JPEG", quality=90)
    assert outcome(save(data[: len(data) // 2] + b"\xff\xd9", "cut.jpg"), tmp_path / "out") == "truncated"


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP", "AVIF", "HEIF"])
def test_a_cut_file_of_any_format_is_refused(save: Save, tmp_path: Path, kind: str) -> None:
    data = encoded(scene(), kind)
    suffix = {"TIFF": "tif", "HEIF": "heic"}.get(kind, kind.lower())
    assert outcome(save(data[: len(data) // 2], f"cut.{suffix}"), tmp_path / "out") in {"truncated", "unreadable"}


def test_a_few_rotten_bits_are_shown_and_told(save: Save, tmp_path: Path) -> None:
    data = bytearray(encoded(scene(900, 700), "JPEG", quality=92))
    for at in range(len(data) * 2 // 5, len(data) * 3 // 5, len(data) // 40):
        if 0xFF not in data[at - 1 : at + 2]:
            data[at] ^= 0x10
    assert outcome(save(bytes(data), "rot.jpg"), tmp_path / "out") == {"damaged"}


def test_padding_before_the_end_is_no_damage(save: Save, tmp_path: Path) -> None:
    data = encoded(scene(), "JPEG")
    assert outcome(save(data[:-2] + bytes(9) + data[-2:], "padded.jpg"), tmp_path / "out") == set()
    assert outcome(save(data + bytes(500), "trailing.jpg"), tmp_path / "out") == set()


def test_pixels_are_counted_on_the_header_before_decoding(save: Save, tmp_path: Path) -> None:
    limits = Limits(camera_megapixels=0.1, other_megapixels=0.2)
    for name, kind, limit in (
        ("a.jpg", "JPEG", 0.1),
        ("a.png", "PNG", 0.2),
        ("a.tif", "TIFF", 0.2),
        ("a.avif", "AVIF", 0.1),
    ):
        source = save(encoded(scene(), kind)[:2000] if kind == "PNG" else encoded(scene(), kind), name)
        with pytest.raises(Refused) as refused:
            render(source, [plain()], tmp_path / "out", limits=limits)
        assert (refused.value.code, refused.value.params["limit"]) == ("too_many_pixels", limit)


def test_a_jpeg_without_width_is_refused(save: Save, tmp_path: Path) -> None:
    data = encoded(scene(), "JPEG")
    at = data.index(b"\xff\xc0") + 5
    assert outcome(save(data[:at] + b"\0\0\0\0" + data[at + 4 :], "zero.jpg"), tmp_path / "out") == "zero_size"


def test_a_jpeg_of_too_many_scans_is_refused_unread(save: Save, tmp_path: Path) -> None:
    data = encoded(scene(64, 64), "JPEG", progressive=True)
    empty = b"\xff\xda" + struct.pack(">HBBBBBB", 8, 1, 1, 0, 1, 63, 0)
    assert outcome(save(data[:-2] + empty * 2000 + data[-2:], "scans.jpg"), tmp_path / "out") == "unreadable"


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.jpg", "empty_file"),
        (b"hello, this is no photo", "a.jpg", "not_an_image"),
        (b"GIF89a" + bytes(100), "a.gif", "unsupported_format"),
        (b"8BPS\0\1" + bytes(100), "a.jpg", "unsupported_format"),
        (b"<?xml version='1.0'?>\n<svg onload='x'/>", "a.png", "unsupported_format"),
        (b"%PDF-1.7", "a.jpg", "unsupported_format"),
        (b"\xff\xd8", "a.jpg", "truncated"),
        (b"\xff\xd8\xff\xe0" + bytes(500), "a.jpg", "unreadable"),
        (b"II*\0" + bytes(4), "a.tif", "unreadable"),
        (b"II*\0" + b"\xff" * 400, "a.dng", "unreadable"),
        (b"\0\0\0\x18ftypheic" + bytes(100), "a.heic", "unreadable"),
        (b"RIFF\xff\xff\xff\xffWEBPVP8 " + bytes(40), "a.webp", "unreadable"),
    ],
)
def test_what_is_no_photo_is_refused_by_what_it_is(
    save: Save, tmp_path: Path, data: bytes, name: str, code: str
) -> None:
    assert outcome(save(data, name), tmp_path / "out") == code


def test_a_png_called_jpg_is_shown_and_told(save: Save, tmp_path: Path) -> None:
    assert outcome(save(encoded(scene(), "PNG"), "a.jpg"), tmp_path / "out") == {"wrong_extension"}


def test_random_bytes_behind_every_magic_never_raise_anything_else(save: Save, tmp_path: Path) -> None:
    random = np.random.default_rng(7)
    whole = {kind: encoded(scene(90, 70), kind) for kind in ("JPEG", "PNG", "TIFF", "WEBP", "AVIF", "HEIF")}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for number in range(120):
            kind = list(whole)[number % len(whole)]
            data = bytearray(whole[kind])
            for at in random.integers(8, len(data), 12):
                data[at] = random.integers(0, 256)
            outcome(
                save(bytes(data), f"{number}.jpg"),
                tmp_path / "out",
                limits=Limits(camera_megapixels=1, other_megapixels=1),
            )
