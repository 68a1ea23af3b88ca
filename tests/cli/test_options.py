"""What the command line takes, and how it refuses the rest."""

import re
from pathlib import Path

import pytest

from tests.cases import each
from tests.support import CREDENTIALS, FakeApi, answer, run, usages

shellingham = pytest.importorskip("shellingham")  # what Typer finds out the shell with
COMMANDS = [
    ("report",),
    ("trend",),
    ("compare",),
    ("activity",),
    ("quota",),
    ("doctor",),
    ("sandbox",),
    ("schema",),
    ("config", "path"),
]
SECTIONS = ["consumption", "models", "assets", "actions", "moderation", "quality_gates"]
JSON_KEYS = ["schema_version", "report", "generated_at", "period", "filters", "totals"]


def refuse(*argv: str, code: int = 2, environ: dict[str, str] | None = None) -> tuple[str, str]:
    """The error and the hint of a command that asks nothing of any API."""
    result = run(*argv, environ={**CREDENTIALS, **(environ or {})})

    assert (result.code, result.stdout) == (code, "")
    error, hint = result.stderr.splitlines()
    assert (error[:7], hint[:6]) == ("error: ", "hint: ")
    return error[7:], hint[6:]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_an_example(command: tuple[str, ...]) -> None:
    """On stdout, with a line to copy."""
    result = run(*command, "--help")
    usage, _, rest = result.stdout.partition("\n")

    assert (result.code, result.stderr) == (0, "")
    assert usage.startswith(f"Usage: scenario-usage {' '.join(command)} ")
    assert f"scenario-usage {' '.join(command)}" in rest
    assert run(*command, "-h").stdout == result.stdout


@pytest.mark.parametrize("command", [(), *COMMANDS], ids=" ".join)
def test_every_option_has_a_line_of_help(command: tuple[str, ...]) -> None:
    """Beside it or, where it is long, below it."""
    lines = run(*command, "--help").stdout.splitlines()
    options = [number for number, line in enumerate(lines) if line.startswith("  -")]

    assert len(options) >= 4
    for number in options:
        beside = re.fullmatch(r"  -.*?\S  +\S.*", lines[number])
        assert beside or lines[number + 1].startswith("     "), lines[number]


def test_the_start_page_shows_every_command_and_an_example() -> None:
    """Also without any argument."""
    page = run("--help").stdout

    for command in ("report", "doctor", "sandbox", "schema", "config"):
        assert re.search(rf"^  {command} +\S", page, re.MULTILINE)
    assert "scenario-usage report --demo" in page
    assert run().stdout == page


@pytest.mark.parametrize(
    "argv",
    [
        ("--version",),
        ("--version", "report"),
        ("report", "--version"),
        ("report", "--last", "nonsense", "--version"),
        ("doctor", "--version"),
        ("sandbox", "--version"),
        ("schema", "--version"),
        ("config", "path", "--version"),
    ],
    ids=" ".join,
)
def test_the_version_is_told_before_and_after_the_command(argv: tuple[str, ...]) -> None:
    """And nothing else is done."""
    result = run(*argv)

    assert (result.code, result.stderr) == (0, "")
    assert re.fullmatch(r"scenario-usage \d+\.\d+\.\d+\S*\n", result.stdout)


@each(
    ("argv", "named"),
    [
        (("repotr",), ["repotr", "report"]),
        (("doktor", "--demo"), ["doktor", "doctor"]),
        (("config", "pth"), ["pth", "path"]),
        (("report", "--projct", "x"), ["--projct", "--project"]),
        (("report", "--secton", "models"), ["--secton", "--section"]),
        (("report", "--save-row", "x"), ["--save-row", "--save-raw"]),
        (("--verbos", "report"), ["--verbos", "--verbose"]),
        (("report", "--nonsense"), ["--nonsense"]),
        (("report", "-x"), ["-x"]),
        (("report", "extra"), ["extra"]),
        (("doctor", "extra"), ["extra"]),
        (("report", "--last"), ["--last"]),
        (("report", "--json=yes"), ["--json"]),
        (("report", "--top", "many"), ["--top", "many"]),
        (("report", "--top", "1.5"), ["--top", "1.5"]),
        (("report", "--top", "-1"), ["--top", "-1"]),
        (("report", "--timeout", "soon"), ["--timeout", "soon"]),
        (("report", "--timeout", "0"), ["--timeout", "0"]),
        (("report", "--timeout", "nan"), ["--timeout", "nan"]),
        (("report", "--timeout", "inf"), ["--timeout", "inf"]),
        (("report", "--retries", "-1"), ["--retries", "-1"]),
        (("sandbox", "--port", "99999"), ["--port", "99999"]),
        (("export",), ["DIR"]),
        (("schema", "raport"), ["raport", "report"]),
    ],
)
def test_a_command_line_that_cannot_be_meant_is_refused(
    argv: tuple[str, ...], named: list[str]
) -> None:
    """Two lines that name what was typed and the nearest there is; nothing on stdout."""
    told = " ".join(refuse(*argv))

    assert [text for text in named if text not in told] == []


@pytest.mark.parametrize(
    ("argv", "named"),
    [
        (("--json", "--csv"), ["--json", "--csv"]),
        (("--json", "-f", "csv"), ["--json", "--format"]),
        (("--csv", "--format", "table"), ["--csv", "--format"]),
        (("--from", "x.json", "--demo"), ["--from", "--demo"]),
        (("--from", "-", "--save-raw", "x.json"), ["--from", "--save-raw"]),
        (("--model", "Flux", "--section", "assets"), ["--model", "--section"]),
        (("--last", "7d", "--period", "today"), ["--last", "--period"]),
        (("--end", "2026-05-01"), ["--end", "--start"]),
        (("--save-raw", "x.json", "--output", "x.json"), ["--save-raw", "--output"]),
        (("--save-raw", "x.json", "--output", "./x.json"), ["--save-raw", "--output"]),
        (("--save-raw", "-"), ["--save-raw", "stdout"]),
    ],
    ids=lambda value: " ".join(value),
)
def test_options_that_contradict_each_other_are_refused(
    argv: tuple[str, ...], named: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are named, and neither is silently ignored."""
    monkeypatch.chdir(tmp_path)
    demo = () if "--from" in argv else ("--demo",)
    error, _ = refuse("report", *argv, *demo)

    assert [text for text in named if text not in error] == []


@pytest.mark.parametrize(
    "argv", [("--json", "-f", "json"), ("--json", "--json"), ("--csv", "--format", "CSV")]
)
def test_saying_the_same_twice_is_no_contradiction(argv: tuple[str, ...]) -> None:
    """Two ways to ask for one format agree."""
    assert run("report", "--demo", *argv).code == 0


@each(
    "option",
    [
        *("--project", "--user", "--team", "--model", "--section", "--last", "--period", "--start"),
        *("--end", "--tz", "--format", "--base-url", "--profile", "--output", "--save-raw"),
    ],
)
def test_an_empty_value_is_refused(option: str) -> None:
    """`--project "$HERO"` with HERO unset must not report every project as if it were one."""
    result = run("report", "--demo", option, "")

    assert (result.code in (2, 3), result.stdout) == (True, "")
    assert option in result.error


@pytest.mark.parametrize("option", ["--project", "--user", "--model", "--section"])
def test_a_list_of_nothing_but_commas_is_refused(option: str) -> None:
    """It names nothing, and must not mean everything."""
    assert option in refuse("report", "--demo", option, " , ,")[0]


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        (["models"], ["models"]),
        (["models,assets"], ["models", "assets"]),
        (["assets", "models"], ["models", "assets"]),
        (["assets , models", "consumption"], ["consumption", "models", "assets"]),
        (["models", "models,models"], ["models"]),
        (["quality-gates"], ["quality_gates"]),
        (["quality_gates"], ["quality_gates"]),
        (["Quality-Gates,MODELS"], ["models", "quality_gates"]),
        ([",".join(SECTIONS)], SECTIONS),
    ],
)
def test_sections_may_be_repeated_and_joined_by_commas(values: list[str], kept: list[str]) -> None:
    """`-` and `_` are the same; each section comes once, in the report's order."""
    argv = [part for value in values for part in ("--section", value)]
    document = run("report", "--demo", "--json", *argv).json

    assert list(document) == [*JSON_KEYS, *kept, "reconciliation", "warnings"]


def test_without_section_every_section_is_there() -> None:
    """In the order of the documentation."""
    document = run("report", "--demo", "--json").json

    assert list(document) == [*JSON_KEYS, *SECTIONS, "reconciliation", "warnings"]


@pytest.mark.parametrize(
    ("value", "nearest"), [("modls", "models"), ("quality", "quality_gates"), ("xyz", "assets")]
)
def test_an_unknown_section_is_refused(value: str, nearest: str) -> None:
    """With the nearest name, or all where none is near; also beside a known one."""
    for text in (value, f"models,{value}"):
        error, hint = refuse("report", "--demo", "--section", text)

        assert error == f"--section {value!r} is not known"
        assert nearest in hint


def test_an_unknown_format_is_refused_by_where_it_was_given() -> None:
    """An option is a matter of the command line, a variable one of configuration."""
    hint = "one of table, json, csv, tsv, markdown, openmetrics, slack, xlsx, html, svg, focus"

    assert refuse("report", "-f", "xml") == ("--format 'xml' is not a format of this command", hint)
    environ = {"SCENARIO_USAGE_FORMAT": "xml"}
    assert refuse("report", code=3, environ=environ) == (
        "SCENARIO_USAGE_FORMAT 'xml' is not a format of this command",
        hint,
    )


@pytest.mark.parametrize(
    ("argv", "environ", "start"),
    [
        ((), {}, "Scenario usage\n"),
        (("--json",), {}, '{"schema_version":1,'),
        (("--format", "json"), {}, '{"schema_version":1,'),
        (("-fJSON",), {}, '{"schema_version":1,'),
        (("--csv",), {}, "period_start,period_end,section,id,name,measure,value\n"),
        (("-f", "tsv"), {}, "period_start\tperiod_end\tsection\tid\tname\tmeasure\tvalue\n"),
        ((), {"SCENARIO_USAGE_FORMAT": "json"}, '{"schema_version":1,'),
        ((), {"SCENARIO_USAGE_FORMAT": ""}, "Scenario usage\n"),
        (("-f", "table"), {"SCENARIO_USAGE_FORMAT": "json"}, "Scenario usage\n"),
        (("--csv",), {"SCENARIO_USAGE_FORMAT": "json"}, "period_start,period_end,section,"),
        (("--csv",), {"SCENARIO_USAGE_FORMAT": "nonsense"}, "period_start,period_end,section,"),
    ],
)
def test_the_nearest_word_about_the_format_wins(
    argv: tuple[str, ...], environ: dict[str, str], start: str
) -> None:
    """Any option beats the variable, which beats the default."""
    result = run("report", "--demo", *argv, environ={**CREDENTIALS, **environ})

    assert result.code == 0
    assert result.stdout[: len(start)] == start


@pytest.mark.parametrize(
    ("argv", "shown", "other"),
    [
        ((), 20, "other (5)"),
        (("--top", "0"), 25, None),
        (("--top", "3"), 3, "other (22)"),
        (("--top", "24"), 24, "other (1)"),
        (("--top", "25"), 25, None),
        (("--top", "999999999999999999999"), 25, None),
    ],
)
def test_tables_are_cut_to_the_top(argv: tuple[str, ...], shown: int, other: str | None) -> None:
    """The rest is summed in one row; `--top 0` shows all; CSV is never cut."""
    rows = [{"userId": f"user_{n:02}", "value": n, "discount": 0, "total": n} for n in range(1, 26)]
    api = FakeApi(answer(usages(consumption=rows)), answer(usages(consumption=rows)))
    section = ("--section", "consumption", *argv)
    table = run("report", *section, transport=api).stdout
    csv = run("report", *section, "--csv", transport=api).stdout

    assert len(re.findall(r"^ *user_\d\d ", table, re.MULTILINE)) == shown
    assert re.findall(r"other \(\d+\)", table) == ([other] if other else [])
    assert csv.count("\n") == 1 + 25
    api.assert_used_up()


@pytest.mark.parametrize("option", ["--show-completion", "--install-completion"])
@pytest.mark.parametrize("shell", ["sh", "dash", "nushell", None])
def test_a_shell_without_completion_is_told_in_two_lines(
    option: str, shell: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 2, as for any option that cannot be meant; also where no shell is found."""

    def detect() -> tuple[str, str]:
        if shell is None:
            raise shellingham.ShellDetectionFailure
        return shell, shell

    monkeypatch.setattr(shellingham, "detect_shell", detect)
    result = run(option)

    assert (result.code, result.stdout) == (2, "")
    assert result.stderr.splitlines() == [
        f"error: {option} does not know the shell that it is run from"
        + (f" ({shell})" if shell else ""),
        "hint: run it from bash, zsh, fish or PowerShell",
    ]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_of_a_shell_is_printed(shell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A script on stdout, and nothing else."""
    monkeypatch.setattr(shellingham, "detect_shell", lambda: (shell, shell))
    result = run("--show-completion")

    assert (result.code, result.stderr) == (0, "")
    assert "_SCENARIO_USAGE_COMPLETE" in result.stdout
