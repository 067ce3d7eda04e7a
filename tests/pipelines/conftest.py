import io
import os
from pathlib import Path

import pytest
from PIL import Image

from tests.pipelines.pictures import Save

_SIBLING = Path(__file__).resolve().parents[3] / "shared" / "samples"
_SAMPLES = Path(os.environ.get("SAFELIGHT_SAMPLES", _SIBLING))


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Write an image to a file: save(image, "name.jpg", exif=…, …)."""

    def write(image: Image.Image | bytes, name: str, **options: object) -> Path:
        path = tmp_path / name
        if isinstance(image, bytes):
            path.write_bytes(image)
            return path
        kind = {"jpg": "JPEG", "tif": "TIFF", "heic": "HEIF"}.get(path.suffix[1:], path.suffix[1:].upper())
        out = io.BytesIO()
        image.save(out, kind, **options)
        path.write_bytes(out.getvalue())
        return path

    return write


@pytest.fixture(scope="session")
def samples() -> Path:
    if not _SAMPLES.is_dir():
        pytest.skip("no sample photographs: set SAFELIGHT_SAMPLES to their folder")
    return _SAMPLES
