from pathlib import Path

import pytest

from storage import BadUrl, from_url, masked
from storage.local import LocalStore
from storage.memory import MemoryStore
from storage.minio import MinioStore
from storage.url import RESERVE


def test_each_scheme_makes_its_store(tmp_path: Path) -> None:
    local = from_url(f"file://{tmp_path}/a%20b")
    assert isinstance(local, LocalStore)
    assert local.root == tmp_path / "a b"
    assert local.reserve_bytes == RESERVE
    assert isinstance(from_url("memory://"), MemoryStore)
    assert isinstance(
        from_url(f"s3://key:secret@127.0.0.1:9/bucket?secure=0&region=eu&staging={tmp_path}/s"), MinioStore
    )


@pytest.mark.parametrize(("url", "reason"), [
    ("", "scheme"), ("http://x", "scheme"), ("file:relative", "path"), ("file://host/x", "path"), ("file:///x?reserve=-1", "option"),
    ("file:///x?typo=1", "option"), ("s3://key:hunter2@h", "bucket"), ("s3://key:hunter2@h/B", "bucket"), ("s3://h/bucket", "credentials"),
    ("s3://key:hunter2@h:port/bucket", "syntax"), ("s3://key:hunter2@h/bucket?secure=yes", "option"), ("s3://k:hunter2@[h/bucket", "syntax"),
    ("s3://k:hunter2@h/bucket?verify=no", "option"),
])  # fmt: skip
def test_a_bad_address_is_refused_without_its_secret(url: str, reason: str) -> None:
    with pytest.raises(BadUrl) as caught:
        from_url(url)
    assert caught.value.params["reason"] == reason
    assert "hunter2" not in str(caught.value) + repr(caught.value) + repr(caught.value.__cause__)
    assert "hunter2" not in masked(url)


def test_masked_keeps_what_helps() -> None:
    assert masked("s3://key:secret@host:9000/bucket?region=x") == "s3://host:9000/bucket"
    assert masked("file:///srv/photos") == "file:///srv/photos"
