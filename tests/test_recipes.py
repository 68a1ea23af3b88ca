"""The recipes around an export do what they say, from the own text of README and help."""

import configparser
import csv
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import chdir
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import pytest

from scenario_usage_cli.sandbox.studio import PEOPLE, PROJECTS
from tests.readme import TEXT, find_blocks, serve_shell, strip_schedule
from tests.support import run

CRON_LINES = [line for line in find_blocks("crontab", TEXT) if "scenario-usage export" in line]
SQL = find_blocks("sql", TEXT)
PYTHON = find_blocks("python", TEXT)
FOLDER = "usage"
FIRST_DAY, LAST_DAY = "2025-09-20", "2026-11-10"
FIRST_CSV_DAY = "2026-10-20"
SERVICE = "scenario-usage-export.service"
TIMER = "scenario-usage-export.timer"
MAIL = "failure-mail@.service"

Costs = dict[str, Decimal]
"""CU by the id of a model."""


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A shell's environment with this command in its path and a sandbox to ask."""
    with serve_shell(tmp_path_factory.mktemp("bin")) as environ:
        yield environ


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Where to run what reads `usage`, by format: two tables, of 14 months in Parquet."""
    first_days = {"csv": FIRST_CSV_DAY, "parquet": FIRST_DAY}
    folders = {name: tmp_path_factory.mktemp(name) for name in first_days}
    for name, folder in folders.items():
        days = ("--since", first_days[name], "--until", LAST_DAY)
        argv = ("--demo", "--datasets", "models,actions", "--format", name, *days)
        result = run("export", str(folder / FOLDER), *argv, environ={})
        assert (result.code, result.stderr) == (0, "")
    return folders


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same days with settled months in one file each."""
    folders = {name: tmp_path_factory.mktemp(f"{name}-months") for name in ("csv", "parquet")}
    for name, folder in folders.items():
        days = ("--since", FIRST_CSV_DAY, "--until", LAST_DAY, "--partition", "month")
        argv = ("--demo", "--datasets", "models", "--format", name, *days)
        result = run("export", str(folder / FOLDER), *argv, environ={})
        assert (result.code, result.stderr) == (0, "")
        assert (folder / FOLDER / f"models/month=2026-10/part.{name}").exists()
    return folders


def report_models(*period: str) -> list[dict[str, Any]]:
    """The models of `report --json`, with exact figures."""
    result = run("report", "--demo", "--json", "--section", "models", *period, environ={})
    models: list[dict[str, Any]] = json.loads(result.stdout, parse_float=Decimal)["models"]
    return [row for row in models if row["jobs"] or row["cost"]]


def report_costs(first_day: str = FIRST_DAY, last_day: str = LAST_DAY) -> Costs:
    """What each model cost in all days from the first one on, as `report` has it."""
    models = report_models("--start", first_day, "--end", last_day)
    return {row["model_id"]: Decimal(row["cost"]) for row in models}


def find_sql(words: str) -> str:
    """The one statement of all pages with these words in it."""
    (statement,) = (block for block in SQL if words in block)
    return statement


# --- shells


def run_shell(words: str, environ: Mapping[str, str], folder: Path) -> str:
    """Run the one block for a shell with these words in it; returns what it printed."""
    (commands,) = (block for block in find_blocks("sh", TEXT) if words in block)
    done = subprocess.run(
        ["sh", "-ec", commands], env=environ, cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_the_mail_has_projects_and_people(environ: dict[str, str], tmp_path: Path) -> None:
    """In one file, with the consumption of each, and who worked on what."""
    assert run_shell("--output usage.md", environ, tmp_path) == ""

    (page,) = (path.read_text(encoding="utf-8") for path in tmp_path.iterdir())
    sections = dict(re.findall(r"^## (By .*)\n\n((?:\|.*\n)+)", page, re.MULTILINE))
    assert [*sections][:3] == ["By project", "By user", "By project and user"]
    assert "| Marketing & Trailers | " in sections["By project"]
    assert "| Zoë Müller-Lefèvre | " in sections["By user"]
    assert "| Marketing & Trailers | Zoë Müller-Lefèvre | " in sections["By project and user"]


def test_each_line_of_a_script_prints_what_is_said_of_it(
    environ: dict[str, str], tmp_path: Path
) -> None:
    """A number, lines of CSV, names, ids with names, and a day of last month."""
    if not shutil.which("jq"):
        pytest.skip("jq is not installed here; .ci/run installs it")
    lines = run_shell("jq .totals.cost", environ, tmp_path).splitlines()

    cost, *others, day = lines
    projects = [line for line in others if re.fullmatch(r'".*",[\d.]+', line)]
    ids = [line for line in others if re.fullmatch(r"project_\w+\t.+", line)]
    assert Decimal(cost) >= 0
    assert '"R&D"' in {line.rpartition(",")[0] for line in projects}
    assert len(ids) == len(PROJECTS)
    assert {one.name for one in PEOPLE} & set(others)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", day)


# --- cron


def test_cron_charges_cost_centres(environ: dict[str, str], tmp_path: Path) -> None:
    """Each night a file; its rows sum to what the day before was charged."""
    (crontab,) = (line for line in find_blocks("crontab", TEXT) if "--by cost-centre" in line)
    assert re.match(r"\d+ \d+ \* \* \* scenario-usage ", crontab)
    subprocess.run(["sh", "-ec", strip_schedule(crontab)], env=environ, cwd=tmp_path, check=True)
    (file,) = tmp_path.iterdir()
    assert re.fullmatch(r"charge-\d{4}-\d\d-\d\d\.csv", file.name)
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))

    assert "(unassigned)" in {row["cost_centre"] for row in rows} <= {"Films", "(unassigned)"}
    day = rows[0]["period_start"][:10]
    report = ["scenario-usage", "report", "--period", day, "--json", "--section", "consumption"]
    done = subprocess.run(report, env=environ, capture_output=True, text=True, check=True)
    whole = json.loads(done.stdout, parse_float=Decimal)["totals"]["cost"]
    assert sum(Decimal(row["cost"]) for row in rows) == whole


def test_there_is_a_crontab_for_an_export() -> None:
    """One, with five fields of a schedule that is daily."""
    (crontab,) = CRON_LINES
    schedule = re.findall(r"^(\d+) (\d+) \* \* \* scenario-usage", crontab, re.MULTILINE)

    assert [int(minute) < 60 and int(hour) < 24 for minute, hour in schedule] == [True]


def run_cron(environ: Mapping[str, str], target: Path) -> subprocess.CompletedProcess[str]:
    """Run the crontab's commands as cron does, into another folder."""
    (crontab,) = CRON_LINES
    bare = {name: environ[name] for name in ("PATH", "SCENARIO_USAGE_CONFIG")}
    commands = strip_schedule(crontab).replace("/srv/usage", str(target))
    return subprocess.run(
        ["sh", "-ec", commands], env=bare, capture_output=True, text=True, check=False
    )


def test_cron_mails_nothing_when_all_is_well(environ: dict[str, str], tmp_path: Path) -> None:
    """No word on either stream, twice, and the dataset is whole."""
    ends = [run_cron(environ, tmp_path / "usage") for _ in range(2)]

    assert [(end.returncode, end.stdout, end.stderr) for end in ends] == [(0, "", "")] * 2
    assert run("export", str(tmp_path / "usage"), "--verify").code == 0


def test_cron_mails_what_went_wrong(environ: dict[str, str], tmp_path: Path) -> None:
    """The two lines of an error, on stderr, with the exit code of its kind."""
    config = Path(environ["SCENARIO_USAGE_CONFIG"]).read_text(encoding="utf-8")
    wrong = tmp_path / "config.toml"
    wrong.write_text(re.sub('api_secret = ".*"', 'api_secret = "wrong"', config))
    wrong.chmod(0o600)

    end = run_cron({**environ, "SCENARIO_USAGE_CONFIG": str(wrong)}, tmp_path / "usage")

    assert (end.returncode, end.stdout) == (4, "")
    assert [line.split(":")[0] for line in end.stderr.splitlines()] == ["error", "hint"]


# --- systemd


@pytest.fixture(scope="module")
def units() -> dict[str, str]:
    """The text of every unit, by the name of its file, which is its first line."""
    found = {}
    for block in find_blocks("ini", TEXT):
        place, rest = block.split("\n", 1)
        folder, name = os.path.split(place.removeprefix("# "))
        assert folder == "/etc/systemd/system"
        found[name] = rest
    return found


def parse_unit(text: str) -> configparser.ConfigParser:
    """A unit; neither section nor key may come twice."""
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(text)
    return parser


def test_units_belong_together(units: dict[str, str]) -> None:
    """The timer starts the service of its name, and what that calls on failure is there."""
    service = parse_unit(units[SERVICE])
    timer = parse_unit(units[TIMER])

    assert set(units) == {SERVICE, TIMER, MAIL}
    assert Path(TIMER).stem == Path(SERVICE).stem
    assert (timer["Timer"]["Persistent"], timer["Install"]["WantedBy"]) == ("true", "timers.target")
    assert service["Unit"]["OnFailure"] == MAIL.replace("@", "@%n")
    assert service["Service"]["Type"] == "oneshot"
    assert f" /var/lib/{service['Service']['StateDirectory']} " in service["Service"]["ExecStart"]


def test_systemd_has_nothing_to_say_against_the_units(
    units: dict[str, str], environ: dict[str, str], tmp_path: Path
) -> None:
    """`systemd-analyze verify` and `calendar` of all three."""
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed here; .ci/run installs it")
    command = shutil.which("scenario-usage", path=environ["PATH"])
    for name, text in units.items():
        unit = text.replace("/usr/local/bin/scenario-usage", str(command))
        (tmp_path / name).write_text(unit, encoding="utf-8")
    paths = [str(tmp_path / name) for name in units]
    calendar = parse_unit(units[TIMER])["Timer"]["OnCalendar"]

    verified = subprocess.run(
        [analyze, "verify", "--man=no", *paths], capture_output=True, text=True, check=False
    )
    subprocess.run([analyze, "calendar", calendar], capture_output=True, check=True)

    assert (verified.returncode, verified.stdout, verified.stderr) == (0, "", "")


def start_service(
    units: dict[str, str], environ: Mapping[str, str], folder: Path, *, secret: str
) -> subprocess.CompletedProcess[str]:
    """Run what the service starts, with the variables of an environment file and no other."""
    service = parse_unit(units[SERVICE])["Service"]
    line = service["ExecStart"].replace("/var/lib/scenario-usage", str(folder / "usage"))
    program, *arguments = shlex.split(line)
    assert program == "/usr/local/bin/scenario-usage"
    names = re.findall(r"`(SCENARIO_SDK_\w+)=\.\.\.`", TEXT)
    values = {**environ, "SCENARIO_SDK_API_SECRET": secret}
    file = folder / Path(service["EnvironmentFile"]).name
    file.write_text("".join(f"{name}={values[name]}\n" for name in names), encoding="utf-8")
    variables = dict(line.split("=", 1) for line in file.read_text(encoding="utf-8").splitlines())
    assert set(variables) == {"SCENARIO_SDK_API_KEY", "SCENARIO_SDK_API_SECRET"}
    command = shutil.which("scenario-usage", path=environ["PATH"])
    return subprocess.run(
        [str(command), *arguments],
        env={
            "PATH": environ["PATH"],
            "HOME": str(folder),
            "SCENARIO_BASE_URL": environ["SCENARIO_BASE_URL"],
            **variables,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_service_exports(
    units: dict[str, str], environ: dict[str, str], tmp_path: Path
) -> None:
    """With the key of its environment file, into the folder that is its state."""
    secret = environ["SCENARIO_SDK_API_SECRET"]

    end = start_service(units, environ, tmp_path, secret=secret)

    assert (end.returncode, end.stderr) == (0, "")
    assert list((tmp_path / "usage" / "models").glob("date=*/part.parquet"))


def test_the_service_fails_by_its_exit_code(
    units: dict[str, str], environ: dict[str, str], tmp_path: Path
) -> None:
    """Which is what OnFailure= goes by; its journal has the error."""
    end = start_service(units, environ, tmp_path, secret="wrong")

    assert (end.returncode, end.stdout) == (4, "")
    assert end.stderr.startswith("error: ")


def test_the_mail_has_the_state_of_what_failed(units: dict[str, str], tmp_path: Path) -> None:
    """What is started on failure hands it on to `mail`, with the unit in the subject."""
    line = parse_unit(units[MAIL])["Service"]["ExecStart"].replace("%i", SERVICE)
    fakes = {"systemctl": 'echo "the state: $*"', "mail": 'echo "to: $*"; cat'}
    for name, body in fakes.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n")
        (tmp_path / name).chmod(0o755)

    end = subprocess.run(
        shlex.split(line),
        env={"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert end.stdout.splitlines() == [
        f"to: -s {SERVICE} failed root",
        f"the state: status --full {SERVICE}",
    ]


# --- engines


def ask_duckdb(folder: Path, *statements: str) -> list[tuple[Any, ...]]:
    """The rows of the last statement, run where `usage` is."""
    with chdir(folder), duckdb.connect() as connection:
        for statement in statements[:-1]:
            connection.execute(statement)
        return connection.execute(statements[-1]).fetchall()


def test_duckdb_over_parquet_says_what_report_says(folders: dict[str, Path]) -> None:
    """Jobs and cost of every model in October, to the last digit, the dearest first."""
    rows = ask_duckdb(folders["parquet"], find_sql("max_by("))
    models = report_models("--period", "2026-10")

    assert {row[0]: row[1:] for row in rows} == {
        row["model_id"]: (row["name"], row["jobs"], row["cost"]) for row in models
    }
    assert [row[3] for row in rows] == sorted((row[3] for row in rows), reverse=True)


def test_duckdb_over_csv_says_what_report_says(folders: dict[str, Path]) -> None:
    """Through the view, whose figures have the types of the Parquet."""
    view = find_sql("read_csv(")
    rows = ask_duckdb(folders["csv"], view, "select model_id, sum(cost) from models group by all")
    types = {row[0]: row[1] for row in ask_duckdb(folders["csv"], view, "describe models")}

    assert dict(rows) == report_costs(FIRST_CSV_DAY)
    assert types == {
        "model_id": "VARCHAR",
        "model": "VARCHAR",
        "jobs": "BIGINT",
        "cost": "DECIMAL(18,6)",
        "discount": "DECIMAL(18,6)",
        "gross": "DECIMAL(18,6)",
        "api_key_cost": "DECIMAL(18,6)",
        "api_key_discount": "DECIMAL(18,6)",
        "date": "DATE",
    }


def test_duckdb_over_months_says_what_report_says(months: dict[str, Path]) -> None:
    """The recipe for Parquet as it is, and the one for CSV as the text says to change it."""
    rows = ask_duckdb(months["parquet"], find_sql("hive_partitioning = false"))
    view = find_sql("read_csv(").replace("hive_partitioning = true", "hive_partitioning = false")
    view = view.replace("types = {", "types = {'date': 'DATE', ")
    costs = "select model_id, sum(cost) from models group by all"

    assert [(f"{month:%Y-%m-%d}", cost) for month, cost in rows] == [
        ("2026-10-01", sum(report_costs(FIRST_CSV_DAY, "2026-10-31").values())),
        ("2026-11-01", sum(report_costs("2026-11-01").values())),
    ]
    assert dict(ask_duckdb(months["csv"], view, costs)) == report_costs(FIRST_CSV_DAY)


@pytest.mark.parametrize("words", ["partitioning=None", "hive_partitioning=False"])
def test_frames_over_months_say_what_report_says(words: str, months: dict[str, Path]) -> None:
    """Of pandas and of Polars."""
    costs = run_python(words, months["parquet"])
    found = costs.items() if words == "partitioning=None" else costs.iter_rows()

    assert dict(found) == report_costs(FIRST_CSV_DAY)


HEADER = "model_id,model,jobs,cost,discount,gross,api_key_cost,api_key_discount\n"


@pytest.mark.parametrize(
    ("days", "jobs", "cost"),
    [
        ([""] * 40 + ["m,M,1,2.5,0,2.5,0,0\n"], 1, "2.5"),
        (["m,M,1,2,0,2,0,0\n"] * 40 + ["m,M,1,2.5,0,2.5,0,0\n"], 41, "82.5"),
        ([""] * 20 + ['m,"a ""b"", c\nd;e",1,0.000001,0,0.000001,0,0\n'], 1, "0.000001"),
        (["1,2026-01-01,1,2,0,2,0,0\n"] * 20 + ["m,'=M,1,2.5,0,2.5,0,0\n"], 21, "42.5"),
        ([""] * 20, None, None),
    ],
    ids=["header-only first", "integers first", "quotes late", "dates as names", "nothing at all"],
)
def test_duckdb_reads_csv_aright_whatever_comes_first(
    days: list[str], jobs: int | None, cost: str | None, tmp_path: Path
) -> None:
    """Where types are guessed from the first files, these go wrong."""
    for number, rows in enumerate(days):
        partition = tmp_path / f"{FOLDER}/models/date={20260101 + number}"
        partition.mkdir(parents=True)
        (partition / "part.csv").write_text(HEADER + rows, encoding="utf-8")

    (sums,) = ask_duckdb(tmp_path, find_sql("read_csv("), "select sum(jobs), sum(cost) from models")

    assert sums == (jobs, None if cost is None else Decimal(cost))


def test_the_rolling_year_is_the_sum_of_twelve_reports(folders: dict[str, Path]) -> None:
    """For each month; the first ones have less before them, and the ends are cut."""
    rows = ask_duckdb(folders["parquet"], find_sql("rolling_year"), "select * from rolling_year")
    months = [f"{row[0]:%Y-%m}" for row in rows]
    costs = []
    for month in months:
        period = {
            FIRST_DAY[:7]: ("--start", FIRST_DAY, "--end", FIRST_DAY[:7]),
            LAST_DAY[:7]: ("--start", LAST_DAY[:7], "--end", LAST_DAY),
        }.get(month, ("--period", month))
        costs.append(sum(Decimal(row["cost"]) for row in report_models(*period)))

    assert (len(months), months[0], months[-1]) == (15, FIRST_DAY[:7], LAST_DAY[:7])
    assert [row[1] for row in rows] == costs
    assert [row[2] for row in rows] == [sum(costs[max(0, n - 11) : n + 1]) for n in range(15)]


def test_pandas_says_what_report_says(folders: dict[str, Path]) -> None:
    """Cost by model, as decimals."""
    assert (
        dict(run_python('pd.read_parquet("usage/models")', folders["parquet"]).items())
        == report_costs()
    )


def test_polars_says_what_report_says(folders: dict[str, Path]) -> None:
    """Cost by model, as decimals."""
    left_behind = next(folders["parquet"].glob("usage/models/*")) / ".part.parquet.tmp"
    left_behind.write_bytes(b"PAR1, and then it was killed")
    try:
        found = dict(run_python("hive_partitioning=True", folders["parquet"]).iter_rows())
    finally:
        left_behind.unlink()

    assert found == report_costs()


def find_python(words: str) -> str:
    """The one block of all pages with these words in it."""
    (code,) = (block for block in PYTHON if words in block)
    return code


def run_python(words: str, folder: Path) -> Any:
    """Run a block where `usage` is; returns its `costs`."""
    scope: dict[str, Any] = {}
    with chdir(folder):
        exec(find_python(words), scope)
    return scope["costs"]


@pytest.mark.parametrize("layout", ["days", "months"])
def test_spark_says_what_report_says(
    layout: str, folders: dict[str, Path], months: dict[str, Path]
) -> None:
    """Cost by model, as decimals, where Java and pyspark are."""
    if not shutil.which("java"):
        pytest.skip("Spark needs Java")
    if not find_spec("pyspark"):
        pytest.skip("pyspark is not installed here; .ci/run installs it where Java is")
    words = {"days": "spark.read.parquet(", "months": "recursiveFileLookup"}
    code = find_python(words[layout])
    code += "\nimport json\nprint(json.dumps({row[0]: str(row[1]) for row in costs.collect()}))\n"

    end = subprocess.run(
        [sys.executable, "-c", code],
        cwd={"days": folders, "months": months}[layout]["parquet"],
        env={**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )

    assert end.returncode == 0, end.stderr
    costs = {key: Decimal(cost) for key, cost in json.loads(end.stdout.splitlines()[-1]).items()}
    assert costs == report_costs({"days": FIRST_DAY, "months": FIRST_CSV_DAY}[layout])


def test_every_block_of_the_recipes_is_run() -> None:
    """None is there that no test here knows of."""
    languages = Counter(re.findall(r"^```(sql|python|ini)$", TEXT, re.MULTILINE))

    assert languages == {"sql": 4, "python": 6, "ini": 3}
