"""What neither ruff nor the browser would tell us in time: templates under our content policy, and dangerous calls.

A line that must break a rule says so with its reason: `{# lint: allow style - why #}` or `# lint: allow markup - why`.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEMPLATE_FOLDERS = ("portal", "app")
PYTHON_FOLDERS = ("app", "portal", "workers", "pipelines", "storage")
ALLOW = re.compile(r"lint: allow ([a-z-]+) - \S")
COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->", re.DOTALL)
TAG = re.compile(r"<(form|img|script|style)\b((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>", re.IGNORECASE | re.DOTALL)

# name, pattern, sentence: what no template may hold
TEMPLATE_RULES = (
    ("style", r"\bstyle\s*=", "style= is refused by the content policy: use a class or an SVG attribute"),
    ("safe", r"\|\s*safe\b", "|safe switches escaping off"),
    ("autoescape", r"\{%-?\s*autoescape\s+false", "escaping stays on"),
    ("hx-on", r"\bhx-on\b", "hx-on needs eval: listen in a script file"),
    ("handler", r"<[^>]*\son[a-z]+\s*=", "an inline handler is refused by the content policy: listen in a script file"),
    ("js-value", r"\bhx-(?:vals|headers|vars)[^>]*?[\"']\s*(?:js|javascript):", "js: values need eval"),
    ("javascript", r"(?:href|src|action)\s*=\s*[\"']\s*javascript:", "javascript: is refused by the content policy"),
    ("foreign", r"\b(?:src|href|srcset|action|poster)\s*=\s*[\"']\s*(?:https?:)?//", "pages stay on this site"),
    ("trigger-filter", r"\bhx-trigger\s*=\s*\"[^\"]*\[", "a trigger filter needs eval"),
)
# name, pattern, sentence, where it is allowed: what no Python file may hold
PYTHON_RULES = (
    ("markup", r"\bMarkup\(", "Markup( switches escaping off", ()),
    ("send", r"\.send(?:_with_options)?\(", "only the dispatcher hands work to the broker", ("workers/",)),
    ("commit", r"\.commit\(", "only app/core/db.py commits", ("app/core/db.py",)),
    ("sql", r"\btext\(\s*[fF][rR]?[\"'](?=[^\"'\n]*\{(?![A-Z_]+\}))", "SQL is not put together: bind parameters", ()),
)  # fmt: skip


def lines_of(text: str) -> list[str]:
    """Split as editors do."""
    return text.split("\n")


def blank(match: re.Match[str]) -> str:
    """Empty a comment, keeping its lines."""
    return re.sub(r"[^\n]", " ", match[0])


def allowed(line: str) -> set[str]:
    """Name the rules that a line breaks with a reason."""
    return set(ALLOW.findall(line))


def of_template(name: str, text: str) -> Iterator[tuple[str, int, str, str]]:
    """Find what a template must not hold: (file, line, rule, sentence)."""
    bare = COMMENT.sub(blank, text)
    for rule, pattern, sentence in TEMPLATE_RULES:
        for match in re.finditer(pattern, bare, re.IGNORECASE):
            yield name, bare.count("\n", 0, match.start()) + 1, rule, sentence
    for match in TAG.finditer(bare):
        line = bare.count("\n", 0, match.start()) + 1
        for rule, sentence in of_tag(match[1].lower(), match[2], bare[match.end() :]):
            yield name, line, rule, sentence


def of_tag(tag: str, attributes: str, rest: str) -> Iterator[tuple[str, str]]:
    """Find what a form, an image, a script or a style lacks."""
    has = {name.lower() for name in re.findall(r"([\w-]+)\s*(?:=|$|\s)", attributes)}
    if tag == "style":
        yield "inline-style", "an inline style sheet is refused by the content policy"
    elif tag == "script" and "src" not in has:
        yield "inline-script", "an inline script is refused by the content policy"
    elif tag == "img":
        if not {"width", "height"} <= has:
            yield "img-size", "an image without width and height makes the page jump"
        if "alt" not in has:
            yield "img-alt", "an image needs an alt (empty if it says nothing)"
    elif tag == "form" and re.search(r"method\s*=\s*[\"']?post", attributes, re.IGNORECASE):
        body = rest.partition("</form")[0]
        if not re.search(r"name=[\"']csrf[\"']|\bcsrf\b[\w.]*\(|\{\{\s*csrf", body):
            yield "csrf", "a form that posts carries the field csrf"


def of_python(name: str, text: str) -> Iterator[tuple[str, int, str, str]]:
    """Find what a Python file must not hold."""
    for rule, pattern, sentence, places in PYTHON_RULES:
        if name.startswith(places):
            continue
        for match in re.finditer(pattern, text):
            yield name, text.count("\n", 0, match.start()) + 1, rule, sentence


def check(root: Path) -> list[str]:
    """Give every complaint as `file:line: sentence`."""
    found: list[tuple[str, int, str, str]] = []
    texts: dict[str, list[str]] = {}
    for folders, pattern, find in ((TEMPLATE_FOLDERS, "*.html", of_template), (PYTHON_FOLDERS, "*.py", of_python)):
        for path in (path for folder in folders for path in sorted((root / folder).rglob(pattern))):
            name = path.relative_to(root).as_posix()
            if "/static/" in name:
                continue
            text = path.read_text(encoding="utf-8")
            texts[name] = lines_of(text)
            found += find(name, text)
    return [
        f"{name}:{line}: {sentence} [{rule}]"
        for name, line, rule, sentence in sorted(set(found))
        if rule not in allowed(texts[name][line - 1])
    ]


if __name__ == "__main__":
    said = check(ROOT)
    print("\n".join(said))
    sys.exit(1 if said else 0)
