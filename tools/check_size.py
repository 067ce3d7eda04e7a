"""No source file is longer than 400 lines."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIMIT = 400
KINDS = {".py", ".html", ".js", ".css", ".sh", ".jinja"}
FOLDERS = ("app", "portal", "workers", "pipelines", "storage", "tests", "tools", "benchmarks", "deploy")
# Vendored files keep their form.
APART = ("portal/static/vendor/",)


def too_long() -> list[str]:
    """Name each file that is too long, with its length."""
    found = []
    for path in (path for folder in FOLDERS for path in (ROOT / folder).rglob("*")):
        name = path.relative_to(ROOT).as_posix()
        if path.suffix not in KINDS or name.startswith(APART) or not path.is_file():
            continue
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > LIMIT:
            found.append(f"{name}: {lines} lines, {LIMIT} are the limit")
    return sorted(found)


if __name__ == "__main__":
    long = too_long()
    print("\n".join(long))
    sys.exit(1 if long else 0)
