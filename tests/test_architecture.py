"""What import-linter cannot say of the layers."""

import ast
import tomllib
from pathlib import Path

import grimp
import pytest

from tools.check_size import too_long

ROOT = Path(__file__).parents[1]
OURS = ("app", "workers", "portal", "pipelines", "storage")
DOORS = {"service", "models", "schemas", "jobs", "permissions", "errors"}
# By the side of the doors: rules are pure, so those of a lower domain may be reckoned with; cookies belong to the web.
SIDE_DOORS = {"rules": ("rules", "queries", "service"), "web": ("web", "api", "portal")}
ROOTS_OF_ALL = ("app.main", "app.cli")  # they put the parts together and may see all of them
APART = {"app.core", "app.main", "app.cli", "app.migrations"}
SOURCES = sorted(path.relative_to(ROOT) for folder in OURS for path in (ROOT / folder).rglob("*.py"))


@pytest.fixture(scope="module")
def graph():
    return grimp.build_graph(*OURS, cache_dir=None)


def linter():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]


def contract(name):
    return next(one for one in linter() if one["name"] == name)


def by_a_door(importer, imported):
    entered = imported.split(".")[2:]
    if DOORS & set(entered):
        return True
    return bool(entered) and bool(set(SIDE_DOORS.get(entered[0], ())) & set(importer.split(".")))


def test_strangers_enter_a_domain_only_by_its_doors(graph):
    domains = graph.find_children("app") - APART

    trespasses = [
        f"{importer} -> {imported}"
        for importer in graph.modules
        if not f"{importer}.".startswith(tuple(f"{root}." for root in ROOTS_OF_ALL))
        for imported in graph.find_modules_directly_imported_by(importer)
        if (home := ".".join(imported.split(".")[:2])) in domains
        and not f"{importer}.".startswith(f"{home}.")
        and not by_a_door(importer, imported)
    ]

    assert sorted(trespasses) == []


def test_every_domain_is_in_the_contracts(graph):
    domains = {name for name in graph.find_children("app") - APART if graph.find_children(name)}

    assert domains == set(contract("Inside a domain")["containers"])
    layers = {name.strip("( )") for line in contract("Call down, message up")["layers"] for name in line.split("|")}
    assert domains <= layers


def test_a_domain_holds_only_files_of_known_names(graph):
    names = {name.strip("( )") for line in contract("Inside a domain")["layers"] for name in line.split("|")}

    strangers = [
        child
        for domain in graph.find_children("app") - APART
        for child in graph.find_children(domain)
        if child.rpartition(".")[2] not in names
    ]

    assert sorted(strangers) == []


def test_every_module_of_pipelines_but_the_recipes_is_protected(graph):
    protected = contract("Only workers and the command line run image code")

    assert protected["protected_modules"] == ["pipelines.*"]
    assert {line.rpartition(" -> ")[2] for line in protected["ignore_imports"]} == {
        "pipelines.recipes",
        "pipelines.recipes.**",
    }
    recipes = {module for module in graph.modules if f"{module}.".startswith("pipelines.recipes.")}
    reached = {
        imported
        for module in recipes
        for imported in graph.find_modules_directly_imported_by(module)
        if imported.startswith("pipelines.")
    }
    assert reached <= recipes, "the recipes are plain data: whoever reads them must not load image code"


def test_no_file_is_longer_than_400_lines():
    assert too_long() == []


def calls(path, attribute):
    tree = ast.parse((ROOT / path).read_text())
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == attribute
    ]


def test_only_the_database_module_commits():
    assert {str(path) for path in SOURCES if calls(path, "commit")} <= {"app/core/db.py"}


def test_functions_stay_short():
    long = [
        f"{path}:{node.lineno} {node.name}"
        for path in SOURCES
        if "versions" not in path.parts
        for node in ast.walk(ast.parse((ROOT / path).read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= 60
    ]

    assert long == []
