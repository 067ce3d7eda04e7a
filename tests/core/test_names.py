import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.names import clean_file_name, clean_path, make_unique


@pytest.mark.parametrize(("name", "clean"), [
    ("IMG_1.jpg", "IMG_1.jpg"), ("../../etc/passwd", "passwd"), ("C:\\photos\\a.jpg", "a.jpg"), ("照片 1.jpg", "照片 1.jpg"),
    ("", "file"), ("..", "file"), (".htaccess", "htaccess"), ("a\0b\r\n.jpg", "ab.jpg"), ("\u202egpj.exe", "gpj.exe"),
    ('a"b<c>.jpg', "a_b_c_.jpg"), ("NUL", "_NUL"), ("con.txt", "_con.txt"), ("a. ", "a"), ("e\u0301.jpg", "é.jpg"),
])  # fmt: skip
def test_a_name_is_made_safe(name: str, clean: str) -> None:
    assert clean_file_name(name) == clean


@given(st.text())
def test_any_text_becomes_one_safe_segment(text: str) -> None:
    clean = clean_file_name(text)
    assert 0 < len(clean.encode()) <= 180
    assert not set(clean) & set('/\\\0\r\n"<>:|?*')
    assert clean not in {".", ".."}
    assert clean_file_name(clean) == clean
    assert not clean_path(text).startswith("/")
    assert ".." not in clean_path(text).split("/")


def test_a_long_name_keeps_its_suffix() -> None:
    assert clean_file_name("照" * 200 + ".jpg").endswith("照.jpg")


@given(st.lists(st.sampled_from(["a.jpg", "A.jpg", "a (2).jpg", "b", "b (2)", "x/a.jpg"])))
def test_no_two_names_are_alike(names: list[str]) -> None:
    unique = make_unique(names)
    assert len({name.casefold() for name in unique}) == len(names)
    assert [u for u, n in zip(unique, names, strict=True) if u == n or "(" in u] == unique
