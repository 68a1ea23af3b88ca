"""The message for Slack: within its limits, with what a reader needs, and with no name obeyed."""

import html
import io
import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_usage_cli.render import Medium
from scenario_usage_cli.render.slack import escape_text, render_slack
from scenario_usage_cli.report.view import View
from tests.render.test_escapes import NAMES, everywhere
from tests.slack import SPECIAL, check_message, read
from tests.support import NOW, Result, model_row, point, run, usages

FROM_STDIN = ("report", "--from", "-", "-f", "slack")


def check(result: Result) -> dict[str, Any]:
    """The message of a command that ended well, which Slack takes."""
    assert result.code == 0, result.stderr
    return check_message(result.stdout)


@pytest.mark.parametrize(
    "argv",
    [
        ("report",),
        ("report", "--by", "project,user", "--top", "0"),
        ("report", "--section", "models", "--top", "3"),
        ("compare",),
        ("compare", "--by", "project", "--section", "models,breakdown", "--top", "0"),
    ],
)
def test_slack_takes_the_message(argv: tuple[str, ...]) -> None:
    """Of reports and comparisons, of few rows and of many."""
    check(run(*argv, "--demo", "--format", "slack"))


def test_a_report_says_what_was_spent() -> None:
    """Period, filters, totals, the first rows of each section, the rest as one, the difference."""
    argv = ("report", "--demo", "--period", "2026-10", "--project", "R&D")
    message = check(run(*argv, "-f", "slack"))
    totals = run(*argv, "--json").json["totals"]

    text = read(message)

    assert "2026-10-01 to 2026-10-31, UTC · project R&D" in text
    assert f"*Cost*\n{totals['cost']:,} CU" in text
    assert f"*Jobs*\n{totals['jobs']:,}" in text
    models = text.partition("*Models*\n```\n")[2].partition("\n```")[0].splitlines()
    assert models[0].split() == ["Model", "Jobs", "Cost,", "CU", "Cost/job,", "CU", "Share"]
    assert len(models) == 8
    assert models[-1].startswith("other (")
    assert "Reconciliation: Consumption" in text
    assert message["text"].startswith(f"Scenario usage · Cost {totals['cost']:,} CU · ")


def test_a_comparison_says_what_changed() -> None:
    """Both periods, the totals, and each section with its changes."""
    argv = ("compare", "--demo", "--period", "2026-10", "-f", "slack")

    text = read(check(run(*argv)))

    assert "2026-10-01 to 2026-10-31, UTC · against 2026-09-01 to 2026-09-30, UTC" in text
    assert re.search(r"\*Totals\*\n```\nMeasure +Before +After +Delta +Change\n", text)
    assert "*Cost by model, CU*" in text


def test_warnings_are_in_the_message() -> None:
    """As they are on stderr."""
    result = run(*FROM_STDIN, stdin=json.dumps({"consumption": []}).encode())

    text = read(check(result))

    warnings = [line for line in result.stderr.splitlines() if line.startswith("warning: ")]
    assert warnings
    assert all(line in text for line in warnings)
    assert "unknown: the API left it out" in text


def test_nothing_used_is_said() -> None:
    """A report without rows is a message all the same."""
    result = run(*FROM_STDIN, stdin=json.dumps(usages()).encode())

    assert "*Models*\nnothing in this period" in read(check(result))


def test_no_name_is_obeyed() -> None:
    """Whatever stands in it: no mention, no link, no end of the code around it."""
    names = [*NAMES, "<!channel> <@U123> <#C1>", "@here @channel #general", "a ``` b", "```"]
    body = json.dumps(everywhere(names)).encode()

    for top in ("0", "5", "1000"):
        check(run(*FROM_STDIN, "--top", top, stdin=body))


@pytest.mark.parametrize("letter", ["x", "&", "`", "紅", "🎨", "\x1b", " "])
def test_names_of_10000_letters_fit(letter: str) -> None:
    """Each of them of many rows, and each in the warning or filter that names it."""
    name = letter * 10_000
    rows = [model_row(f"{name}{number}", point(jobs=1, cost=number)) for number in range(60)]
    body = json.dumps(usages(models=rows)).encode()

    message = check(run(*FROM_STDIN, "--top", "0", "--model", f"{name}*", stdin=body))

    assert "*Models*" in read(message)


def test_rows_without_room_are_summed_up() -> None:
    """However many are asked for; the sum stays whole."""
    rows = [model_row(f"model {number}", point(jobs=1, cost=2)) for number in range(1000)]
    body = json.dumps(usages(models=rows)).encode()

    text = read(check(run(*FROM_STDIN, "--section", "models", "--top", "0", stdin=body)))

    shown = text.partition("```\n")[2].partition("\n```")[0].splitlines()[2:]
    assert len(shown) > 20
    assert shown[-1].startswith(f"other ({1001 - len(shown)})")
    assert f" {2 * (1001 - len(shown)):,} " in shown[-1]


def test_many_warnings_fit() -> None:
    """As many as there is room for, then how many others there are."""
    warnings = [f"{number} <@U{number}> " + "w" * 200 for number in range(100)]
    view = View({"warnings": warnings}, "Many", "s" * 10_000, (), (), None, NOW)
    out = io.StringIO()

    render_slack(view, out, Medium())

    message = check(Result(0, out.getvalue(), ""))
    assert re.search(r"… \d\d more lines$", read(message))


@given(st.text())
@settings(deadline=None)
def test_text_is_read_as_it_was(text: str) -> None:
    """What Slack shows is the text, and nothing in it is special."""
    escaped = escape_text(text)

    assert SPECIAL.findall(escaped) == []
    assert "``" not in escaped
    if text.isprintable():
        assert html.unescape(escaped).replace("\u200b", "") == text


@pytest.mark.parametrize("command", ["trend", "activity", "list projects"])
def test_other_commands_refuse_the_format(command: str) -> None:
    """They have no message."""
    result = run(*command.split(), "--demo", "--format", "slack")

    assert (result.code, result.stdout) == (2, "")
    assert "'slack' is not a format of this command" in result.error
