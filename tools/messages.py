"""Every sentence a person may read stands in Chinese in app/core/locales/zh_Hans_CN/*.po, once, with the same blanks.

Fails on a sentence that is missing, empty, fuzzy, or filled otherwise than the English one, on two translations of
one sentence, and on a translation nobody asks for. `--write-missing FILE.po` appends empty entries for the missing.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
LOCALE = "zh_Hans_CN"
FOLDERS = ("app", "portal", "workers", "pipelines", "storage")
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    **dict.fromkeys(("_", "N_", "gettext", "gettext_", "lazy_gettext")),
    **dict.fromkeys(("ngettext", "ngettext_", "nN_"), (1, 2)),
    "pgettext": ((1, "c"), 2),
}
BLANK = re.compile(r"%\((\w+)\)")
CODE = re.compile(r"[a-z][a-z0-9]*(?:[._][a-z0-9]+)*")  # a key such as wrong_pin: looked for as a string
TEMPLATES = {".html", ".txt", ".xml", ".svg"}

OPTIONS = {"python": {"encoding": "utf-8"}, "jinja2": {"encoding": "utf-8", "silent": "false", "trimmed": "true"}}

Key = tuple[str | None, str | tuple[str, ...]]


class Entry(NamedTuple):
    """A translation and where it stands."""

    place: str
    message: Message


def sources(root: Path) -> Iterator[Path]:
    """Give every file that may hold a sentence."""
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if "static" in path.parts or "versions" in path.parts:
                continue
            if path.suffix == ".py" or (path.suffix in TEMPLATES and "templates" in path.parts):
                yield path


def asked(root: Path) -> dict[Key, str]:
    """Find each sentence in the source, with its first place."""
    found: dict[Key, str] = {}
    for path in sources(root):
        method = "python" if path.suffix == ".py" else "jinja2"
        with path.open("rb") as file:
            for line, messages, _comments, context in extract(method, file, KEYWORDS, options=OPTIONS[method]):
                identity = tuple(messages) if isinstance(messages, (tuple, list)) else messages
                if identity:
                    found.setdefault((context, identity), f"{path.relative_to(root)}:{line}")
    return found


def answered(root: Path) -> dict[Key, list[Entry]]:
    """Read every translation."""
    found: dict[Key, list[Entry]] = {}
    for path in sorted((root / "app/core/locales" / LOCALE).glob("*.po")):
        with path.open("rb") as file:
            catalog = read_po(file, locale=LOCALE, abort_invalid=True)
        for message in catalog:
            if message.id:
                identity = tuple(message.id) if isinstance(message.id, (tuple, list)) else message.id
                place = f"{path.relative_to(root)}:{message.lineno}"
                found.setdefault((message.context, identity), []).append(Entry(place, message))
    return found


def _forms(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, (tuple, list)) else [message.string]


def unfit(key: Key, entry: Entry) -> str | None:
    """Say what is wrong with one translation."""
    forms = _forms(entry.message)
    english = key[1] if isinstance(key[1], str) else key[1][-1]
    if not all(forms) or not forms:
        return "is empty"
    if entry.message.fuzzy:
        return "is marked fuzzy"
    blanks = set(BLANK.findall(english))
    if CODE.fullmatch(english):
        return None
    for form in forms:
        other = set(BLANK.findall(form))
        if other != blanks:
            return f"fills {sorted(other)} where the English one fills {sorted(blanks)}"
        if blanks:
            try:
                form % dict.fromkeys(blanks, 0)
            except (ValueError, TypeError) as wrong:
                return f"cannot be filled ({wrong}); write %% for a percent sign"
    return None


def unasked(root: Path, keys: set[Key]) -> set[Key]:
    """Keep those nobody asks for; a code counts as asked for where it stands as a string."""
    codes = {key for key in keys if isinstance(key[1], str) and CODE.fullmatch(key[1])}
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources(root)) if codes else ""
    strings = set(re.findall(r"[\"']([a-z][a-z0-9._]*)[\"']", text))
    return {key for key in keys if key not in codes or key[1] not in strings}


def check(root: Path) -> tuple[list[Key], list[str]]:
    """Give the missing sentences and every complaint."""
    wanted, have = asked(root), answered(root)
    missing = [key for key in wanted if key not in have]
    said = [f"{wanted[key]}: not in Chinese yet: {key[1]!r}" for key in missing]
    for key, entries in have.items():
        wrongs = ((entry.place, unfit(key, entry)) for entry in entries)
        said += [f"{place}: the translation of {key[1]!r} {wrong}" for place, wrong in wrongs if wrong]
        if len({tuple(_forms(entry.message)) for entry in entries}) > 1:
            said.append(f"{', '.join(entry.place for entry in entries)}: {key[1]!r} has two translations")
    extra = unasked(root, set(have) - set(wanted))
    said += [f"{have[key][0].place}: nobody asks for {key[1]!r}: remove it" for key in extra]
    return missing, sorted(said)


def write_missing(path: Path, missing: list[Key]) -> None:
    """Append empty entries to a .po file (made if need be)."""
    catalog = Catalog(locale=LOCALE, charset="utf-8", fuzzy=False)
    if path.exists():
        with path.open("rb") as file:
            catalog = read_po(file, locale=LOCALE)
    for context, identity in missing:
        catalog.add(identity, context=context)
    with path.open("wb") as file:
        write_po(file, catalog, width=100)


def main() -> int:
    """Check, or write what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=ROOT)
    parser.add_argument("--write-missing", type=Path, metavar="FILE.po")
    options = parser.parse_args()
    missing, said = check(options.root)
    if options.write_missing:
        write_missing(options.write_missing, missing)
        print(f"{len(missing)} empty entries in {options.write_missing}")
        return 0
    print("\n".join(said) if said else f"{len(answered(options.root))} sentences, all in Chinese")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
