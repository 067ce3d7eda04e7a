from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import BadKey
from storage.keys import check_key, original_key, photo_prefix, rendition_key, scratch_key, upload_key

ID = UUID("01900000-0000-7000-8000-000000000001")


def test_keys_say_whose_they_are() -> None:
    assert rendition_key("s", "o", "p", "v", "proof", "abc") == "s/o/p/v/proof-abc.jpg"
    assert original_key("s", "o", "p", "v", "f", "cr3") == "s/o/p/v/original-f.cr3"
    assert upload_key("s", "o", "f") == "s/o/files/f.bin"
    assert scratch_key("s", "j", "look") == "s/scratch/j/look.jpg"
    assert photo_prefix("s", "o", "p") == "s/o/p/"
    assert photo_prefix("s", "o") == "s/o/"


def test_keys_of_ids_are_good_keys() -> None:
    for key in (rendition_key(ID, ID, ID, ID, "proof", "f" * 64), original_key(ID, ID, ID, ID, ID, "dng")):
        assert check_key(key) == key


@pytest.mark.parametrize("part", ["..", "a/b", "", "A", "a.b", "照", "a b", "x" * 65, "a\n"])
def test_no_part_can_leave_its_place(part: str) -> None:
    with pytest.raises(BadKey):
        rendition_key("s", "o", "p", part, "proof", "abc")
    with pytest.raises(BadKey):
        original_key("s", "o", "p", "v", "f", part)


@given(st.text(alphabet="ab./-_\\A\0 ", max_size=20))
def test_a_good_key_stays_below_its_root(key: str) -> None:
    try:
        check_key(key)
    except BadKey:
        return
    assert all(segment not in {"", ".", ".."} and not segment.startswith(".") for segment in key.split("/"))
