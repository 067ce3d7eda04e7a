# /// script
# requires-python = ">=3.11"
# dependencies = ["fonttools>=4.55"]
# ///
"""Cut Noto Sans SC down to what a watermark needs: GB 2312, Latin-1 and punctuation.

    uv run tools/make_font.py NotoSansSC_500Medium.ttf LICENSE_FONT

Writes pipelines/fonts/ and prints the new SHA-256, which belongs in pipelines/recipes/__init__.py.
"""

import hashlib
import shutil
import sys
from pathlib import Path

from fontTools import subset

FONTS = Path(__file__).resolve().parent.parent / "pipelines" / "fonts"
NAME = "NotoSansSC-Medium.subset.ttf"


def characters() -> set[int]:
    """Every character of GB 2312 (levels 1 and 2, symbols, full-width forms), Latin-1 and general punctuation."""
    wanted = set(range(0x20, 0x7F)) | set(range(0xA0, 0x180)) | set(range(0x2010, 0x2040)) | {0x20AC, 0x2122, 0xFFE5}
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                wanted.add(ord(bytes((row, cell)).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    return wanted


def main(source: Path, licence: Path) -> None:
    options = subset.Options(
        hinting=False,
        layout_features=["kern"],
        name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14],
        notdef_outline=True,
        recalc_timestamp=False,
    )
    font = subset.load_font(str(source), options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters())
    cutter.subset(font)
    FONTS.mkdir(exist_ok=True)
    subset.save_font(font, str(FONTS / NAME), options)
    shutil.copyfile(licence, FONTS / "OFL.txt")
    data = (FONTS / NAME).read_bytes()
    print(f"{NAME}: {len(data)} bytes, {len(font.getGlyphOrder())} glyphs, sha256 {hashlib.sha256(data).hexdigest()}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
