"""The house rules that a machine can check."""

import ast
from pathlib import Path

import pytest

import scenario_usage_cli

PACKAGE = Path(scenario_usage_cli.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))

ALLOWED = {
    "": set(),
    "environment": set(),
    "errors": set(),
    "files": set(),
    "extras": {"errors"},
    "redaction": set(),
    "periods": {"errors"},
    "settings": {"environment", "errors"},
    "against": {"periods", "errors"},
    "buckets": {"periods"},
    "api": {"api", "errors", "redaction", ""},
    "collect": {"collect", "api", "buckets", "periods", "errors"},
    "report": {"report", "collect", "buckets", "periods", "errors"},
    "render": {"render", "report", "extras"},
    "export": {
        *("export", "api", "collect", "report", "render"),
        *("buckets", "periods", "errors", "extras", "files"),
    },
    "sandbox": {"sandbox"},
    "__main__": {"cli"},
}
FORBIDDEN_IN_REPORT = {"httpx", "typer", "rich", "os", "time"}


def room_of(module: str) -> str:
    """The first part of a dotted name below the package; its own name is the empty room."""
    return module.removeprefix("scenario_usage_cli").lstrip(".").split(".")[0]


def imports_of(path: Path) -> list[str]:
    """Every imported module of a file, relative ones spelled out, wherever they stand in it."""
    package = ["scenario_usage_cli", *path.relative_to(PACKAGE).parts[:-1]]
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            found.append(".".join([*base, *([node.module] if node.module else [])]))
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_the_rooms_it_may(path: Path) -> None:
    """`cli` may import all; every other room only those below it."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    room = "" if parts == ("__init__",) else parts[0]
    if room == "cli":
        return
    ours = {room_of(name) for name in imports_of(path) if name.startswith("scenario_usage_cli")}

    assert ours <= ALLOWED[room]


@pytest.mark.parametrize("path", sorted((PACKAGE / "report").glob("*.py")), ids=lambda p: p.name)
def test_report_is_pure(path: Path) -> None:
    """No network, terminal, operating system or clock where figures are made."""
    roots = {name.split(".")[0] for name in imports_of(path)}

    assert not roots & FORBIDDEN_IN_REPORT


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_module_says_what_it_owns(path: Path) -> None:
    """A docstring opens each module."""
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_module_is_crowded(path: Path) -> None:
    """None is above 400 lines."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def test_only_the_sandbox_command_and_the_demo_import_the_sandbox() -> None:
    """The studio is for trying out; nothing that reports figures depends on it."""
    importers = {
        str(path.relative_to(PACKAGE))
        for path in MODULES
        if any(room_of(name) == "sandbox" for name in imports_of(path) if "scenario_usage" in name)
        and path.relative_to(PACKAGE).parts[0] != "sandbox"
    }

    assert importers == {"cli/sandbox.py", "cli/session.py"}
