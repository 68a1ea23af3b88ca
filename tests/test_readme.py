"""README and help are true: output is produced, recipes run, tables are complete."""

import json
import re
import shlex
import shutil
from collections.abc import Iterator
from importlib.metadata import metadata
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from scenario_usage_cli import environment
from scenario_usage_cli.api.certificates import VARIABLES
from scenario_usage_cli.cli.app import main
from scenario_usage_cli.errors import ExitCode
from scenario_usage_cli.sandbox import API_KEY, API_SECRET
from tests.readme import (
    PAGES,
    README,
    TEXT,
    TOPICS,
    find_blocks,
    produce,
    run_as_written,
    serve_shell,
    strip_schedule,
)
from tests.support import run

RECIPES = [
    recipe
    for recipe in dict.fromkeys(find_blocks("(?:sh|crontab)", TEXT))
    if not any(word in recipe for word in ("pip install", "/srv/usage", "SLACK_WEBHOOK", "lead@"))
]
"""All but what needs a package index, and what other tests of recipes run."""
TEXTFILES = "/var/lib/prometheus/node-exporter/"
"""Where Debian's node_exporter looks; recipes write into the folder where they are run."""
COMMANDS = (
    *(
        "",
        "report",
        "trend",
        "compare",
        "activity",
        "quota",
        "export",
        "restatements",
        "doctor",
        "sandbox",
        "schema",
    ),
    *("list projects", "list people", "list keys", "list models"),
)
FIRST_DAY, LAST_DAY = "2026-11-20", "2026-11-22"
OPTION = r"(?<![\w-])--?[a-z][a-z-]*"


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A shell's environment with this command in its path and a sandbox to ask."""
    with serve_shell(tmp_path_factory.mktemp("bin")) as environ:
        yield environ


def test_pages_show_what_the_tool_prints() -> None:
    """Each block of output is the tool's, to the letter, and there are some."""
    assert produce(TEXT) == TEXT
    assert TEXT.count("<!-- produced by: ") >= 2


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe[:60])
def test_a_recipe_works_as_written(recipe: str, environ: dict[str, str], tmp_path: Path) -> None:
    """Each command ends well, says at most what it leaves out, and leaves data."""
    if "jq" in recipe and not shutil.which("jq"):
        pytest.skip("jq is not installed here; .ci/run installs it")
    commands = strip_schedule(recipe).replace(TEXTFILES, "")
    commands = re.sub(r"(\w+)=\.\.\.", lambda found: f'{found[1]}="${found[1]}"', commands)
    if "--profile" in recipe:
        environ = {k: v for k, v in environ.items() if not k.startswith("SCENARIO_SDK")}

    done = run_as_written(commands, environ, tmp_path)

    said = [line for line in done.stderr.splitlines() if " differs from " not in line]
    assert (done.code, said) == (0, [])
    written = [path.read_bytes() for path in tmp_path.iterdir() if path.is_file()]
    assert done.stdout or all(content.count(b"\n") > 5 for content in written)


def test_commands_within_sentences_are_known() -> None:
    """Command and options; with `--help` after them, nothing is done."""
    commands = set(re.findall(r"`scenario-usage ([^`]+)`", TEXT))

    assert commands
    assert [line for line in commands if run(*shlex.split(line), "--help").code] == []


def test_the_recipes_are_there() -> None:
    """Those that were promised: monthly, jq, cron, Prometheus, raw, key."""
    words = (
        *("--period last-month\n", "jq", "--csv --output"),
        *("--format openmetrics --output", "--save-raw", "--profile"),
    )

    assert [word for word in words if not any(word in recipe for recipe in RECIPES)] == []


def test_alerts_are_about_metrics_that_there_are() -> None:
    """Each name of the PromQL is one that `report` writes."""
    queries = re.findall(r"```promql\n(.*?)```", TEXT, re.DOTALL)
    metrics = run("report", "--demo", "--period", "this-month", "--format", "openmetrics").stdout

    names = {name for query in queries for name in re.findall(r"scenario_usage_\w+", query)}
    assert names
    assert [name for name in names if f"\n{name} " not in metrics] == []


def test_every_option_is_explained() -> None:
    """Of the program and of each command, short names as well."""
    helps = [run(*command.split(), "--help").stdout for command in COMMANDS]
    options = {option for text in helps for option in re.findall(OPTION, text)}

    assert options - set(re.findall(OPTION, TEXT)) == set()


def test_the_table_of_export_has_every_option_of_it_and_no_other() -> None:
    """Short names as well."""
    rows = TEXT.split("| option of `export` |")[1].split("\n\n")[0].splitlines()[2:]
    cells = [row.split("|")[1] for row in rows]
    options = set(re.findall(OPTION, run("export", "--help").stdout))

    found = {name for cell in cells for name in re.findall(OPTION, cell)}
    assert found == options - {"--help", "-h"}


def read_table(first_cell: str) -> dict[str, str]:
    """The rows of the table whose head begins so: the first cell to the second."""
    text = TEXT.split(f"| {first_cell} |")[1].split("\n<!-- end -->")[0]
    rows = text.split("\n\n")[0].splitlines()[2:]
    return {cells[1].strip(): cells[2] for cells in (row.split("|") for row in rows)}


@pytest.fixture(scope="module")
def datasets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Three days with all tables, by format."""
    tables = ",".join(name.strip("`") for name in read_table("table"))
    folders = {name: tmp_path_factory.mktemp(name) for name in ("csv", "parquet")}
    for name, folder in folders.items():
        days = ("--since", FIRST_DAY, "--until", LAST_DAY)
        argv = ("--demo", "--datasets", tables, "--format", name, *days)
        assert run("export", str(folder), *argv, environ={}).stderr == ""
    return folders


def test_every_table_is_listed_with_its_columns_and_types(datasets: dict[str, Path]) -> None:
    """In order, as the header of CSV and the schema of Parquet have them."""
    types = {
        "text": "string",
        "count": "int64",
        "CU": "decimal128(18, 6)",
        "flag": "bool",
        "time": "timestamp[ms, tz=UTC]",
    }
    documented = {
        name.strip("`"): re.findall(rf"`(\w+)` ({'|'.join(types)})\b", columns)
        for name, columns in read_table("table").items()
    }

    for name, columns in documented.items():
        place = f"{name}/date={LAST_DAY}/part"
        header = (datasets["csv"] / f"{place}.csv").read_text(encoding="utf-8").splitlines()[0]
        schema = pq.read_schema(datasets["parquet"] / f"{place}.parquet")
        assert header == ",".join(column for column, kind in columns)
        assert [(field.name, str(field.type)) for field in schema] == [
            (column, types[kind]) for column, kind in columns
        ]
    assert set(documented) == {path.name for path in datasets["csv"].iterdir() if path.is_dir()}


def test_every_field_of_the_manifest_is_explained(datasets: dict[str, Path]) -> None:
    """And no other."""
    manifest = json.loads((datasets["csv"] / "_manifest.json").read_text(encoding="utf-8"))
    entry = manifest["datasets"]["models"][FIRST_DAY]
    table = read_table("field")

    assert re.findall(r"`(\w+)`", " ".join(table)) == [*manifest, *entry]
    assert [
        field for field in manifest["scope"] if f"`{field}`" not in "".join(table.values())
    ] == []


def test_every_field_of_the_summary_is_listed(datasets: dict[str, Path]) -> None:
    """What `export --json` prints beside its name and version."""
    folder = str(datasets["csv"])
    summary = run("export", folder, "--demo", "--json", "--until", FIRST_DAY, environ={}).json
    line = TEXT.split("A run ends with one line")[1].split("\n\n")[0]

    assert [field for field in summary if f"`{field}`" not in line] == ["schema_version", "report"]


def test_files_are_where_the_layout_says(tmp_path: Path) -> None:
    """Each path of the layout is there after the command above it."""
    (layout,) = (block for block in find_blocks("text", TEXT) if "_manifest.json" in block)
    command = "export demo-usage --demo --since 2026-10-01"
    assert f"scenario-usage {command}" in TEXT

    run(*command.replace("demo-usage", str(tmp_path / "demo-usage")).split(), environ={})

    assert [path for path in layout.split() if not (tmp_path / path).is_file()] == []


def test_every_exit_code_is_explained() -> None:
    """The table of exit codes is complete, and lists no other."""
    table = TEXT.split("| exit code |")[1].split("\n\n")[0]

    assert [int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)] == sorted(
        ExitCode
    )


def test_every_variable_is_explained() -> None:
    """Those of settings, of certificates and of colour, each in a table."""
    ours = [value for name, value in vars(environment).items() if name.startswith("ENV_")]
    colours = ["NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM"]
    proxies = ["HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"]
    rows = "".join(re.findall(r"^\| `[A-Z].*$", TEXT, re.MULTILINE))

    names = (*ours, *VARIABLES, *colours, *proxies)
    assert [name for name in names if f"`{name}`" not in rows] == []


def list_commands(*group: str) -> list[str]:
    """Those that `--help` lists."""
    listed = run(*group, "--help").stdout.split("Commands:")[1]
    return re.findall(r"^  ([a-z]+)  ", listed, re.MULTILINE)


def test_every_command_is_explained() -> None:
    """The table of commands has each of them, in the order of `--help`, and no other."""
    groups = {"config"}  # the topic of `list` has its commands
    commands: list[str] = []
    for command in list_commands():
        within = [f"{command} {one}" for one in list_commands(command)] if command in groups else []
        commands += within or [command]

    assert re.findall(r"`([a-z ]+)`", " ".join(read_table("command"))) == commands


def test_every_extra_is_named() -> None:
    """Each in the line of the README that installs them all, and no other there."""
    (named,) = re.findall(r"pip install '\.\[([a-z,]+)\]'$", PAGES[README], re.MULTILINE)
    extras = metadata("scenario-usage-cli").get_all("Provides-Extra") or []

    assert sorted(named.split(",")) == sorted({*extras} - {"dev", "test"})


def test_the_example_of_a_config_file_is_one(tmp_path: Path) -> None:
    """Nothing in it is unknown, and a profile's format is taken."""
    (example,) = (block for block in find_blocks("toml", TEXT) if "[profiles" in block)
    config = tmp_path / "config.toml"
    config.write_text(example, encoding="utf-8")
    config.chmod(0o600)

    result = run(
        *("report", "--demo", "--profile", "films", "--section", "assets"),
        environ={"SCENARIO_USAGE_CONFIG": str(config)},
    )

    assert (result.code, result.stderr, result.json["report"]) == (0, "", "usage")


def test_the_sandbox_is_asked_with_what_it_prints() -> None:
    """The three lines of its topic have its key and secret."""
    (block,) = (text for text in find_blocks("console", TEXT) if "--port" in text)

    assert block.splitlines()[1:] == [
        "export SCENARIO_BASE_URL=http://127.0.0.1:8080/v1",
        f"export SCENARIO_SDK_API_KEY={API_KEY}",
        f"export SCENARIO_SDK_API_SECRET={API_SECRET}",
    ]


def find_anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S), re.M)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_links_lead_somewhere() -> None:
    """To a picture or a page that is there, and to a heading of it."""
    anchors = {page: find_anchors(text) for page, text in PAGES.items()}
    lost = []
    for page, text in PAGES.items():
        for link in re.findall(r"\]\((?!https:)([^)]*)\)", text):
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            is_picture = target.is_relative_to(README.parent / ".github" / "pictures")
            is_there = target.is_file() if is_picture else target in anchors
            if not is_there or (anchor and anchor not in anchors[target]):
                lost.append((page.name, link))

    assert lost == []


def test_the_readme_links_to_every_topic() -> None:
    """With the heading that `help` lists it by."""
    rows = [
        f"| [`{page.stem}`](scenario_usage_cli/help/{page.name}) |"
        f" {PAGES[page].splitlines()[0].removeprefix('# ')} |"
        for page in TOPICS
    ]

    assert rows
    assert [row for row in rows if row not in PAGES[README]] == []


def test_the_readme_is_short() -> None:
    """The topics have the rest."""
    assert len(PAGES[README].splitlines()) <= 300


def test_main_is_what_the_readme_runs() -> None:
    """The console script of the first line is this package's."""
    assert callable(main)
    assert ".venv/bin/scenario-usage report --demo" in PAGES[README]
