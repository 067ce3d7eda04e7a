"""The running studio and the small shoot that flows share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.sample_shoot import draw_shoot
from tests.flows.studio_process import House, running_house

SMALL = 0.12  # of a camera's side


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A studio's process tree for the whole run."""
    with running_house(tmp_path_factory.mktemp("house")) as running:
        yield running


@pytest.fixture(scope="session")
def shoot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six small photos and a RAW file."""
    folder = tmp_path_factory.mktemp("shoot")
    draw_shoot(folder, photos=6, raws=1, workers=1, scale=SMALL)
    return folder
