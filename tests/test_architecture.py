"""The house rules that a machine can check."""

import ast
from pathlib import Path

import scenario_usage_cli

PACKAGE = Path(scenario_usage_cli.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))

ALLOWED = {
    "": set(),
    "environment": set(),
    "errors": set(),
    "patterns": set(),
    "cost_centres": {"errors", "patterns", "settings"},
    "budgets": {"errors", "settings"},
    "files": set(),
    "rewriting": {"files"},
    "extras": {"errors"},
    "redaction": set(),
    "days": set(),
    "clocks": set(),
    "periods": {"clocks", "days", "errors"},
    "zones": {"errors"},
    "settings": {"environment", "errors"},
    "money": {"errors"},
    "credentials": {"settings", "environment", "errors"},
    "against": {"clocks", "days", "periods", "errors"},
    "buckets": {"clocks", "days", "periods"},
    "forecast": {"forecast"},
    "api": {"api", "errors", "redaction", ""},
    "collect": {
        *("collect", "api", "buckets", "clocks", "periods", "zones"),
        *("budgets", "cost_centres", "money", "patterns", "errors"),
    },
    "report": {
        *("report", "collect", "buckets", "clocks", "cost_centres", "forecast", "money"),
        *("patterns", "periods", "errors"),
    },
    "render": {"render", "report", "clocks", "money", "periods", "extras", ""},
    "export": {
        *("export", "api", "collect", "report", "render"),
        *("buckets", "clocks", "cost_centres", "money", "periods", "errors"),
        *("extras", "files"),
    },
    "sandbox": {"sandbox"},
    "signals": {"errors"},
    "__main__": {"cli", "errors", "signals"},
}
FORBIDDEN_IN_REPORT = {"httpx", "typer", "rich", "os", "time"}
PURE = ("report", "forecast")


def room_of(module: str) -> str:
    """The first part of a dotted name below the package; its own name is the empty room."""
    return module.removeprefix("scenario_usage_cli").lstrip(".").split(".")[0]


def imports_of(path: Path) -> list[str]:
    """Every imported module of a file, wherever it is imported."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path} has a relative import"
            found.append(node.module or "")
    return found


def name_of(path: Path) -> str:
    """How an offender is called: its path below the package."""
    return str(path.relative_to(PACKAGE))


def test_a_room_imports_only_the_rooms_it_may() -> None:
    """`cli` may import all; every other room only those below it."""
    offenders: dict[str, set[str]] = {}
    for path in MODULES:
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        room = "" if parts == ("__init__",) else parts[0]
        ours = {room_of(name) for name in imports_of(path) if name.startswith("scenario_usage_cli")}
        if room != "cli" and not ours <= ALLOWED[room]:
            offenders[name_of(path)] = ours - ALLOWED[room]

    assert offenders == {}


def test_figures_are_pure() -> None:
    """No network, terminal, operating system or clock where figures are made."""
    offenders = {
        name_of(path)
        for room in PURE
        for path in (PACKAGE / room).rglob("*.py")
        if {name.split(".")[0] for name in imports_of(path)} & FORBIDDEN_IN_REPORT
    }

    assert offenders == set()


def test_every_module_says_what_it_owns() -> None:
    """A docstring opens each module."""
    silent = [p for p in MODULES if not ast.get_docstring(ast.parse(p.read_text(encoding="utf-8")))]

    assert [name_of(path) for path in silent] == []


def test_no_module_is_crowded() -> None:
    """None is above 400 lines."""
    lines = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}

    assert {name: count for name, count in lines.items() if count > 400} == {}


def test_only_the_sandbox_command_and_the_demo_import_the_sandbox() -> None:
    """The studio is for trying out; nothing that reports figures depends on it. Completion knows
    its names, too.
    """
    importers = {
        str(path.relative_to(PACKAGE))
        for path in MODULES
        if any(room_of(name) == "sandbox" for name in imports_of(path) if "scenario_usage" in name)
        and path.relative_to(PACKAGE).parts[0] != "sandbox"
    }

    assert importers == {"cli/run/sandbox.py", "cli/connect.py", "cli/completion/names.py"}
