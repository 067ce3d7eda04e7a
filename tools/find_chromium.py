"""Find a Chromium that tests can drive: print its path, or exit with 1."""

import os
import shutil
import sys
from pathlib import Path

NAMES = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")
MAC = ("Google Chrome", "Chromium")


def find_chromium() -> str | None:
    """Look at SAFELIGHT_CHROMIUM, PATH, the usual places of macOS, then playwright's own."""
    if wish := os.environ.get("SAFELIGHT_CHROMIUM"):
        return wish if Path(wish).exists() else None
    for name in NAMES:
        path = shutil.which(name)
        if path and not _snap(Path(path)):
            return path
    for name in MAC:
        path = f"/Applications/{name}.app/Contents/MacOS/{name}"
        if Path(path).exists():
            return path
    return _playwrights_own()


def _snap(path: Path) -> bool:
    """Whether it is Ubuntu's snap or the stub for it: it cannot see a test's temporary folders."""
    real = path.resolve()
    with real.open("rb") as file:
        return "snap" in real.parts or real.name == "snap" or b"/snap/" in file.read(4000)


def _playwrights_own() -> str | None:
    folder = Path(
        os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
        or ("~/Library/Caches/ms-playwright" if sys.platform == "darwin" else "~/.cache/ms-playwright")
    ).expanduser()
    places = ("chrome-linux*/chrome", "chrome-mac*/*.app/Contents/MacOS/*")
    found = [path for place in places for path in folder.glob(f"chromium-*/{place}")]
    return str(max(found)) if found else None


if __name__ == "__main__":
    if path := find_chromium():
        print(path)
    else:
        sys.exit(1)
