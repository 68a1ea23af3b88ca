"""What people try is answered with what there is: exit 2, two lines, and nothing on stdout."""

import shlex
from pathlib import Path

import pytest

from tests.cases import each
from tests.support import SECRET, FakeApi, answer, run, usages


def refuse(command_line: str, code: int = 2) -> tuple[str, str]:
    """The error and the hint; nothing is asked of any API."""
    result = run(*shlex.split(command_line))

    assert (result.code, result.stdout) == (code, "")
    error, hint = result.stderr.splitlines()
    return error.removeprefix("error: "), hint.removeprefix("hint: ")


WISHES = {
    "report last-month": "--period last-month",
    "report last month": '--period "last month"',
    "report 2026-05": "--period 2026-05",
    "trend 7d": "--period 7d",
    "compare may": "--period may",
    "report --month 2026-05": "--period 2026-05",
    "report --month=2026-05": "--period 2026-05",
    "report --month may": "--period may",
    "report --month 5": "--period 2026-05",
    "report --month 12": "--period 2025-12",
    "report --week 20": '--period "week 20"',
    "report --week 2026-W20": "--period 2026-W20",
    "trend --quarter q2": "--period q2",
    "report --year 2026 --json": "--period 2026",
    "report --date '12 may 2026'": '--period "12 may 2026"',
    "report --days 7": "--last 7d",
    "activity --hours=24": "--last 24h",
    "compare --months 3": "--last 3mo",
    "export usage --days 7": "--last 7d",
    "report --today": "--period today",
    "report --yesterday --csv": "--period yesterday",
    "report --last-month": "--period last-month",
    "trend --last-7-days": "--period last-7-days",
    "report --since 2026-05-01": "--start 2026-05-01",
    "report --until 2026-05-31": "--end 2026-05-31",
    "report --start-date 2026-05-01": "--start 2026-05-01",
    "report --to yesterday": "--end yesterday",
    "report --timezone Asia/Tokyo": "--tz Asia/Tokyo",
    "report --group-by project": "--by project",
    "trend --group-by model": "--split model",
    "trend --granularity day": "--by day",
    "report --model-id model_1": "--model model_1",
    "report --models 'Flux Dev'": '--model "Flux Dev"',
    "report --project-name Hero": "--project Hero",
    "report --user_ids u1": "--user u1",
    "report --email a@b.c": "--user a@b.c",
    "report --sections models": "--section models",
    "report --limit 5": "--top 5",
    "activity --top 5": "--limit 5",
    "report --out x.csv": "--output x.csv",
    "compare --versus year-ago": "--against year-ago",
    "report --markdown": "--format markdown",
    "activity --jsonl": "--format ndjson",
    "report csv": "--format csv",
    "report models": "--section models",
    "report quality-gates": "--section quality_gates",
    "trend model": "--split model",
    "report --debug": "--verbose",
    "report --endpoint http://127.0.0.1": "--base-url http://127.0.0.1",
    "report --projct x": "--project",
    "last-month": "scenario-usage report --period last-month",
    "usage": "scenario-usage report",
    "diff": "scenario-usage compare",
    "login": "scenario-usage config init",
    "init": "scenario-usage config init",
    "projects": "scenario-usage list projects",
    "users --json": "scenario-usage list people",
    "list users": "scenario-usage list people",
    "list api-keys": "scenario-usage list keys",
    "config set": "scenario-usage config init",
    "config get": "scenario-usage config show",
    "config switch studio": "scenario-usage config use",
    "export usage --from 2026-05-01": "--start 2026-05-01",
    "list models --from=may": "--start may",
    "list models --from": "--start",
    "export usage --from '3 days ago'": '--start "3 days ago"',
}
"""What people try, and what they may have meant."""


@each("tried", WISHES)
def test_what_people_try_is_answered_with_what_there_is(tried: str) -> None:
    """With the value that they gave, and a place to look."""
    _, hint = refuse(tried)
    command = tried.split()[0]
    is_command = WISHES[tried].startswith("scenario") and command not in ("list", "config")
    command = "list models" if tried.startswith("list models") else command
    place = "scenario-usage" if is_command else f"scenario-usage {command}"

    assert hint == f"did you mean {WISHES[tried]}? See {place} --help"


@each(
    ("tried", "words"),
    [
        ("report --pdf", "csv, tsv, markdown, openmetrics, slack, xlsx, html, svg or focus;"),
        ("activity --excel out.xlsx", "the formats are table, json, ndjson, csv, tsv or markdown;"),
        ("trend --pdf", "the formats are table, json, csv, tsv, markdown, xlsx, html or svg;"),
        ("report pdf", "csv, tsv, markdown, openmetrics, slack, xlsx, html, svg or focus;"),
        ("report --format pdf", "one of table, json, csv, tsv, markdown, openmetrics, slack, xlsx"),
        ("report --month", "write --period, as in --period 2026-05;"),
        ("report --week nonsense", "write --period, as in --period 2026-W20;"),
        ("report --no-color", "set NO_COLOR=1"),
        ("report --config x.toml", "set SCENARIO_USAGE_CONFIG to the path of the config file;"),
        ("report --quiet", "2>/dev/null"),
        ("list keys --period 2026-10", "period; scenario-usage report --by user tells others;"),
        ("list people --since 2026-10-01", "it tells the running billing period;"),
        ("list projects last-month", "billing period; scenario-usage report --by project tells"),
        ("export x --from saved.json", "report --from reads a saved answer; this command asks"),
        ("--last 7d report", "options follow the command, as in scenario-usage report --last;"),
    ],
)
def test_where_there_is_no_such_thing_the_hint_says_what_there_is(tried: str, words: str) -> None:
    """Formats, an example of a period, or a variable."""
    assert words in refuse(tried)[1]


@pytest.mark.parametrize("option", ["--api-key", "--secret", "--token", "--API_KEY"])
def test_a_secret_on_the_command_line_is_not_repeated(option: str) -> None:
    """There is no option for it, and the hint says where it belongs."""
    for written in (f"{option} s3cr3t", f"{option}=s3cr3t"):
        error, hint = refuse(f"report {written}")
        assert "s3cr3t" not in error + hint
        assert "config init, or set SCENARIO_SDK_API_KEY and SCENARIO_SDK_API_SECRET" in hint


@pytest.mark.parametrize(
    "argv",
    [
        ("report", "--team", SECRET),
        ("report", "-p", f"Hero,{SECRET}"),
        ("trend", "--user", SECRET),
        ("report", "-o", f"{SECRET}.csv"),
        ("export", SECRET),
        ("help", SECRET),
    ],
    ids=" ".join,
)
def test_the_secret_of_the_environment_is_no_value(argv: tuple[str, ...]) -> None:
    """A variable that was mistaken for another; nothing is asked, and nothing is written."""
    result = run(*argv)

    assert (result.code, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 2
    assert "has the secret of the environment in it" in result.error
    assert SECRET not in result.stderr


@each(
    ("tried", "place"),
    [
        ("report --nonsense", "scenario-usage report"),
        ("report -x", "scenario-usage report"),
        ("report --top many", "scenario-usage report"),
        ("report --last", "scenario-usage report"),
        ("config path --profile", "scenario-usage config path"),
        ("config path --nonsense", "scenario-usage config path"),
        ("config pth", "scenario-usage config"),
        ("list quux", "scenario-usage list"),
        ("doctor --from 2026-05-01", "scenario-usage doctor"),
        ("schema report trend", "scenario-usage schema"),
        ("export", "scenario-usage export"),
        ("export usage more", "scenario-usage export"),
        ("doctor last-month", "scenario-usage doctor"),
        ("export usage --timezone UTC", "scenario-usage export"),
        ("report help", "scenario-usage report"),
        ("repotr", "scenario-usage"),
        ("--nonsense", "scenario-usage"),
        ("--profile", "scenario-usage"),
        ("quux", "scenario-usage"),
    ],
)
def test_the_hint_names_the_command(tried: str, place: str) -> None:
    """Also one below another; a wish that the command cannot meet is not answered with a guess."""
    assert refuse(tried)[1] == f"see {place} --help"


@pytest.mark.parametrize(
    ("value", "instead"),
    [
        ("2026-05-01", "--start 2026-05-01"),
        ("yesterday", "--start yesterday"),
        ("2026-05", "--period 2026-05"),
        ("last-month", "--period last-month"),
        ("last month", '--period "last month"'),
        ("2026-W20", "--period 2026-W20"),
        ("7d", "--period 7d"),
        ("2026-05-01..2026-05-15", "--period 2026-05-01..2026-05-15"),
        ("2026-05-01T08:30", "--start 2026-05-01T08:30"),
        ("3 days ago", '--start "3 days ago"'),
    ],
)
def test_a_date_where_a_file_is_meant_is_told_its_option(
    value: str, instead: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 3, as for any file that is missing; whatever stands beside it."""
    monkeypatch.chdir(tmp_path)
    for beside in ("", "--demo", "--end 2026-05-31", "--json"):
        error, hint = refuse(f"report --from {shlex.quote(value)} {beside}", code=3)
        assert error == f"cannot read --from {value}: there is no such file"
        assert hint == f"--from reads a saved answer; for a date, use {instead}"


def test_a_file_that_is_called_as_a_date_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is there, so it is meant."""
    monkeypatch.chdir(tmp_path)
    run("report", "--save-raw", "2026-05", transport=FakeApi(answer(usages())))

    assert run("report", "--from", "2026-05", "--json").code == 0


def test_words_of_any_kind_are_no_bug() -> None:
    """Escapes are shown; nothing is obeyed, nothing fails."""
    for word in ("\x1b[31m", "(", "[/b]", "\n", "é", "x" * 5000, "*", "a b", "\udcff"):
        for argv in (("report", f"--{word}"), ("report", word), (word,)):
            result = run(*argv)
            assert (result.code, result.stdout) == (2, "")
            assert "\x1b" not in result.stderr
