"""A served order, shared by a module's tests."""

import shutil

import pytest

from tests.photos.serving import Sender, begin, client_of, settings_for, web


@pytest.fixture(scope="module")
def sender(tmp_path_factory, sqlite_template):
    folder = tmp_path_factory.mktemp("tus")
    (folder / "var").mkdir()
    shutil.copy(sqlite_template, folder / "var" / "safelight.db")
    settings = settings_for(folder / "var", f"sqlite+aiosqlite:///{folder / 'var' / 'safelight.db'}")
    story, cookie, token = begin(settings)
    with web(settings, folder / "web.log") as pid, client_of(settings, cookie, token) as client:
        yield Sender(settings, story, client, pid)
