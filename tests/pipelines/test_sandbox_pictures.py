import os
from pathlib import Path

import pytest
from PIL import Image

from pipelines.errors import Refused
from pipelines.recipes import Recipe
from pipelines.sandbox import Sandbox, SandboxCrashed
from tests.pipelines.sandbox_run import TASKS, do

REPOSITORY = Path(__file__).resolve().parents[2]
SAMPLES = Path(os.environ.get("SAFELIGHT_SAMPLES", REPOSITORY.parent / "shared" / "samples"))
FILES = {"pillow.avif", "pillow.jpeg", "pillow.png", "pillow.tiff", "pillow.webp", "simple.jpg", "vips.jpg"}


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox() as running:
        yield running


def sample(name: str) -> Path:
    path = SAMPLES / name
    if not path.is_file():
        pytest.skip(f"sample {name} is not here")
    return path


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.jpg"
    Image.radial_gradient("L").resize((1200, 800)).convert("RGB").save(path, quality=90)
    return path


def test_every_library_works_on_a_jpeg_under_confinement(sandbox, tmp_path, photo):
    made = do(sandbox, "decode", tmp_path / "out", read=[photo], source=str(photo), kind="jpeg")
    assert (made["simplejpeg"], made["pillow"]) == ([800, 1200], [1200, 800])
    assert set(made["files"]) == FILES


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("jpeg/unsplash_clownfish_24mp.jpg", "jpeg"),
        ("jpeg/leica_t_o8_16mp.jpg", "jpeg"),
        ("colour/p3_iphone7.heic", "heic"),
        ("raw/sony_a7rm3_crop18mp.ARW", "raw"),
        ("raw/synthetic_24mp_o6_preview.dng", "raw"),
        ("raw/canon_eos_d30.CRW", "raw"),
    ],
)
def test_camera_files_are_decoded_under_confinement(sandbox, tmp_path, name, kind):
    source = sample(name)
    made = do(sandbox, "decode", tmp_path / "out", read=[source], source=str(source), kind=kind)
    assert made
    assert kind == "raw" or set(made["files"]) == FILES


@pytest.mark.parametrize(
    "name",
    [
        "jpeg/event_person_bar_24mp.jpg",
        "raw/sony_a7rm3_crop18mp.ARW",
        "colour/p3_iphone7.heic",
        "colour/p3_10bit_hdr.avif",
    ],
)
def test_a_photo_is_rendered_in_the_sandbox(sandbox, tmp_path, name):
    result = sandbox.render(
        sample(name), [Recipe(name="grid", long_side=400, quality=80)], tmp_path / "out", develop=True
    )
    (made,) = result.renditions
    with Image.open(made.path) as picture:
        assert max(picture.size) == 400


def test_a_rendered_photo_comes_back_as_files_and_facts(sandbox, tmp_path, photo):
    result = sandbox.render(photo, [Recipe(name="grid", long_side=400, quality=80)], tmp_path / "out")
    (made,) = result.renditions
    assert (result.width, result.height, made.width) == (1200, 800, 400)
    assert Path(made.path).stat().st_size == made.size


def test_what_is_no_picture_is_refused(sandbox, tmp_path):
    source = tmp_path / "photo.jpg"
    source.write_text("this is no picture")
    with pytest.raises(Refused):
        sandbox.render(source, [Recipe(name="grid", long_side=400, quality=80)], tmp_path / "out")


def test_a_path_made_up_by_a_child_is_not_believed(tmp_path, photo):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    with Sandbox(task=f"{TASKS}:lie") as sandbox, pytest.raises(SandboxCrashed) as crashed:
        sandbox.render(photo, [Recipe(name=str(secret), long_side=400, quality=80)], tmp_path / "out")
    assert crashed.value.params == {"reason": "garbled"}
