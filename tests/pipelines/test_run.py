import base64
import hashlib
import random
from pathlib import Path

import numpy as np
import pytest
import simplejpeg
from PIL import Image

from pipelines.recipes import ENGINE, LOOKS, Watermark, recipe_hash, standard_recipes
from pipelines.run import render
from pipelines.steps import encode
from pipelines.thumbhash import thumbhash
from tests.pipelines.pictures import Save, plain, rms, scene

STANDARD = standard_recipes(watermark_text="影坊 样片")


def digests(result: object) -> list[str]:
    return [rendition.sha256 for rendition in result.renditions]  # type: ignore[attr-defined]


def test_grid_proof_and_look_fit_their_long_sides(save: Save, tmp_path: Path) -> None:
    result = render(save(scene(3000, 2001), "big.jpg"), STANDARD, tmp_path / "out")
    sizes = {rendition.recipe: (rendition.width, rendition.height) for rendition in result.renditions}
    assert sizes == {"grid": (400, 267), "proof": (2048, 1366), "look": (2048, 1366), "look-phone": (1080, 720)}
    for rendition in result.renditions:
        data = Path(rendition.path).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (rendition.size, rendition.sha256)
        with Image.open(rendition.path) as made:
            assert made.size == (rendition.width, rendition.height)


def test_a_small_photo_is_never_enlarged(save: Save, tmp_path: Path) -> None:
    result = render(save(scene(120, 90), "small.jpg"), STANDARD, tmp_path / "out")
    assert {(rendition.width, rendition.height) for rendition in result.renditions} == {(120, 90)}


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (7, 5000), (2049, 3), (13, 9)])
def test_odd_shapes_are_rendered(save: Save, tmp_path: Path, size: tuple[int, int]) -> None:
    result = render(save(Image.new("RGB", size, (90, 120, 150)), "odd.jpg"), STANDARD, tmp_path / "out")
    assert max(result.renditions[1].width, result.renditions[1].height) == min(2048, max(size))


def test_all_renditions_come_from_one_decode(save: Save, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    original = simplejpeg.decode_jpeg
    monkeypatch.setattr(simplejpeg, "decode_jpeg", lambda *a, **k: calls.append(1) or original(*a, **k))
    render(save(scene(2600, 1800), "one.jpg"), STANDARD, tmp_path / "out")
    assert len(calls) == 1


def test_a_rendition_has_the_same_bytes_alone_among_others_and_again(save: Save, tmp_path: Path) -> None:
    source = save(scene(2777, 1999), "again.jpg")
    together = digests(render(source, STANDARD, tmp_path / "a"))
    again = digests(render(source, STANDARD, tmp_path / "b"))
    large = plain(4096, name="large")
    alone = [digests(render(source, [recipe, large], tmp_path / recipe.name))[0] for recipe in STANDARD]
    assert together == again == alone


@pytest.mark.parametrize("size", [(2999, 2003), (4001, 2667), (2503, 3331)])
def test_decoding_at_a_reduced_scale_does_not_shift_the_picture(
    save: Save, tmp_path: Path, size: tuple[int, int]
) -> None:
    noise = np.asarray(random.Random(5).choices(range(256), k=60 * 40 * 3), dtype=np.uint8).reshape(40, 60, 3)
    image = Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC)
    source = save(image, "fine.jpg", quality=97, subsampling=0)
    result = render(source, [plain(quality=98)], tmp_path / "out")
    with Image.open(result.renditions[0].path) as made:
        wanted = image.resize(made.size, Image.Resampling.LANCZOS)
        assert 20 * np.log10(255 / rms(made, wanted)) > 44


def test_nothing_the_camera_wrote_leaves_with_a_rendition(save: Save, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0131] = "SecretCam", "SecretSoft"
    exif.get_ifd(0x8769)[0xA431] = "SERIAL-12345"
    exif.get_ifd(0x8825)[1], exif.get_ifd(0x8825)[2] = "N", (31.0, 14.0, 5.0)
    source = save(scene(), "secret.jpg", exif=exif, comment=b"secret note")
    result = render(
        source, [*STANDARD, plain(name="w", format="webp"), plain(name="p", format="png")], tmp_path / "out"
    )
    assert result.metadata.has_gps
    assert result.metadata.has_serial
    for rendition in result.renditions:
        data = Path(rendition.path).read_bytes()
        assert not any(word in data for word in (b"Secret", b"SERIAL", b"secret", b"Exif\0", b"http://ns.adobe.com"))
        with Image.open(rendition.path) as made:
            assert not made.getexif()


def test_a_placeholder_holds_the_shape_and_the_mean_colour(save: Save, tmp_path: Path) -> None:
    result = render(save(Image.new("RGB", (600, 400), (200, 100, 50)), "flat.png"), [plain()], tmp_path / "out")
    hashed = base64.b64decode(result.thumbhash)
    head = int.from_bytes(hashed[:3], "little")
    lightness, yellow_blue, red_green = (head & 63) / 63, (head >> 6 & 63) / 31.5 - 1, (head >> 12 & 63) / 31.5 - 1
    blue = lightness - 2 / 3 * yellow_blue
    red = (3 * lightness - blue + red_green) / 2
    assert [round(255 * value) for value in (red, red - red_green, blue)] == pytest.approx([200, 100, 50], abs=9)
    assert hashed[4] & 0x80  # landscape
    assert len(hashed) < 30


def test_a_placeholder_is_what_the_published_algorithm_gives() -> None:
    y, x = np.mgrid[0:67, 0:100]
    picture = np.stack([(x * x // 50 + y) % 230, (y * y // 30 + x) % 210, (x * y // 40 + 31) % 190], axis=-1).astype(
        np.uint8
    )
    assert thumbhash(picture) == "lQgOHYqAd3hyeHiIh3eHh4IHCOto"
    assert thumbhash(np.ascontiguousarray(picture.transpose(1, 0, 2))) == "lQgOHQqCd3B4iHh4h4eHd4cC6Aa4"


def test_a_recipe_hash_changes_with_anything_that_changes_the_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    mark = Watermark(text="影坊")
    recipes = [
        plain(),
        plain(quality=94),
        plain(look=LOOKS["warm"]),
        plain(look=LOOKS["airy"]),
        plain(watermark=mark),
        plain(watermark=Watermark(text="影坊", font_sha256="0" * 64)),
        plain(watermark=Watermark(text="影 坊")),
    ]
    hashes = {recipe_hash(recipe, basis) for recipe in recipes for basis in ("image", "preview", "half")}
    assert len(hashes) == 21
    assert all(len(value) == 16 and int(value, 16) >= 0 for value in hashes)
    monkeypatch.setattr("pipelines.recipes.ENGINE", ENGINE + 1)
    assert recipe_hash(plain(), "image") not in hashes


def test_half_written_files_are_never_left(save: Save, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = save(scene(), "a.jpg")
    monkeypatch.setattr(encode, "srgb_profile", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        render(source, [plain()], tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_file_of_several_pictures_gives_its_main_one(save: Save, tmp_path: Path) -> None:
    source = save(
        scene(640, 480), "stereo.mpo", save_all=True, append_images=[Image.new("RGB", (640, 480), (255, 0, 0))]
    )
    result = render(source, [plain()], tmp_path / "out")
    with Image.open(result.renditions[0].path) as made:
        assert rms(made, scene(640, 480)) < 10
    assert result.format == "jpeg"
    assert result.warnings == []
