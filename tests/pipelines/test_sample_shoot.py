import io
from datetime import datetime
from hashlib import sha256

import numpy as np
import pytest
import rawpy
from PIL import Image, ImageOps

from pipelines.sample import shoot
from pipelines.sample.plan import frames
from pipelines.sample_shoot import draw_shoot, retouch, shot_list

SMALL = 0.1


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return draw_shoot(tmp_path_factory.mktemp("shoot"), workers=1, scale=SMALL)


def bytes_of(paths):
    return [sha256(path.read_bytes()).hexdigest() for path in paths]


def exif_of(path):
    with Image.open(path) as image:
        exif = image.getexif()
        return dict(exif), dict(exif.get_ifd(0x8769))


def developed(path):
    with rawpy.imread(str(path)) as raw:
        thumb = raw.extract_thumb()
        assert thumb.format == rawpy.ThumbFormat.JPEG
        pixels = raw.postprocess(use_camera_wb=True, no_auto_bright=True, gamma=(2.4, 12.92))
        flip = raw.sizes.flip
    preview = Image.open(io.BytesIO(thumb.data)).convert("RGB")
    if flip:
        preview = preview.transpose({6: Image.Transpose.ROTATE_270, 5: Image.Transpose.ROTATE_90}[flip])
    return pixels, preview


def coarse(image, size=(120, 120)):
    return np.asarray(image.resize(size, Image.Resampling.BOX), np.float64)


def test_the_shoot_has_four_parts_and_says_what_it_holds():
    shots = shot_list()
    assert len(shots) == 26
    assert [s.kind for s in shots].count("dng") == 2
    assert list(dict.fromkeys(s.section for s in shots)) == ["seaside", "old_town", "indoors", "night"]
    assert len({s.scene for s in shots}) == 26
    assert shots[0].name == "SLT_0412.JPG"


def test_more_photos_are_variations_with_names_of_their_own():
    shots = shot_list(photos=60, raws=5)
    assert len({s.name for s in shots}) == 65
    assert [s.captured_at for s in shots] == sorted(s.captured_at for s in shots)
    planned = frames(60, 5, 7)
    assert len({(f.shot.scene, f.seed) for f in planned}) == 65


def test_every_file_is_written_and_different(small):
    assert all(path.is_file() for path in small)
    assert len(set(bytes_of(small))) == 26
    assert not list(small[0].parent.glob(".*"))


def test_capture_times_grow_over_one_day(small):
    times = []
    for path, shot in zip(small, shot_list(), strict=True):
        main, inner = exif_of(path)
        assert (main[0x010F], main[0x0110]) == ("Safelight", "SL-1")
        assert {0x829A, 0x829D, 0x8827, 0x920A, 0xA434} <= inner.keys()
        stamp = f"{inner[0x9003]}.{inner[0x9291]}{inner[0x9011]}"
        taken = datetime.strptime(stamp, "%Y:%m:%d %H:%M:%S.%f%z")
        assert taken == datetime.fromisoformat(shot.captured_at)
        times.append(taken)
    assert times == sorted(set(times))
    assert times[0].date() == times[-1].date()
    assert 5400 < (times[-1] - times[0]).total_seconds() < 9000


def test_some_are_stored_turned_as_a_camera_held_upright_does(small):
    turns = [exif_of(path)[0].get(0x0112) for path in small]
    assert {1, 6, 8} == set(turns)
    path = small[4]
    with Image.open(path) as image:
        assert image.width > image.height
        upright = ImageOps.exif_transpose(image)
    assert upright.height > upright.width


def test_the_same_seed_gives_the_same_bytes(small, tmp_path):
    assert bytes_of(draw_shoot(tmp_path, photos=3, raws=1, workers=1, scale=SMALL)) == bytes_of(
        draw_shoot(tmp_path / "again", photos=3, raws=1, workers=2, scale=SMALL),
    )


def test_another_seed_gives_other_pictures(small, tmp_path):
    other = draw_shoot(tmp_path, photos=2, raws=0, seed=8, workers=1, scale=SMALL)
    assert not set(bytes_of(other)) & set(bytes_of(small))


def test_what_is_there_is_kept_and_what_is_torn_is_drawn_again(tmp_path):
    seen = []
    paths = draw_shoot(tmp_path, photos=2, raws=0, workers=1, scale=SMALL)
    whole = paths[1].read_bytes()
    paths[1].write_bytes(whole[: len(whole) // 2])
    before = paths[0].stat().st_mtime_ns
    draw_shoot(tmp_path, photos=2, raws=0, workers=1, scale=SMALL, on_done=lambda s, d, n: seen.append((s.name, d, n)))
    assert paths[0].stat().st_mtime_ns == before
    assert paths[1].read_bytes() == whole
    assert seen == [("SLT_0412.JPG", 1, 2), ("SLT_0413.JPG", 2, 2)]


@pytest.mark.slow
def test_full_size_is_at_least_twelve_megapixels(tmp_path):
    planned = frames(24, 2, 7)
    for frame in (planned[4], next(f for f in planned if f.shot.kind == "dng")):
        path = shoot.write(frame, tmp_path, 1.0)
        if frame.shot.kind == "dng":
            pixels, preview = developed(path)
            assert pixels.shape[0] * pixels.shape[1] >= 12_000_000
            assert max(preview.size) >= 1600
            assert np.abs(coarse(Image.fromarray(pixels)) - coarse(preview)).mean() < 2
        else:
            with Image.open(path) as image:
                assert image.width * image.height >= 12_000_000
    assert all(f.scene.width * f.scene.height >= 12_000_000 for f in planned)


def test_raw_files_develop_to_their_preview_without_a_cast(small):
    raws = [path for path in small if path.suffix == ".DNG"]
    turned = []
    for path in raws:
        pixels, preview = developed(path)
        assert pixels.shape[1::-1] == preview.size
        off = coarse(Image.fromarray(pixels)) - coarse(preview)
        assert np.abs(off).mean() < 3
        assert np.ptp(off.mean((0, 1))) < 1.5
        turned.append(pixels.shape[0] > pixels.shape[1])
    assert turned == [False, True]


@pytest.mark.parametrize("index", [3, 4, 18])
def test_a_finished_file_is_upright_brighter_and_keeps_its_time(small, tmp_path, index):
    source, target = small[index], tmp_path / "done.jpg"
    retouch(source, target)
    _, inner = exif_of(source)
    main, kept = exif_of(target)
    assert (kept[0x9003], kept[0x9011], kept[0x9291]) == (inner[0x9003], inner[0x9011], inner[0x9291])
    assert main.get(0x0112, 1) == 1
    assert 0x8825 not in main
    if source.suffix == ".DNG":
        original = Image.fromarray(developed(source)[0])
    else:
        with Image.open(source) as image:
            original = ImageOps.exif_transpose(image)
    with Image.open(target) as done:
        assert done.size == original.size
        change = coarse(done) - coarse(original)
    assert change.mean() > 1
    assert np.abs(change).max() < 60
    assert [p.name for p in tmp_path.iterdir()] == ["done.jpg"]
