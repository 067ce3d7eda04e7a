"""A document's PDF holds its words and pictures, and nothing it does not own."""

import io
from pathlib import Path

import pypdf
import pytest
from PIL import Image

from workers import pdf

PAGE = """{% extends "base.html" %}{% block title %}{{ content.title }}{% endblock %}
{% block main %}<h1>{{ content.title }}</h1><p>{{ content.owed|money }}</p><p>{{ content.day|day }}</p>
<img src="picture:one" alt="">{% if content.more %}<img src="{{ content.more }}" alt="">{% endif %}{% endblock %}"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    templates = tmp_path / "templates"
    (templates / "note").mkdir(parents=True)
    (templates / "note" / "page.html").write_text(PAGE)
    for name in ("base.html", "document.css"):
        (templates / name).write_text((pdf.TEMPLATES / name).read_text())
    monkeypatch.setattr(pdf, "TEMPLATES", templates)
    Image.new("RGB", (60, 40), "green").save(tmp_path / "one.jpg")
    return tmp_path


def write(folder: Path, title: str, more: str = "", language: str = "zh_Hans_CN") -> pypdf.PdfReader:
    content = {"title": title, "owed": {"minor": 16050, "currency": "CNY"}, "day": "2026-06-18", "more": more}
    order = pdf.Order(template="note", language=language, content=content, pictures={"one": "one.jpg"})
    pdf.write_pdf(order, folder, b"one")
    return pypdf.PdfReader(io.BytesIO((folder / "out.pdf").read_bytes()))


def test_words_money_and_days_stand_in_the_readers_language(folder):
    text = write(folder, "收据 <b>王小明</b>").pages[0].extract_text()

    assert "收据 <b>王小明</b>" in text
    assert "¥160.50" in text
    assert "2026年6月18日" in text


def test_english_is_english(folder):
    assert "June 18, 2026" in write(folder, "Receipt", language="en").pages[0].extract_text()


def test_its_picture_is_in_it(folder):
    assert len(write(folder, "x").pages[0].images) == 1


@pytest.mark.parametrize(
    "address", ["file:///etc/hostname", "http://127.0.0.1:1/x.jpg", "picture:../one.jpg", "asset:x"]
)
def test_nothing_else_can_be_reached(folder, address):
    with pytest.raises(pdf.Unreachable):
        write(folder, "x", more=address)


def test_the_same_words_give_the_same_bytes(folder, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    write(folder, "同样")
    first = (folder / "out.pdf").read_bytes()
    write(folder, "同样")

    assert (folder / "out.pdf").read_bytes() == first
