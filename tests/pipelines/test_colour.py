import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from pipelines.run import render
from pipelines.steps.colour import srgb_profile
from tests.pipelines.pictures import Save, delta_e, plain, scene

TAGGED = (
    "adobergb_5dm2.jpg",
    "cmyk_swop.jpg",
    "gray_dotgain20.jpg",
    "p3.png",
    "p3_iphone7.heic",
    "prophoto.png",
    "prophoto_photo_6mp.jpg",
    "rgba_adobergb.tif",
    "tiff16_prophoto_from_arw.tif",
)


def first(result: object) -> Image.Image:
    with Image.open(result.renditions[0].path) as made:  # type: ignore[attr-defined]
        return made.convert("RGB")


def reference(source: Path, size: tuple[int, int]) -> Image.Image:
    """What LittleCMS makes of a file by its own profile."""
    with Image.open(source) as image:
        image.load()
        icc = image.info.get("icc_profile")
        if image.mode == "RGBA":
            paper = Image.new("RGB", image.size, (255, 255, 255))
            paper.paste(image, mask=image.getchannel("A"))
        else:
            paper = image
        profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        converted = ImageCms.profileToProfile(paper, profile, ImageCms.createProfile("sRGB"), outputMode="RGB")
        return converted.resize(size, Image.Resampling.LANCZOS)


@pytest.mark.parametrize("name", TAGGED)
def test_a_tagged_photo_gets_the_colours_littlecms_gives(samples: Path, tmp_path: Path, name: str) -> None:
    made = first(render(samples / "colour" / name, [plain(1024)], tmp_path / "out"))
    assert delta_e(made, reference(samples / "colour" / name, made.size)) < 1.5


def test_an_untagged_photo_is_srgb(save: Save, tmp_path: Path) -> None:
    source = save(scene(), "untagged.png")
    assert delta_e(first(render(source, [plain()], tmp_path / "out")), scene()) < 1.0


def test_a_profile_that_is_srgb_by_another_name_changes_nothing(save: Save, tmp_path: Path) -> None:
    source = save(scene(), "tagged.png", icc_profile=srgb_profile())
    untagged = save(scene(), "untagged.png")
    one = render(source, [plain()], tmp_path / "a").renditions[0]
    other = render(untagged, [plain()], tmp_path / "b").renditions[0]
    assert one.sha256 == other.sha256


@pytest.mark.parametrize(
    "icc", [b"", b"x" * 20, srgb_profile()[:200], b"\0" * 600], ids=["none", "short", "cut", "zeros"]
)
def test_a_broken_profile_counts_as_none_and_is_told(save: Save, tmp_path: Path, icc: bytes) -> None:
    source = save(scene(), "broken.jpg", icc_profile=icc, quality=95)
    result = render(source, [plain()], tmp_path / "out")
    assert delta_e(first(result), scene()) < 3
    assert [warning.code for warning in result.warnings] == (["bad_icc"] if icc else [])


def test_an_rgb_profile_in_a_grey_photo_is_not_believed(save: Save, tmp_path: Path) -> None:
    source = save(scene().convert("L"), "grey.jpg", icc_profile=srgb_profile())
    result = render(source, [plain()], tmp_path / "out")
    assert [warning.code for warning in result.warnings] == ["bad_icc"]


def test_cmyk_without_profile_is_shown_and_told(save: Save, tmp_path: Path) -> None:
    source = save(scene().convert("CMYK"), "print.jpg", quality=95)
    result = render(source, [plain()], tmp_path / "out")
    assert [warning.code for warning in result.warnings] == ["cmyk_without_profile"]
    red = np.asarray(first(result))[20, 20]
    assert red[0] > 120
    assert red[1] < 90


def test_16_bit_grey_keeps_its_middle(save: Save, tmp_path: Path) -> None:
    deep = Image.fromarray(np.full((64, 64), 128 * 257, dtype=np.uint16))
    source = save(deep, "deep.png")
    assert abs(int(np.asarray(first(render(source, [plain()], tmp_path / "out"))).mean()) - 128) <= 1


def test_transparency_lies_on_white_paper(save: Save, tmp_path: Path) -> None:
    source = save(Image.new("RGBA", (80, 60), (10, 200, 30, 0)), "clear.png")
    assert np.asarray(first(render(source, [plain()], tmp_path / "out"))).min() >= 254


def test_lab_comes_out_in_its_colours(samples: Path, tmp_path: Path) -> None:
    made = first(render(samples / "colour" / "lab.tif", [plain()], tmp_path / "out"))
    with Image.open(samples / "colour" / "lab.tif") as lab:
        lab.load()
        way = ImageCms.buildTransform(ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), "LAB", "RGB")
        assert delta_e(made, ImageCms.applyTransform(lab, way)) < 2.5


def test_a_high_dynamic_range_photo_is_toned_and_told(samples: Path, tmp_path: Path) -> None:
    result = render(samples / "colour" / "p3_10bit_hdr.avif", [plain(400)], tmp_path / "out")
    assert [warning.code for warning in result.warnings] == ["clipped_hdr"]
    assert 60 < np.asarray(first(result)).mean() < 190


def test_a_camera_s_mark_of_adobe_rgb_is_honoured_without_a_profile(save: Save, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Canon"
    exif.get_ifd(0x8769)[0xA001] = 0xFFFF
    exif.get_ifd(0x8769)[0xA005] = {1: "R03"}
    image = Image.new("RGB", (64, 64), (100, 180, 90))
    marked = first(render(save(image, "marked.png", exif=exif), [plain()], tmp_path / "a"))
    bare = first(render(save(image, "bare.png"), [plain()], tmp_path / "b"))
    assert bare.getpixel((9, 9)) == pytest.approx((100, 180, 90), abs=2)
    assert marked.getpixel((9, 9)) == pytest.approx((0, 181, 85), abs=5)


def test_every_rendition_carries_the_same_srgb_profile(save: Save, tmp_path: Path) -> None:
    result = render(save(scene(), "a.jpg"), [plain(), plain(name="w", format="webp")], tmp_path / "out")
    for rendition in result.renditions:
        with Image.open(rendition.path) as made:
            assert made.info["icc_profile"] == srgb_profile()
