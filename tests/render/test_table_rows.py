"""Which rows a table has, and what a pipe or a colourless terminal makes of it."""

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.cases import each
from tests.support import CREDENTIALS, Result, model_row, point, run, usages

ANSI = re.compile(r"\x1b")
BOX = re.compile(r"[\u2500-\u257f]")

COUNT = 30
COSTS = [round(1000.12345 / (n + 1), 5) for n in range(COUNT - 1)] + [-7.5]
IDS = [f"id{n:02}" for n in range(COUNT)]
MANY = usages(
    consumption=[
        {"userId": i, "value": c, "discount": 0.5, "total": c + 0.5}
        for i, c in zip(IDS, COSTS, strict=True)
    ],
    models=[
        model_row(i, point(jobs=n, cost=c, discount=0.25, apiKeyCost=c / 2, apiKeyDiscount=0.125))
        for n, (i, c) in enumerate(zip(IDS, COSTS, strict=True))
    ],
    assets=[
        {"kind": i, "points": [point(count=COUNT - n, countApiKey=1)]} for n, i in enumerate(IDS)
    ],
    actions=[
        {
            "usageName": i,
            "points": [point(value="2", apiKey="1", cost=c if c > 99 else None)],
        }
        for i, c in zip(IDS, COSTS, strict=True)
    ],
    moderation=[{"label": i, "points": [point(count=n + 1)]} for n, i in enumerate(IDS)],
    quality_gates=[{"verdict": i, "points": [point(count=5)]} for i in IDS],
)
SECTIONS = ("consumption", "models", "assets", "actions", "moderation", "quality-gates")


def report(*argv: str, columns: int | None = None, answer: Any = MANY, **environ: str) -> Result:
    """A report of many rows of everything."""
    body = json.dumps(answer).encode()
    result = run(
        "report", "--from", "-", *argv, stdin=body, columns=columns, environ=CREDENTIALS | environ
    )
    assert result.code == 0
    return result


def rows(*argv: str) -> list[list[str]]:
    """The rows of a piped table of one section, without bars."""
    lines = report(*argv).stdout.rstrip("\n").split("\n\n")[1].split("\n")[2:]
    return [re.split(r"\s{2,}", line.rstrip("█▏▎▍▌▋▊▉░… ").strip()) for line in lines]


def number(cell: str) -> Decimal:
    """What a cell of a table says."""
    return Decimal(cell.replace(",", "").replace(" %", ""))


@each("section", SECTIONS[:-1])
@each(
    ("argv", "shown"), [((), 20), (("--top", "1"), 1), (("--top", "29"), 29), (("--top", "7"), 7)]
)
def test_the_rest_is_summed_in_one_row(section: str, argv: tuple[str, ...], shown: int) -> None:
    """The first N as they are, and `other (M)` whose figures are the sums of the others'."""
    whole = rows("--section", section, "--top", "0")
    *first, other = rows("--section", section, *argv)

    assert (len(whole), first) == (COUNT, whole[:shown])
    assert other[0] == f"other ({COUNT - shown})"
    for title, cell, cells in zip(
        HEADERS[section],
        other[1:],
        zip(*(row[1:] for row in whole[shown:]), strict=True),
        strict=True,
    ):
        known = [number(text) for text in cells if text not in ("–", "yes", "no")]
        if title == "cost_per_job":
            at = {name: position + 1 for position, name in enumerate(HEADERS[section])}
            expected = number(other[at["cost"]]) / number(other[at["jobs"]])
            assert number(cell) == Decimal(f"{expected:.3g}")
        elif title == "share":
            assert abs(number(cell) - sum(known)) <= Decimal("0.005") * (len(known) + 1)
        elif not known:
            assert cell == "–"
        else:
            assert number(cell) == sum(known)


HEADERS = {
    "consumption": ("email", "is_api_key", "cost", "discount", "gross", "share"),
    "models": (
        *("jobs", "cost", "discount", "gross", "cost_per_job"),
        *("api_key_cost", "api_key_discount", "share"),
    ),
    "assets": ("count", "api_key_count", "share"),
    "actions": ("count", "api_key_count", "cost", "discount", "api_key_cost", "api_key_discount"),
    "moderation": ("count", "api_key_count"),
    "quality-gates": ("count", "api_key_count"),
}


@pytest.mark.parametrize("top", ["0", "30", "31", "1000"])
def test_a_top_that_is_large_enough_shows_all(top: str) -> None:
    """No row `other (0)`."""
    assert [row[0] for row in rows("--section", "assets", "--top", top)] == IDS


@pytest.mark.parametrize("output_format", ["json", "csv", "tsv"])
def test_data_is_never_cut(output_format: str) -> None:
    """--top is for tables only."""
    assert report("-f", output_format, "--top", "1") == report("-f", output_format)


def test_a_negative_top_is_refused() -> None:
    """There are no fewer rows than none."""
    assert run("report", "--demo", "--top", "-1").code == 2


ZEROS = usages(
    consumption=[{"userId": "zero"}, {"userId": "given", "discount": 1, "total": 1}],
    models=[model_row("zero"), model_row("jobs", point(jobs=1))],
    assets=[
        {"kind": "zero", "points": [point(count=0)]},
        {"kind": "k", "points": [point(count=1)]},
    ],
    actions=[
        {"usageName": "zero", "points": []},
        {"usageName": "zero too", "points": [point(value="0", apiKey="0", cost=0)]},
        {"usageName": "key", "points": [point(value="0", apiKey="0", discount=2)]},
    ],
    moderation=[{"label": "zero"}, {"label": "l", "points": [point(count=0, countApiKey=1)]}],
    quality_gates=[{"verdict": "zero"}, {"verdict": "v", "points": [point(count=1)]}],
)


@pytest.mark.parametrize("output_format", ["table", "markdown"])
@pytest.mark.parametrize("columns", [None, 80])
def test_rows_of_zeros_are_left_out_of_tables(output_format: str, columns: int | None) -> None:
    """A row with any figure at all stays."""
    text = report("-f", output_format, answer=ZEROS, columns=columns).stdout

    assert ["zero" in text, *(name in text for name in ("given", "jobs", "key"))] == [
        False,
        *[True] * 3,
    ]


def test_rows_of_zeros_are_kept_in_data() -> None:
    """Every row that the API sent is in JSON and in CSV."""
    document = report("--json", answer=ZEROS).json
    text = report("--csv", answer=ZEROS).stdout

    assert [len(document[name.replace("-", "_")]) for name in SECTIONS] == [2, 2, 2, 3, 2, 2]
    assert text.count(",zero,zero,") == 4 + 7 + 3 + 2 + 2 + 2
    assert "\n,,actions,zero too,zero too,cost,0\n" in text


@pytest.mark.parametrize("environ", [{}, {"COLUMNS": "40"}, {"TERM": "xterm-256color"}])
def test_a_piped_table_is_plain_and_whole(environ: dict[str, Any]) -> None:
    """No colour, no box drawing, nothing cut to a width."""
    text = report("--top", "0", **environ).stdout

    assert (ANSI.findall(text), BOX.findall(text), text.count("…")) == ([], [], 0)
    assert "Discount by API key" in text
    assert [line for line in text.split("\n") if line != line.rstrip()] == []


def test_a_file_is_as_plain_as_a_pipe(tmp_path: Path) -> None:
    """--output from a terminal has neither its colours nor its width."""
    target = tmp_path / "report.txt"

    report("-o", str(target), columns=60)

    assert target.read_text(encoding="utf-8") == report().stdout


@each(
    ("columns", "environ", "coloured"),
    [
        (80, {}, True),
        (80, {"TERM": "xterm-256color"}, True),
        (80, {"TERM": "dumb"}, False),
        (80, {"NO_COLOR": "1"}, False),
        (80, {"NO_COLOR": ""}, True),
        (80, {"NO_COLOR": "1", "TERM": "xterm"}, False),
        (80, {"FORCE_COLOR": "1", "TERM": "dumb"}, True),
        (None, {}, False),
        (None, {"TERM": "xterm-256color"}, False),
        (None, {"FORCE_COLOR": "1"}, True),
        (None, {"FORCE_COLOR": ""}, False),
        (None, {"NO_COLOR": "1"}, False),
    ],
)
def test_colour_is_for_terminals_and_whoever_forces_it(
    columns: int | None, environ: dict[str, str], coloured: bool
) -> None:
    """NO_COLOR, FORCE_COLOR and TERM=dumb decide, and an empty variable says nothing."""
    assert bool(ANSI.search(report(columns=columns, **environ).stdout)) == coloured


def test_forced_colour_changes_nothing_else_in_a_pipe() -> None:
    """The text is that of any pipe: no width, no box drawing."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", report(FORCE_COLOR="1").stdout)

    assert [line.rstrip() for line in text.split("\n")] == report().stdout.split("\n")


@pytest.mark.parametrize("output_format", ["json", "csv", "tsv", "markdown"])
def test_only_the_table_has_colours(output_format: str) -> None:
    """Data stays data on a terminal, also where colour is forced."""
    text = report("-f", output_format, columns=80, FORCE_COLOR="1").stdout

    assert ANSI.findall(text) == []


@pytest.mark.parametrize("output_format", ["table", "markdown", "openmetrics"])
def test_a_verdict_that_is_the_sum_of_others_is_never_summed_up(output_format: str) -> None:
    """The quality gate's total keeps its row, also where no more rows than one are wanted."""
    gates = [
        {"verdict": verdict, "points": [point(count=10, countApiKey=0)]}
        for verdict in ("pass", "total")
    ]
    result = run(
        *("report", "--from", "-", "--section", "quality_gates", "--top", "1"),
        *("--format", output_format),
        stdin=json.dumps(usages(quality_gates=gates)).encode(),
    )

    assert "total" in result.stdout
    assert "other" not in result.stdout.replace("sum of the others", "")
