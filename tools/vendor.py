"""Refresh the vendored front-end files from npm: `python tools/vendor.py`. Needs npm here, never at run time."""

import re
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

VENDOR = Path(__file__).parents[1] / "portal" / "static" / "vendor"
HTMX = "htmx.org@4.0.1"
SCALAR = "@scalar/api-reference@1.46.4"
TUS = "tus-js-client@4.3.1"
LUCIDE = "lucide-static@1.62.0"
FILES = {
    HTMX: {"dist/htmx.min.js": "htmx.min.js", "LICENSE": "LICENSE"},
    TUS: {"dist/tus.min.js": "tus.min.js", "LICENSE": "LICENSE"},
    SCALAR: {"dist/browser/standalone.js": "standalone.js"},
}
MIT = """MIT License

Copyright (c) {}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""
ICONS = """
archive arrow-left calendar camera check chevron-down chevron-left chevron-right circle circle-alert circle-check
circle-dot circle-x clipboard-check clock columns-2 copy download ellipsis external-link eye file-archive folder-open
hand heart house image image-off images inbox info key-round languages list-checks lock log-in log-out message-circle
package-open palette pencil plus refresh-cw rotate-ccw search send settings trash-2 triangle-alert undo-2 upload user
users wallet x
"""


def unpack(package: str, into: Path) -> Path:
    """Fetch a package by npm's own client and unpack it."""
    subprocess.run(["npm", "pack", "--silent", package], cwd=into, check=True, stdout=subprocess.DEVNULL)
    archive = next(into.glob("*.tgz"))
    with tarfile.open(archive) as tar:
        tar.extractall(into, filter="data")
    archive.unlink()
    return into / "package"


def renew(package: str) -> Path:
    """Empty a vendored package's folder."""
    folder = VENDOR / package
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def copy(package: str, source: Path) -> None:
    """Copy the files we use."""
    folder = renew(package)
    if package == SCALAR:  # the package names its licence (MIT) without its text
        (folder / "LICENSE").write_text(MIT.format("2023-present Scalar"), encoding="utf-8")
    for name, ours in FILES[package].items():
        text = (source / name).read_text(encoding="utf-8")
        (folder / ours).write_text(re.sub(r"\n?//# sourceMappingURL=\S+", "", text), encoding="utf-8")


def sprite(package: str, source: Path) -> None:
    """Join the icons we use into one file of symbols."""
    folder = renew(package)
    symbols = []
    for name in sorted(ICONS.split()):
        body = re.search(r"<svg[^>]*>(.*)</svg>", (source / "icons" / f"{name}.svg").read_text(), re.DOTALL)
        if body is None:
            raise SystemExit(f"no such icon: {name}")
        shapes = re.sub(r"\s*\n\s*", "", body[1])
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>')
    head = f"<!-- Icons of {package}, ISC licence, see LICENSE beside this file. -->\n"
    text = '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"
    (folder / "icons.svg").write_text(head + text, encoding="utf-8")
    shutil.copy(source / "LICENSE", folder / "LICENSE")


def main() -> None:
    """Refresh everything."""
    for package, take in ((HTMX, copy), (TUS, copy), (SCALAR, copy), (LUCIDE, sprite)):
        with tempfile.TemporaryDirectory() as name:
            take(package, unpack(package, Path(name)))
        print(package)


if __name__ == "__main__":
    main()
