"""The page: its figures are those of the tables, and nothing in it is obeyed or loaded."""

import json
import sys
from base64 import b64encode
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import pairwise
from typing import Any

import pytest

from tests.pages import Page, open_page
from tests.support import CREDENTIALS, NOW, model_row, point, run, usages

COMMANDS = ("report", "trend", "trend --split model", "compare", "quota")
FROM_STDIN = ("report", "--from", "-", "--period", "2026-05")
HOSTILE = (
    "<script>alert(1)</script>",
    "]]></svg><b>",
    '" onload="alert(1)',
    "{{ 7 * 7 }}",
    "a\x1b[31m\u202eb\x00",
    "水晶遊戲",
    "مشروع الألعاب",
    "🧙 & <Co>",
    "L" * 10_000,
)


def open_report(answer: Any, *argv: str) -> Page:
    """The page of a saved answer."""
    return open_page(*FROM_STDIN, *argv, answer=json.dumps(answer).encode())


def read_numbers(cells: list[str]) -> list[Decimal | None]:
    """As people read them."""
    return [None if cell == "–" else Decimal(cell.replace(",", "")) for cell in cells]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_page_is_whole(command: str) -> None:
    """Every element is closed; one main heading, and none that skips a level."""
    page = open_page(*command.split(), "--demo")
    levels = [int(tag[1]) for tag, _ in page.headings]

    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(later - sooner <= 1 for sooner, later in pairwise(levels))


def test_the_head_says_whose_figures_of_what_time_they_are() -> None:
    """The team, the period, the filters, when it was made, and that it is not over."""
    page = open_page("report", "--demo", "--project", "Onboarding", "--last", "7d")

    head = page.text[: page.text.index("At a glance")]
    for told in ("Provisional", "team Kumo & Forêt", "project Onboarding", "still running"):
        assert told in head
    assert "2026-11-22T18:30:00Z" in head


def test_the_figures_are_those_of_json() -> None:
    """Each model with its cost, discount and jobs, in the same order."""
    argv = ("report", "--demo", "--section", "models")
    rows = [row for row in run(*argv, "--json").json["models"] if row["jobs"] or row["cost"]]
    page = open_page(*argv)

    assert page.column("Models", "Model") == [row["name"] for row in rows]
    for heading, key in (("Jobs", "jobs"), ("Cost, CU", "cost"), ("Discount, CU", "discount")):
        expected = [Decimal(str(row[key])) for row in rows]
        assert read_numbers(page.column("Models", heading)) == expected


def test_the_rest_is_summed_up() -> None:
    """A table has 50 rows, and one for all others; --top says otherwise."""
    rows = [model_row(f"model_{n:04}", point(cost=1, jobs=1)) for n in range(3000)]

    names = open_report(usages(models=rows)).column("Models", "Model")
    assert (len(names), names[-1]) == (51, "and 2,950 others")
    assert len(open_report(usages(models=rows), "--top", "0").column("Models", "Model")) == 3000


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_text(name: str) -> None:
    """Whatever a name says, the page has the same elements, and shows its beginning."""
    shown = name.replace("\x1b", "\\x1b").replace("\u202e", "\\u202e").replace("\x00", "\\x00")
    named = usages(models=[model_row("m", point(cost=1))], model_names={"m": name})
    plain = usages(models=[model_row("m", point(cost=1))], model_names={"m": "é" * 101})
    page = open_report(named)

    assert page.column("Models", "Model")[0].removesuffix("…") == shown[:100]
    for tag in ("script", "svg", "b", "img"):
        assert page.count(tag) == open_report(plain).count(tag)
    assert not any(
        key.startswith("on") or key == "style" for _, attrs in page.elements for key in attrs
    )


def test_nothing_is_loaded_and_only_its_own_script_runs() -> None:
    """The policy has the sums of the one style and the one script; there is no address."""
    text = run("report", "--demo", "--format", "html").stdout
    (policy,) = [
        attrs["content"] or ""
        for tag, attrs in open_page("report", "--demo").elements
        if tag == "meta" and "http-equiv" in attrs
    ]
    for tag in ("style", "script"):
        assert text.count(f"<{tag}>") == 1
        body = text.split(f"<{tag}>")[1].split(f"</{tag}>")[0]
        digest = b64encode(sha256(body.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; ")
    assert "://" not in text
    assert "Storage" not in text


def test_an_empty_period_says_so() -> None:
    """Each table has a sentence in its place."""
    page = open_report(usages())

    assert page.tables == {}
    assert page.text.count("nothing in this period") >= 3


@pytest.mark.parametrize("command", COMMANDS)
def test_the_same_data_is_the_same_page(command: str) -> None:
    """Letter by letter, whenever it is made, where the environment says when that is."""
    epoch = {"SOURCE_DATE_EPOCH": "1767225600"}
    argv = [*command.split(), "--demo", "--format", "html"]
    if command != "quota":
        argv += ["--period", "2026-10"]
    pages = [
        run(*argv, environ=CREDENTIALS | epoch, now=NOW + timedelta(seconds=seconds)).stdout
        for seconds in (0, 1)
    ]

    assert pages[0] == pages[1]
    assert "2026-01-01T00:00:00Z" in pages[0]


@pytest.mark.parametrize("said", ["soon", "1e9", "9" * 30])
def test_a_time_that_is_none_is_refused(said: str) -> None:
    """With exit 3, but only where it is of use."""
    environ = CREDENTIALS | {"SOURCE_DATE_EPOCH": said}
    result = run("quota", "--demo", "-f", "html", environ=environ)

    assert (result.code, result.stdout) == (3, "")
    assert result.error == f"error: SOURCE_DATE_EPOCH is {said!r}, which is not a time"
    assert run("quota", "--demo", "--json", environ=environ).code == 0


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With exit 3, and the line that adds it, before anything is asked for."""
    monkeypatch.setitem(sys.modules, "jinja2", None)
    result = run("report", "-o", "report.html")

    assert (result.code, result.stdout) == (3, "")
    assert result.error.startswith("error: the format html needs the extra html: ")
    assert "hint: pip install 'scenario-usage-cli[html]'" in result.stderr


def test_a_large_year_makes_no_large_page() -> None:
    """365 days of 400 models and 200 people are below 600 KB."""
    days = [date(2025, 1, 1) + timedelta(days=number) for number in range(365)]
    daily = [point(f"{day}T00:00:00.000Z", jobs=1, cost=0.123456, discount=0.5) for day in days]
    answer = usages(
        models=[model_row(f"model_{n:03}", *daily[:: 1 if n < 9 else 90]) for n in range(400)],
        consumption=[
            {"userId": f"user_{n:03}", "value": n + 0.123, "discount": 1, "total": n + 1.123}
            for n in range(200)
        ],
        model_names={f"model_{n:03}": f"Model with a usual name {n}" for n in range(400)},
    )
    argv = ("report", "--from", "-", "--period", "2025", "-f", "html")
    text = run(*argv, stdin=json.dumps(answer).encode()).stdout

    assert 'class="calendar"' in text
    assert len(text.encode()) < 600_000
