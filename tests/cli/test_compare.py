"""`compare` from the command line: two periods, every format, and what it refuses."""

import csv
import io
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from rich.cells import cell_len

from tests.report.builders import charge, kind, model
from tests.support import CREDENTIALS, FakeApi, Result, answer, at, run, usages

BEFORE = at(
    "2026-09-01T00:00:00.000Z",
    usages(
        consumption=[charge("u1", 1000, 10), charge("u2", 200)],
        models=[model("m1", jobs=3, cost=1200), model("m2", jobs=1)],
        assets=[kind("image", 4), kind("video", 2)],
        model_names={"m1": "=Flux [pro]"},
    ),
)
AFTER = at(
    "2026-10-01T00:00:00.000Z",
    usages(
        consumption=[charge("u1", 1250.5), charge("u3", 75)],
        models=[model("m1", jobs=5, cost=1325.5)],
        assets=[kind("image", 5), kind("video", 2)],
        model_names={"m1": "=Flux [pro]"},
    ),
)
ROW_KEYS = ["id", "name", "measure", "before", "after", "delta", "change", "status"]
OCTOBER = ("--period", "2026-10")


def compare(
    *argv: str, columns: int | None = None, environ: dict[str, str] | None = None
) -> Result:
    """October beside September, from a scripted API that is asked just twice."""
    api = FakeApi(answer(AFTER), answer(BEFORE))
    result = run(
        *("compare", *OCTOBER, "--jobs", "1", *argv),
        transport=api,
        columns=columns,
        environ=CREDENTIALS | (environ or {}),
    )

    api.assert_used_up()
    assert (result.code, result.stderr) == (0, "")
    return result


def test_it_asks_for_both_periods_with_the_same_filters() -> None:
    """The period first; only the sections that can be compared."""
    api = FakeApi(answer(AFTER), answer(BEFORE))
    argv = ("compare", *OCTOBER, "--jobs", "1", "-p", "project_1", "-u", "user_1", "--json")
    run(*argv, transport=api)
    api.assert_used_up()

    assert [dict(request.url.params) for request in api.requests] == [
        {
            "startDate": start,
            "endDate": end,
            "projectIds": "project_1",
            "userIds": "user_1",
            "type": "consumption,model-usages,asset-usages",
            "dropZeroPoints": "true",
        }
        for start, end in (
            ("2026-10-01T00:00:00.000Z", "2026-10-31T23:59:59.999Z"),
            ("2026-09-01T00:00:00.000Z", "2026-09-30T23:59:59.999Z"),
        )
    ]


def test_json_has_a_row_per_total_user_model_and_kind() -> None:
    """Numbers are plain and exact; change is a fraction of 4 decimals."""
    document = compare("--json").json

    assert list(document) == [
        *("schema_version", "report", "generated_at", "period", "against", "filters"),
        *("totals", "consumption", "models", "assets", "warnings"),
    ]
    assert document["period"] == {
        "start": "2026-10-01T00:00:00Z",
        "end": "2026-10-31T23:59:59.999Z",
        "timezone": "UTC",
        "provisional": False,
    }
    assert document["against"]["end"] == "2026-09-30T23:59:59.999Z"
    assert {tuple(row) for part in ("totals", "models") for row in document[part]} == {
        tuple(ROW_KEYS)
    }
    assert [list(row.values()) for row in document["consumption"]] == [
        ["u1", "u1", "cost", 1000, 1250.5, 250.5, 0.2505, "changed"],
        ["u2", "u2", "cost", 200, 0, -200, -1, "gone"],
        ["u3", "u3", "cost", 0, 75, 75, None, "new"],
    ]


@pytest.mark.parametrize(("output_format", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_csv_of_one_section_has_its_keys(output_format: str, delimiter: str) -> None:
    """The period is the one compared, not the one compared with."""
    text = compare("-f", output_format, "--section", "models").stdout

    assert [line.split(delimiter) for line in text.splitlines()] == [
        ["period_start", "period_end", *ROW_KEYS],
        [
            *("2026-10-01T00:00:00Z", "2026-10-31T23:59:59.999Z"),
            *("m1", "'=Flux [pro]", "cost", "1200", "1325.5", "125.5", "0.1046", "changed"),
        ],
        [
            *("2026-10-01T00:00:00Z", "2026-10-31T23:59:59.999Z"),
            *("m2", "m2", "cost", "0", "0", "0", "", "gone"),
        ],
    ]


def test_csv_of_several_sections_is_long() -> None:
    """A row per number that is not null; the totals are a section of their own."""
    header, *lines = csv.reader(io.StringIO(compare("--csv").stdout))

    assert header == ["period_start", "period_end", "section", "id", "name", "measure", "value"]
    assert [line[2:] for line in lines if line[3] in ("cost", "u3")] == [
        ["totals", "cost", "Cost", "before", "1200"],
        ["totals", "cost", "Cost", "after", "1325.5"],
        ["totals", "cost", "Cost", "delta", "125.5"],
        ["totals", "cost", "Cost", "change", "0.1046"],
        ["consumption", "u3", "u3", "before", "0"],
        ["consumption", "u3", "u3", "after", "75"],
        ["consumption", "u3", "u3", "delta", "75"],
    ]


def test_a_piped_table_shows_signs_and_leaves_out_what_is_zero_twice() -> None:
    """Changes are percentages, a dash where there is nothing to divide by."""
    assert compare().stdout == (
        "Scenario usage compared\n"
        "2026-10-01 to 2026-10-31, UTC · against 2026-09-01 to 2026-09-30, UTC\n"
        "\n"
        "Totals\n"
        " Measure       Before    After     Delta     Change\n"
        " Cost, CU       1,200  1,325.5  ▲ +125.5   +10.46 %\n"
        " Discount, CU      10      0     ▼ -10    -100.00 %\n"
        " Gross, CU      1,210  1,325.5  ▲ +115.5    +9.55 %\n"
        " Jobs               4      5      ▲ +1     +25.00 %\n"
        " Assets             6      7      ▲ +1     +16.67 %\n"
        " Users              2      2         0       0.00 %\n"
        " Models             2      1      ▼ -1     -50.00 %\n"
        "\n"
        "Cost by user, CU\n"
        " User  Before    After     Delta     Change  Status\n"
        " u1     1,000  1,250.5  ▲ +250.5   +25.05 %  changed\n"
        " u2       200      0    ▼ -200    -100.00 %  gone\n"
        " u3         0     75     ▲ +75       –       new\n"
        "\n"
        "Cost by model, CU\n"
        " Model        Before    After     Delta    Change  Status\n"
        " =Flux [pro]   1,200  1,325.5  ▲ +125.5  +10.46 %  changed\n"
        "\n"
        "Assets\n"
        " Kind   Before  After  Delta    Change  Status\n"
        " image       4      5   ▲ +1  +25.00 %  changed\n"
        " video       2      2      0    0.00 %  same\n"
    )


def test_markdown_has_the_same_figures() -> None:
    """The totals open it, without a status."""
    text = compare("-f", "markdown").stdout

    assert "| Measure | Before | After | Delta | Change |\n| --- | ---: |" in text
    assert "| Cost, CU | 1,200 | 1,325.5 | ▲ +125.5 | +10.46 % |" in text
    assert "| User | Before | After | Delta | Change | Status |" in text
    assert "| u3 | 0 | 75 | ▲ +75 | – | new |" in text


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("section", [(), ("--section", "models")])
def test_tables_fit_the_terminal(columns: int, section: tuple[str, ...]) -> None:
    """Figures are never dropped, names are shortened for them; wide terminals show every column."""
    argv = ("compare", "--demo", "--period", "last-month", *section)
    result = run(*argv, columns=columns, environ=CREDENTIALS | {"NO_COLOR": "1"})
    heads = [line.split()[1:] for line in result.stdout.splitlines() if " Delta " in line]
    figures = ["Before", "After", "Delta", "Change"]

    assert max(map(cell_len, result.stdout.splitlines())) <= columns
    assert heads[0] == figures
    assert heads[1] == (figures if columns == 60 else [*figures, "Status"])


def test_no_colour_says_that_more_is_good() -> None:
    """Arrows tell what grew; a delta is bold, and what did not change is dim."""
    lines = compare("--section", "assets,consumption", columns=100).stdout.splitlines()
    rows = {
        line.split()[0].strip(","): line
        for line in lines
        if "▲" in line or "▼" in line or "same" in line
    }
    colours = re.findall(r"\x1b\[(3\d)m", "".join(lines))

    assert colours == []
    assert list(rows) == ["Cost", "Discount", "Gross", "Assets", "u1", "u2", "u3", "image", "video"]
    assert "\x1b[1m▼ -200  \x1b[0m" in rows["u2"]
    assert "\x1b[2m    0\x1b[0m" in rows["video"]


def test_top_cuts_tables_only_and_never_the_totals() -> None:
    """The rest is one row, whose change is that of its sums."""
    table = compare("--top", "1").stdout
    other = next(line.split() for line in table.splitlines() if "other (2)" in line)

    assert "Models" in table
    assert other == ["other", "(2)", "200", "75", "▼", "-125", "-62.50", "%", "–"]
    assert compare("--top", "1", "--csv").stdout == compare("--csv").stdout


def test_a_running_period_says_so_in_every_format() -> None:
    """On stderr, and in the warnings of the document."""
    line = (
        "the period is still running: compared with the same elapsed part, "
        "2026-10-01T00:00:00Z to 2026-10-22T18:30:00Z"
    )
    result = run("compare", "--demo", "--period", "this-month", "--section", "assets", "--json")

    assert result.stderr == f"warning: {line}\n"
    assert result.json["warnings"] == [line]
    assert result.json["period"]["provisional"] is True


@pytest.mark.parametrize(
    ("options", "warnings"),
    [
        (
            ("--start", "2026-11-01", "--against", "2026-10"),
            [
                "the period is still running: compared with the same elapsed part, "
                "2026-10-01T00:00:00Z to 2026-10-22T18:30:00Z"
            ],
        ),
        (
            ("--period", "2026-10", "--against", "this-month"),
            [
                "the other one is still running: 31.0 days beside 21.8 days",
            ],
        ),
        (
            ("--start", "2026-10-01", "--against", "this-month"),
            ["the period and the other one are still running: 52.8 days beside 21.8 days"],
        ),
        (
            ("--period", "this-quarter", "--against", "2026-02"),
            ["the period is still running: 52.8 days beside 28.0 days"],
        ),
        (
            ("--start", "2026-11-20", "--end", "2026-11-22T18:00", "--against", "this-month"),
            ["the other one is still running: 2.8 days beside 21.8 days"],
        ),
        (
            ("--period", "2026-10", "--against", "2026-11-01..now"),
            ["the other one is still running: 31.0 days beside 21.8 days"],
        ),
        (
            ("--last", "3h", "--against", "today"),
            ["the other one is still running: 3.0 hours beside 18.5 hours"],
        ),
        (("--start", "2026-11-01"), []),
        (
            ("--last", "24h", "--against", "2026-10"),
            ["the periods differ in length: 1 day beside 31 days"],
        ),
        (
            ("--period", "2026-05", "--against", "last-year"),
            [
                "the periods differ in length: 31 days beside 365 days; "
                "--against year-ago is the same stretch a year earlier"
            ],
        ),
        (
            ("--period", "this-month", "--against", "last-year"),
            [
                "the period is still running: compared with the same elapsed part, "
                "2025-01-01T00:00:00Z to 2025-01-22T18:30:00Z; "
                "--against year-ago is the same stretch a year earlier"
            ],
        ),
        (
            ("--period", "this-year", "--against", "last-year"),
            [
                "the period is still running: compared with the same elapsed part, "
                "2025-01-01T00:00:00Z to 2025-11-22T18:30:00Z"
            ],
        ),
        (("--period", "2026-10", "--against", "2026-09"), []),
    ],
)
def test_periods_that_only_look_alike_are_told_apart(
    options: tuple[str, ...], warnings: list[str]
) -> None:
    """One that runs to now is set beside as much of the other, or it is said that it is not."""
    asked = (*options, "--section", "assets")
    assert run("compare", "--demo", *asked, "--json").json["warnings"] == warnings


def test_output_goes_to_a_file(tmp_path: Path) -> None:
    """Whole, and nothing on stdout."""
    target = tmp_path / "compare.csv"

    assert compare("--csv", "-o", str(target)).stdout == ""
    assert target.read_text(encoding="utf-8") == compare("--csv").stdout


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (("--against", "nonsense"), "--against 'nonsense' is not known"),
        (("--against", ""), "--against is empty"),
        (("--section", "actions"), "--section 'actions' is not known"),
        (("--section", "assets", "--model", "m1"), "--model narrows the section models"),
        (("--json", "--csv"), "--json and --csv"),
        (("-f", "xml"), "--format 'xml' is not a format of this command"),
        (("--last", "7d"), "two ways to name a period"),
    ],
)
def test_contradictions_are_refused_before_anything_is_asked(
    argv: tuple[str, ...], told: str
) -> None:
    """Exit 2, two lines, and no request."""
    result = run("compare", *OCTOBER, *argv)

    assert (result.code, result.stdout, len(result.stderr.splitlines())) == (2, "", 2)
    assert told in result.error


@pytest.mark.parametrize("answers", [(), (answer(AFTER),)], ids=["the first", "the second"])
def test_a_refusal_of_either_request_fails_the_whole(answers: tuple[httpx.Response, ...]) -> None:
    """Nothing is written, not even what came."""
    refused = answer({"reason": "no"}, status=403)
    api = FakeApi(*answers, refused)
    result = run("compare", *OCTOBER, "--json", "--jobs", "1", transport=api)

    assert (result.code, result.stdout) == (4, "")


DELTAS = {
    "consumption": ("user_id", "cost"),
    "models": ("model_id", "cost"),
    "assets": ("kind", "count"),
}
PERIODS = st.sampled_from(
    ["2026-10", "2026-Q1", "this-month", "last-week", "yesterday", "this-week", "2026-02"]
)


def figures(document: Any, section: str, id_key: str, size_key: str) -> dict[str, Decimal]:
    """The size of every row of a report's section."""
    return {row[id_key]: Decimal(str(row[size_key])) for row in document[section]}


@pytest.fixture(scope="module")
def schema() -> Any:
    """The validator that `scenario-usage schema compare` describes."""
    document = run("schema", "compare").json
    Draft202012Validator.check_schema(document)
    return Draft202012Validator(document)


@settings(max_examples=12, deadline=None)
@given(
    PERIODS,
    st.sampled_from(["previous", "year-ago", "2026-04", "last-month", "2026-05-03..2026-05-09"]),
    st.sampled_from(["", "--model=*2", "--tz=Asia/Tokyo"]),
)
def test_deltas_are_the_difference_of_two_reports(
    schema: Any, period: str, against: str, more: str
) -> None:
    """To the last digit, and every document keeps to the published schema."""
    options = ["--demo", "--json", *filter(None, [more])]
    both = run("compare", "--period", period, "--against", against, *options).json
    after, before = (
        run("report", "--start", p["start"], "--end", p["end"], *options).json
        for p in (both["period"], both["against"])
    )

    for section, keys in DELTAS.items():
        new, old = figures(after, section, *keys), figures(before, section, *keys)
        deltas = {i: new.get(i, Decimal(0)) - old.get(i, Decimal(0)) for i in new | old}
        assert {row["id"]: Decimal(str(row["delta"])) for row in both[section]} == deltas
        sizes = [abs(row["delta"]) for row in both[section]]
        assert sizes == sorted(sizes, reverse=True)
    for row in both["totals"]:
        name = row["id"]
        assert [row["before"], row["after"]] == [before["totals"][name], after["totals"][name]]
    assert list(schema.iter_errors(both)) == []
