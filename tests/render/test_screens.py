"""Totals at the end of what is longer than a screen, and bars that compare what people look at."""

import json
import re
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.support import CREDENTIALS, Result, model_row, point, run, usages

PLAIN = {"NO_COLOR": "1"}


def demo(*argv: str, lines: int | None = 24, columns: int | None = 80) -> str:
    """What a command prints of the built-in studio's last 30 days."""
    environ = CREDENTIALS | PLAIN | ({"LINES": str(lines)} if lines is not None else {})
    now_argv = (*argv, "--demo", "--start", "2026-10-24", "--end", "2026-11-20")
    result = run(*now_argv, columns=columns, environ=environ)
    assert result.code == 0, result.stderr
    return result.stdout


def headlines(text: str) -> list[str]:
    """The lines of totals of a report."""
    return re.findall(r"^ +[\d,.]+ CU .*\d$", text.partition("\nConsumption by")[0], re.MULTILINE)


def test_a_report_longer_than_the_screen_ends_with_its_totals() -> None:
    """With the period that they are of, as both have scrolled away."""
    text = demo("report")
    (totals,) = headlines(text)

    assert text.count(totals) == 2
    assert text.rstrip("\n").split("\n")[-1] == totals.rstrip()
    assert "\nTotals · 2026-10-24 to 2026-11-20, UTC\n" in text


@pytest.mark.parametrize(("spare", "times"), [(0, 1), (1, 0), (100, 0)])
def test_a_report_that_fits_does_not_repeat_them(spare: int, times: int) -> None:
    """The prompt takes a line of the screen as well."""
    whole = demo("report", "--section", "models", lines=None)
    height = len(whole.splitlines()) + spare
    text = demo("report", "--section", "models", lines=height)

    assert text.count("\nTotals · ") == times
    assert text.startswith(whole)


@pytest.mark.parametrize("lines", [None, 0])
def test_a_terminal_of_unknown_height_has_them_once(lines: int | None) -> None:
    """It may be a window without end."""
    assert "\nTotals · " not in demo("report", lines=lines)


@pytest.mark.parametrize("argv", [(), ("-f", "markdown"), ("--csv",), ("--json",)])
def test_a_pipe_has_them_once(argv: tuple[str, ...]) -> None:
    """Whatever the terminal is like that it comes from."""
    assert demo("report", *argv, columns=None) == demo("report", *argv, columns=None, lines=None)


def test_a_file_has_them_once(tmp_path: Path) -> None:
    """Also where the command runs in a terminal."""
    demo("report", "--output", str(tmp_path / "report.txt"))

    assert "\nTotals" not in (tmp_path / "report.txt").read_text(encoding="utf-8")


def test_no_totals_are_made_up() -> None:
    """Sections without any sum end as they do."""
    assert "Totals" not in demo("report", "--section", "quality_gates", lines=3)


def test_a_comparison_ends_with_its_totals_too() -> None:
    """The same table."""
    text = demo("compare")
    blocks = text.rstrip("\n").split("\n\n")

    assert blocks[-1] == blocks[1]
    assert blocks[1].startswith("Totals\n")


def test_a_trend_ends_with_its_totals_too() -> None:
    """What the first lines told."""
    text = demo("trend", "--split", "model")

    assert text.rstrip("\n").split("\n")[-1] == text.split("\n")[4]


@pytest.mark.parametrize("columns", [20, 40, 60, 80, 140])
def test_they_fit_the_terminal(columns: int) -> None:
    """On as many lines as they take."""
    assert max(map(cell_len, demo("report", columns=columns).splitlines())) <= columns


MANY = usages(
    models=[
        model_row("large", point(jobs=1, cost=10)),
        model_row("half", point(jobs=1, cost=5)),
        *(model_row(f"small{n:02}", point(jobs=1, cost=1)) for n in range(40)),
    ]
)


def bars(*argv: str, answer: object = MANY, **environ: str) -> dict[str, str]:
    """The bar of each model, by the first word of its name."""
    body = json.dumps(answer).encode()
    result: Result = run(
        *("report", "--from", "-", "--section", "models", *argv),
        stdin=body,
        environ=CREDENTIALS | environ,
    )
    lines = [line for line in result.stdout.splitlines() if "%" in line]
    return {
        re.sub(r"\x1b\[\d+m", "", line).split()[0]: line.rpartition("%")[2].strip()
        for line in lines
    }


def test_what_sums_up_others_does_not_set_the_scale() -> None:
    """The largest row has the full bar, and a longer one is cut, with a mark."""
    found = bars("--top", "2")

    assert found == {"large": "█" * 20, "half": "█" * 10, "other": "░" * 19 + "…"}


def test_what_sums_up_a_little_is_to_scale() -> None:
    """In whole cells, pale."""
    found = bars("--top", "40")

    assert (found["large"], found["other"]) == ("█" * 20, "░" * 4)


def test_all_rows_are_to_scale_without_it() -> None:
    """Nothing is cut then."""
    assert bars("--top", "0")["small00"] == "██"


def test_the_bar_of_others_is_dim_in_colour() -> None:
    """And all others are not."""
    found = bars("--top", "2", FORCE_COLOR="1")

    assert "\x1b[36m" in found["large"]
    assert ("\x1b[2m" in found["other"], "\x1b[36m" in found["other"]) == (True, False)


def test_refunds_above_and_a_rest_divide_nothing_by_nothing() -> None:
    """Where no row that is shown has a bar, that of the others is cut."""
    rows = [model_row("refund", point(jobs=1, cost=100))]
    rows += [model_row(f"m{n}", point(jobs=1, cost=-1)) for n in range(3)]
    answer = usages(models=rows)

    assert bars("--sort", "name", "--top", "3", answer=answer) == {
        "m0": "",
        "m1": "",
        "m2": "",
        "other": "░" * 19 + "…",
    }
