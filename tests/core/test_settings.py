"""Settings that cannot be meant are refused with a sentence; usual spellings of an address are understood."""

from pathlib import Path

import pytest

from app.core.settings import SettingsError
from tests.conftest import settings_in


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("SAFELIGHT_WORKERS", "0"),
        ("SAFELIGHT_WORKERS", "-1"),
        ("SAFELIGHT_LEASE_S", "nan"),
        ("SAFELIGHT_LEASE_S", "inf"),
        ("SAFELIGHT_LEASE_S", "-3"),
        ("SAFELIGHT_RESERVE_BYTES", "-1"),
        ("SAFELIGHT_MAX_MEGAPIXELS", "0"),
        ("SAFELIGHT_TIMEZONE", "Mars/Olympus"),
        ("SAFELIGHT_TIMEZONE", "../etc/passwd"),
        ("SAFELIGHT_SECRET", "short"),
        ("SAFELIGHT_DATABASE_URL", "mysql://root@host/db"),
        ("SAFELIGHT_DATABASE_URL", "safelight.db"),
        ("SAFELIGHT_BROKER_URL", "amqp://host"),
        ("SAFELIGHT_STORAGE_URL", "/srv/photos"),
        ("SAFELIGHT_STORAGE_URL", "minio://KEY:SECRET@host/bucket"),
        ("SAFELIGHT_BASE_URL", "photos.example.com"),
        ("SAFELIGHT_BASE_URL", "https://example.com/photos"),
        ("SAFELIGHT_BASE_URL", "https://host:port"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        settings_in(tmp_path, **{name: value})


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_usual_spelling_of_postgres_is_understood(tmp_path: Path, scheme: str) -> None:
    found = settings_in(tmp_path, SAFELIGHT_DATABASE_URL=f"{scheme}://u:p@host/db")
    assert found.database_url == "postgresql+psycopg://u:p@host/db"


def test_a_plain_sqlite_address_gets_its_driver(tmp_path: Path) -> None:
    assert (
        settings_in(tmp_path, SAFELIGHT_DATABASE_URL="sqlite:////x/y.db").database_url == "sqlite+aiosqlite:////x/y.db"
    )


def test_the_largest_picture_is_a_setting(tmp_path: Path) -> None:
    assert settings_in(tmp_path, SAFELIGHT_MAX_MEGAPIXELS="50").max_megapixels == 50


def test_a_sentence_never_repeats_a_secret(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        settings_in(tmp_path, SAFELIGHT_STORAGE_URL="minio://AKEY:HIDDEN@host/bucket")

    assert "HIDDEN" not in f"{caught.value} {caught.value.params}"


def test_without_a_secret_only_the_embedded_studio_makes_its_own(tmp_path: Path) -> None:
    assert len(settings_in(tmp_path, SAFELIGHT_SECRET="").secret) >= 32
    with pytest.raises(SettingsError, match=r"token_urlsafe\(32\)"):
        settings_in(tmp_path, SAFELIGHT_SECRET="", SAFELIGHT_DATABASE_URL="postgresql://host/db")
