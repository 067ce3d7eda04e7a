from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipelines.run import render
from tests.pipelines.pictures import plain, rms

FILES = {
    "canon_eos_d30.CRW": (2176, 1448, "preview", set()),
    "kodak_dc50.KDC": (768, 512, "half", set()),
    "magiclantern_kiss_x4_uncompressed.dng": (1734, 1156, "half", {"odd_exif"}),
    "sony_a7rm3_crop18mp.ARW": (5184, 3464, "preview", set()),
    "synthetic_24mp_o6_preview.dng": (4000, 6000, "preview", {"odd_preview"}),
}


def picture(result: object) -> Image.Image:
    with Image.open(result.renditions[0].path) as made:  # type: ignore[attr-defined]
        return made.convert("RGB")


@pytest.mark.parametrize("name", FILES)
def test_a_raw_file_shows_its_preview_first_if_it_is_large_enough(samples: Path, tmp_path: Path, name: str) -> None:
    width, height, basis, warned = FILES[name]
    result = render(samples / "raw" / name, [plain(400)], tmp_path / "out")
    assert (result.format, result.width, result.height, result.basis) == ("raw", width, height, basis)
    assert result.wants_development == (basis == "preview")
    assert {warning.code for warning in result.warnings} == warned


@pytest.mark.parametrize("name", FILES)
def test_a_development_replaces_the_preview_and_resembles_it(samples: Path, tmp_path: Path, name: str) -> None:
    source = samples / "raw" / name
    developed = render(source, [plain(400)], tmp_path / "b", develop=True)
    assert (developed.basis, developed.wants_development) == ("half", False)
    shown = picture(render(source, [plain(400)], tmp_path / "a"))
    final = picture(developed)
    assert abs(final.width - shown.width) <= 3  # a preview may be cropped by a hair
    small = [np.asarray(image.convert("L").resize((24, 24), Image.Resampling.BOX), float) for image in (shown, final)]
    assert np.corrcoef(small[0].ravel(), small[1].ravel())[0, 1] > 0.85
    assert abs(small[0].mean() - small[1].mean()) < 45


def test_a_turned_raw_file_is_upright_both_ways(samples: Path, tmp_path: Path) -> None:
    source = samples / "raw" / "synthetic_24mp_o6_preview.dng"
    shown, final = (
        picture(render(source, [plain(400)], tmp_path / str(develop), develop=develop)) for develop in (False, True)
    )
    assert shown.size == final.size == (267, 400)
    assert rms(shown, final) < 60 < rms(shown.rotate(180), final)


def test_developing_again_gives_the_same_bytes(samples: Path, tmp_path: Path) -> None:
    source = samples / "raw" / "canon_eos_d30.CRW"
    first, again = (render(source, [plain(400)], tmp_path / part, develop=True).renditions[0] for part in "ab")
    assert first.sha256 == again.sha256
    preview = render(source, [plain(400)], tmp_path / "c").renditions[0]
    assert preview.recipe_hash != first.recipe_hash


def test_a_tiff_named_like_raw_that_libraw_cannot_read_is_refused_or_shown(tmp_path: Path) -> None:
    source = tmp_path / "fake.nef"
    Image.new("RGB", (64, 48), (120, 90, 60)).save(source, "TIFF")
    from pipelines.errors import Refused

    with pytest.raises(Refused) as refused:
        render(source, [plain(400)], tmp_path / "out")
    assert refused.value.code == "unreadable"
