"""Write portal/static/css/ratios.css: a class for each ratio portal/pictures.py may name."""

from pathlib import Path

TARGET = Path(__file__).parents[1] / "portal" / "static" / "css" / "ratios.css"


def main() -> None:
    """Write the classes."""
    steps = [*range(10, 201), *range(205, 301, 5), *range(320, 1201, 20)]
    lines = [f".r-{step:03d}{{--r:{step / 100:g}}}" for step in steps]
    fills = [f".f-{half}{{--f:{half / 2:g}}}" for half in range(1, 13)]
    head = "/* Written by tools/ratios.py: the ratio of a picture as a class. */\n@layer parts {\n"
    rows = ["".join(lines[at : at + 6]) for at in range(0, len(lines), 6)] + ["".join(fills)]
    TARGET.write_text(head + "\n".join(rows) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
