"""The repository itself: what a newcomer reads and types is true."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tools import check_lock, check_size, lint_templates, messages

ROOT = Path(__file__).parents[1]
TEXTS = ("README.md", "CONTRIBUTING.md")
SERVICES = {"web", "worker", "migrate", "postgres", "redis", "store"}


def tracked():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git clone")
    return [name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def compose():
    return yaml.safe_load((ROOT / "compose.yaml").read_text())


def test_every_sentence_is_in_chinese():
    assert messages.check(ROOT)[1] == []


def test_templates_keep_the_content_policy():
    assert lint_templates.check(ROOT) == []


def test_the_lock_fits_the_project():
    project = check_lock.tomllib.loads((ROOT / "pyproject.toml").read_text())

    assert list(check_lock.complaints(project, (ROOT / "requirements.lock").read_text())) == []


def test_the_size_check_covers_every_folder_with_sources():
    folders = {name.split("/")[0] for name in tracked() if name.endswith((".py", ".html", ".js", ".css"))}

    assert folders <= set(check_size.FOLDERS) | {"docs"}


def test_no_photo_and_no_big_file_is_in_the_repository():
    big = [name for name in tracked() if (ROOT / name).stat().st_size > 12_000_000]
    raw = [name for name in tracked() if name.lower().endswith((".dng", ".cr2", ".cr3", ".nef", ".arw", ".heic"))]

    assert (big, raw) == ([], [])


def test_every_link_in_the_documents_leads_somewhere():
    pages = [*TEXTS, *(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md"))]

    broken = [
        f"{page}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", (ROOT / page).read_text())
        if not ((ROOT / page).parent / target).exists()
    ]

    assert broken == []


def test_every_make_target_that_the_documents_name_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    named = {word for page in TEXTS for word in re.findall(r"\bmake ([a-z-]+)\b(?=[`\s])", (ROOT / page).read_text())}

    assert named & targets >= {"demo", "test", "check", "setup"}
    assert {word for page in TEXTS for word in re.findall(r"`make ([a-z-]+)", (ROOT / page).read_text())} <= targets


def test_decisions_are_numbered_without_gaps():
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs/decisions").glob("[0-9]*.md"))

    assert numbers == list(range(1, len(numbers) + 1))


def test_compose_starts_every_part_and_watches_it():
    services = compose()["services"]

    assert set(services) == SERVICES
    for name, service in services.items():
        assert "image" in service, name
        assert name == "migrate" or "healthcheck" in service, f"{name} has no health check"
        assert not str(service["image"]).endswith(":latest"), f"{name} is not pinned"
        assert set(service.get("depends_on", {})) <= SERVICES


def test_compose_names_only_settings_that_exist():
    known = set(re.findall(r"\b(SAFELIGHT_[A-Z0-9_]+|HOST|PORT)\b", (ROOT / "app/core/settings.py").read_text()))

    for name in ("web", "worker", "migrate"):
        assert set(compose()["services"][name]["environment"]) <= known, name


def test_compose_declares_the_volumes_it_mounts():
    text = compose()
    named = {
        mount.split(":")[0]
        for service in text["services"].values()
        for mount in service.get("volumes", [])
        if not mount.startswith((".", "/"))
    }

    assert named == set(text["volumes"])
