"""The table in a terminal: nothing is wider than it, no number is cut, and points are aligned."""

import io
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from rich.cells import cell_len

from scenario_usage_cli.cli.app import main
from scenario_usage_cli.cli.runtime import Runtime
from tests.support import CREDENTIALS, NOW, FakeApi, Terminal, model_row, point, run, usages

PLAIN = CREDENTIALS | {"NO_COLOR": "1"}
NUMBER = re.compile(r"(?<![\w.,])-?\d[\d,]*(?:\.\d+)?(?![\w,])")
TITLES = ["Consumption by user", "Models", "Assets", "Actions", "Moderation", "Quality gates"]
SIZES = ("Cost, CU", "Cost, CU", "Assets", "Cost, CU", "Assets", "Assets")
"""The columns that shares and bars are of."""

WIDE_NAMES = (
    "混元图像生成模型专业版超长名称测试",
    "🎨 Studio 👩‍👩‍👧‍👦 painter family edition",
    "ＦＵＬＬＷＩＤＴＨ ｍｏｄｅｌ ｎａｍｅ",
    "e\u0301clair ❤️ 🇫🇷 très longue dénomination",
)


def studio(count: int, *, names: tuple[str, ...] = ("Plain model",)) -> dict[str, Any]:
    """An answer with so many models, users and kinds, large and small numbers, and refunds."""
    size = {n: round(987_654.321987 / (n + 1) ** 2, 6) for n in range(count)}
    counted = {
        chr(97 + n % 26) * (n // 26 + 1): point(count=10**6 // (n + 1)) for n in range(count)
    }
    rows = [{"points": [p]} for p in counted.values()]
    return usages(
        consumption=[
            {"userId": "refunds", "value": -1_234_567.25, "discount": 0, "total": -1_234_567.25},
            *({"userId": f"u{n}", "value": v, "discount": v / 4} for n, v in size.items()),
        ],
        models=[
            model_row(
                f"m{n}",
                point(jobs=n * n, cost=v, discount=v / 8, apiKeyCost=v / 2, apiKeyDiscount=0),
            )
            for n, v in size.items()
        ],
        assets=[row | {"kind": kind} for row, kind in zip(rows, counted, strict=True)],
        actions=[
            {"usageName": name, "points": [point(value=str(n + 1), apiKey="0", cost=size[n])]}
            for n, name in enumerate(counted)
        ]
        + [{"usageName": "no cost", "points": [point(value="7000000", apiKey="0")]}],
        moderation=[row | {"label": label} for row, label in zip(rows, counted, strict=True)],
        quality_gates=[row | {"verdict": v} for row, v in zip(rows, counted, strict=True)],
        users=[{"id": f"u{n}", "fullName": names[n % len(names)]} for n in size],
        model_names={f"m{n}": names[n % len(names)] for n in size},
    )


BILLION: dict[str, Any] = {"cost": -999_999_999.123457, "discount": 999_999_999.123457}

ANSWERS = {
    "billions": usages(
        consumption=[{"userId": "a user", "value": BILLION["cost"], "total": BILLION["cost"]}],
        models=[model_row("a model", point(jobs=10**9, **BILLION, apiKeyCost=10**9))],
        actions=[{"usageName": "an action", "points": [point(value=str(10**9), **BILLION)]}],
    ),
    "nothing": usages(),
    "three": studio(3),
    "eighty": studio(80),
    "wide names": studio(80, names=WIDE_NAMES),
    "long names": studio(3, names=("x" * 10_000,)),
}
each_answer = pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)


def table(document: Any, *argv: str, columns: int | None = None) -> str:
    """The report of an answer as a table without colour."""
    body = json.dumps(document).encode()
    result = run("report", "--from", "-", *argv, stdin=body, columns=columns, environ=PLAIN)
    assert result.code == 0
    return result.stdout


def blocks(text: str) -> Iterator[tuple[str, list[str]]]:
    """The title of each section and the lines below it."""
    for block in re.split(r"\n\n+", text.strip("\n")):
        title, *lines = block.split("\n")
        if title in TITLES:
            yield title, lines


def header(text: str, title: str) -> list[str]:
    """The column titles of a section."""
    return re.split(r"\s{2,}", dict(blocks(text))[title][0].strip())


@each_answer
@pytest.mark.parametrize("columns", [1, 2, 5, 10, 20, 39, 40, 59, 60, 61, 80, 100, 120, 200])
def test_no_line_is_wider_than_the_terminal(answer: Any, columns: int) -> None:
    """In cells, of which a Chinese letter or an emoji takes two."""
    lines = table(answer, columns=columns).split("\n")

    assert [line for line in lines if cell_len(line) > columns] == []


@each_answer
@pytest.mark.parametrize("columns", [60, 61, 72, 80, 99, 120, 200])
def test_no_number_is_cut(answer: Any, columns: int) -> None:
    """Every number of the narrow table stands in the wide one, and no row takes two lines."""
    text, whole = table(answer, columns=columns), table(answer)
    rows = {title: len(lines) for title, lines in blocks(whole)}

    assert set(NUMBER.findall(text)) - set(NUMBER.findall(whole)) == set()
    assert re.findall(r"[\d,.-]…|…[\d,.]", text) == []
    assert {title: len(lines) for title, lines in blocks(text)} == {
        title: 1 if count == 1 else count + 1 for title, count in rows.items()
    }


@pytest.mark.parametrize("name", ["three", "eighty", "wide names"])
def test_the_least_important_columns_go_first(name: str) -> None:
    """What a width shows, every larger one shows too; name, size and share stay to the end."""
    previous: dict[str, list[str]] = {}
    for columns in range(60, 201, 5):
        text = table(ANSWERS[name], columns=columns)
        for title, _ in blocks(text):
            shown = header(text, title)
            assert [column for column in previous.get(title, []) if column not in shown] == []
            previous[title] = shown

    narrow = table(ANSWERS[name], columns=60)
    assert {title: header(narrow, title)[0] for title in TITLES} == dict(
        zip(TITLES, ("User", "Model", "Kind", "Action", "Label", "Verdict"), strict=True)
    )
    assert [size in header(narrow, t) for t, size in zip(TITLES, SIZES, strict=True)] == [True] * 6
    assert previous == {
        "Consumption by user": [
            *("User", "E-mail", "API key", "Cost, CU", "Discount, CU", "Gross, CU", "Share")
        ],
        "Models": [
            *("Model", "Jobs", "Cost, CU", "Discount, CU", "Gross, CU", "Cost/job, CU"),
            *("Cost by API key, CU", "Discount by API key, CU", "Share"),
        ],
        "Assets": ["Kind", "Assets", "By API key", "Share"],
        "Actions": [
            *("Action", "Count", "By API key", "Cost, CU", "Discount, CU"),
            *("Cost by API key, CU", "Discount by API key, CU"),
        ],
        "Moderation": ["Label", "Assets", "By API key"],
        "Quality gates": ["Verdict", "Assets", "By API key"],
    }


def test_no_usual_name_is_cut_beside_a_bar() -> None:
    """The bar goes first, and comes back where there is room for it."""
    names = ("build-pipeline-3 (API key)", "Zoë Müller-Lefèvre")
    answer = studio(2, names=names)
    with_bars = []
    for columns in range(50, 141):
        for title in ("Consumption by user", "Models"):
            lines = dict(blocks(table(answer, columns=columns)))[title]
            if any("█" in line for line in lines):
                with_bars.append(columns)
                assert [line for line in lines if "…" in line] == []

    assert len(with_bars) > 100


def test_sixty_columns_have_room_for_billions() -> None:
    """The name and the cost stay, however long the amount is."""
    found = dict(blocks(table(ANSWERS["billions"], columns=60)))

    rows = {title: lines[-1] for title, lines in found.items() if len(lines) > 1}
    assert {title: row.split("  ")[0].strip() for title, row in rows.items()} == {
        "Consumption by user": "a user",
        "Models": "a model",
        "Actions": "an action",
    }
    assert ["-999,999,999.123457" in row for row in rows.values()] == [True] * 3


@pytest.mark.parametrize("columns", [None, 60, 80, 120])
def test_decimal_points_stand_below_each_other(columns: int | None) -> None:
    """In every column of numbers the whole parts end at the same place."""
    costs = {"a": 1234.5, "b": 12, "c": 0.000001, "d": 1_000_000.25, "e": -3.125}
    answer = usages(
        models=[
            model_row(name, point(jobs=n * 999, cost=cost, discount=n / 8, apiKeyCost=0))
            for n, (name, cost) in enumerate(costs.items(), 1)
        ]
    )

    lines = dict(blocks(table(answer, "--section", "models", columns=columns)))["Models"]
    rows = [list(NUMBER.finditer(line)) for line in lines if NUMBER.search(line)]
    ends = [[m.start() + len(m[0].partition(".")[0]) for m in row] for row in rows]
    assert ends == [ends[0]] * 5


def test_wide_names_do_not_move_the_numbers() -> None:
    """The numbers of a column end in the same cell, whatever the name before them takes."""
    lines = dict(blocks(table(ANSWERS["wide names"], columns=80)))["Models"][2:]

    assert len({cell_len(line[: line.rindex("%")]) for line in lines}) == 1


@pytest.mark.parametrize("columns", [None, 80])
def test_bars_are_as_long_as_the_shares(columns: int | None) -> None:
    """The largest fills its column, the others in proportion, and a refund has none."""
    counts = {"a": 800, "b": 400, "c": 100, "d": 50, "e": -50, "f": 0.0001}
    answer = usages(assets=[{"kind": k, "points": [point(count=n)]} for k, n in counts.items()])

    lines = dict(blocks(table(answer, "--section", "assets", columns=columns)))["Assets"]
    bars = [line.partition("%")[2].strip() for line in lines if "%" in line]
    assert bars == ["█" * 20, "█" * 10, "██▌", "█▎", "", ""]


def test_negative_totals_are_shown() -> None:
    """Refunds above everything: signs, no shares, no bars, and a signed difference."""
    answer = usages(
        consumption=[{"userId": "refunds", "value": -1000.5, "total": -1000.5}],
        models=[model_row("m", point(jobs=1, cost=20))],
    )

    text = table(answer, "--section", "consumption,models", columns=80)
    words = [" ".join(line.split()) for line in text.split("\n")]
    assert words[2:4] == [
        "Cost Discount Gross Jobs Users Models",
        "-1,000.5 CU 0 CU -1,000.5 CU 1 1 1",
    ]
    assert [line for line in words if line.startswith("refunds")] == [
        "refunds – – -1,000.5 0 -1,000.5 0.00 %"
    ]
    assert words[-3:] == ["Consumption Models Difference", "-1,000.5 CU 20 CU -1,020.5 CU", ""]


@pytest.mark.parametrize("columns", [None, 60, 200])
def test_an_empty_period_says_so(columns: int | None) -> None:
    """Totals of 0, and each section with a line instead of a table."""
    text = table(usages(), columns=columns)

    assert list(blocks(text)) == [(title, [" nothing in this period"]) for title in TITLES]
    assert NUMBER.findall(text) == ["0"] * 10


def test_a_section_that_is_unknown_is_not_called_empty() -> None:
    """What the API left out is not the same as nothing in this period."""
    answer = usages() | {"modelUsages": None}

    assert dict(blocks(table(answer)))["Models"] != dict(blocks(table(answer)))["Assets"]


@pytest.mark.parametrize(
    "columns", ["0", "", "-5", "abc", "80.5", "²", "٨٠", " 80", "9" * 5000], ids=lambda c: c[:5]
)
def test_columns_that_is_no_width_is_ignored(columns: str) -> None:
    """Whatever is in COLUMNS, the report is shown."""
    stdout = Terminal()
    runtime = Runtime(
        stdin=io.BytesIO(json.dumps(ANSWERS["three"]).encode()),
        stdout=stdout,
        stderr=io.StringIO(),
        environ=PLAIN | {"COLUMNS": columns},
        now=lambda: NOW,
        transport=FakeApi(),
    )

    assert main(["report", "--from", "-"], runtime) == 0
    assert max(map(len, stdout.getvalue().split("\n"))) <= 80
