"""The story of `report`: what pages and workbooks are given beside the tables."""

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from scenario_usage_cli.money import round_amount
from scenario_usage_cli.report.figures import KNOWN_COST, describe_amount
from scenario_usage_cli.report.numbers import round_cu, sum_cu
from scenario_usage_cli.report.tables import BEFORE
from scenario_usage_cli.report.view import Drawing, Headline, View
from tests.account import build_account
from tests.stories import catch, find
from tests.support import Result, model_row, point, run, usages

AMOUNT_BEFORE = describe_amount(BEFORE)
MAY = ("--period", "2026-05")


@pytest.fixture
def patch(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """As others call it."""
    return monkeypatch


@pytest.fixture(scope="module")
def may() -> View:
    """The story of a month."""
    with pytest.MonkeyPatch.context() as patch:
        return tell(patch, *MAY)


def tell(patch: pytest.MonkeyPatch, *argv: str, **more: Any) -> View:
    """The view of a report of the built-in studio."""
    ended, view = catch(patch, *argv, "--demo", **more)
    assert ended.code == 0, ended.stderr
    return view


def by_title(headlines: tuple[Headline, ...]) -> Mapping[str, Headline]:
    """Headlines by what they are called."""
    return {one.title: one for one in headlines}


def demo(*argv: str) -> Any:
    """A document of the built-in studio, its numbers exact."""
    return json.loads(run(*argv, "--demo", "--json").stdout, parse_float=Decimal)


def test_headlines_know_the_figures_that_compare_shows(patch: pytest.MonkeyPatch) -> None:
    """Like with like: of a running period, the same elapsed part."""
    view = tell(patch, "--last", "2d")

    shown = by_title(find(view, "At a glance").headlines)
    compared = demo("compare", "--last", "2d")["totals"]
    assert {row["name"]: (row["before"], row["after"]) for row in compared} == {
        title: (one.before, one.value) for title, one in shown.items()
    }


def test_the_days_sum_to_what_models_cost(may: View) -> None:
    """Each bar is a row of the section beneath it, which `trend` has as well."""
    chart = find(may, "Cost by day").charts[0]

    costs = [KNOWN_COST.of(row) for row in chart.section.rows]
    points = demo("trend", *MAY, "--by", "day")["points"]
    assert costs == [point["cost"] for point in points]
    assert chart.drawing is Drawing.BARS
    assert chart.mean == round_cu(sum_cu(costs) / 31)


def test_weekends_are_marked(may: View) -> None:
    """May 2026 began on a Friday."""
    chart = find(may, "Cost by day").charts[0]

    assert sorted(chart.marked) == [1, 2, 8, 9, 15, 16, 22, 23, 29, 30]


@pytest.mark.parametrize(
    ("start", "end", "title", "bars", "squares"),
    [
        ("2026-05-04", "2026-05-05", "Cost by hour", 48, None),
        ("2026-05-01", "2026-05-07", "Cost by day", 7, None),
        ("2025-05-05", "2026-05-10", "Cost by week", 53, 371),
        ("2021-05-01", "2026-04-30", "Cost by month", 60, None),
    ],
)
def test_the_buckets_suit_the_length_of_the_period(
    patch: pytest.MonkeyPatch, start: str, end: str, title: str, bars: int, squares: int | None
) -> None:
    """A calendar has days, and only some weeks or more make one, up to some years."""
    saved = {
        "modelUsages": [model_row("a", point(f"{start}T00:00:00Z", cost=1))],
        "usages": [{"usageName": "custom", "granularity": "1h", "points": []}],
    }
    span = ("--start", start, "--end", end, "--section", "models")
    ended, view = catch(patch, "--from", "-", *span, stdin=json.dumps(saved).encode())

    assert ended.code == 0, ended.stderr
    charts = find(view, title).charts
    assert len(charts[0].section.rows) == bars
    assert "Assets" not in [field.title for field in charts[0].section.columns]
    calendars = [len(one.section.rows) for one in charts if one.drawing is Drawing.CALENDAR]
    assert calendars == ([squares] if squares else [])


def test_other_formats_fetch_nothing_for_a_story(patch: pytest.MonkeyPatch) -> None:
    """The story takes more queries, and no chapter is in any other document."""
    asked = run("report", *MAY, "--demo", "--json", "--verbose").stderr.count("/usages")

    told: Result = catch(patch, *MAY, "--demo", "--verbose")[0]

    assert (asked, told.stderr.count("/usages") > asked) == (1, True)


def test_tables_of_the_report_are_those_of_the_chapters(may: View) -> None:
    """A figure that is shown twice is the same object, and none of the report's is lost."""
    told = {id(section) for chapter in may.chapters for section in chapter.sections}

    assert {id(section) for section in may.table_sections} <= told
    assert find(may, "At a glance").headlines is may.headlines


def test_projects_are_there_without_being_asked_for(may: View) -> None:
    """The same rows as `--by project` has, and matrices that sum to the report's total."""
    totals = demo("report", *MAY, "--by", "project")["breakdown"]["totals"]
    rows = find(may, "Projects").sections[0].rows
    matrices = find(may, "Projects by model and person").matrices

    keys = [key for key in totals[0] if key != "share"]
    assert [{key: row[key] for key in keys} for row in rows] == totals
    assert [sum(one.row_sums) for one in matrices] == [may.totals["cost"]] * 2


def test_changes_are_the_tables_of_compare(may: View) -> None:
    """By project, person, model and kind, with the same figures."""
    compared = demo("compare", *MAY, "--by", "project")

    sections = find(may, "What changed most").sections
    for section, key in zip(
        sections, ("breakdown", "consumption", "models", "assets"), strict=True
    ):
        assert section.rows == compared[key]


def test_a_key_that_may_not_list_projects_is_told_of_it(patch: pytest.MonkeyPatch) -> None:
    """The rest of the story is there."""
    ended, view = catch(patch, *MAY, transport=build_account(listed=403, usage=usages()))

    assert ended.code == 0, ended.stderr
    titles = [chapter.title for chapter in view.chapters]
    assert "Projects" not in titles
    assert (
        "Projects are left out, as this key may not list them: --project with their ids brings "
        "them." in find(view, "How these figures were made").sentences
    )


def test_the_plan_is_told_of_where_the_key_may_read_it(patch: pytest.MonkeyPatch) -> None:
    """What `quota` shows of it; it is of the running billing period, whatever the report is of."""
    view = tell(patch, *MAY, "--section", "models")
    assert "Plan, packs and forecast" not in [chapter.title for chapter in view.chapters]

    plan = find(tell(patch, "--period", "yesterday"), "Plan, packs and forecast")

    totals = demo("quota")["totals"]
    assert [one.value for one in plan.headlines][:2] == [totals["used"], totals["limit"]]
    assert [section.table.title for section in plan.sections] == ["Plan and packs"]


def test_a_key_that_may_not_read_the_plan_is_told_of_it(patch: pytest.MonkeyPatch) -> None:
    """No chapter, and a sentence in the last one."""
    account = build_account(limits=403, teams=403, usage=usages())
    ended, view = catch(patch, *MAY, transport=account)

    assert ended.code == 0, ended.stderr
    assert "Plan, packs and forecast" not in [chapter.title for chapter in view.chapters]
    told = find(view, "How these figures were made").sentences
    assert any(one.startswith("The plan and its packs are ") for one in told), told


def test_amounts_reach_all_chapters(patch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each period has the price of its own, and a section that is shown twice stays one."""
    config = tmp_path / "config.toml"
    config.write_text(
        '[profiles.studio]\ncurrency = "EUR"\n'
        'cu_price = [{from = "2026-01-01", price = "0.5"}, {from = "2026-05-01", price = "2"}]\n'
    )
    environ = {"SCENARIO_USAGE_CONFIG": str(config)}
    view = tell(patch, *MAY, "--profile", "studio", environ=environ)

    glance = find(view, "At a glance")
    cost, amount = glance.headlines[:2]
    assert (amount.value, amount.before) == (
        round_amount(Decimal(cost.value or 0) * 2, "EUR"),
        round_amount(Decimal(cost.before or 0) / 2, "EUR"),
    )
    assert glance.sentences[-1] == (
        "Amounts of the period before are at the price of a CU that it had then."
    )
    days = find(view, "Cost by day")
    assert days.charts[0].section is days.sections[0]
    day = days.sections[0].rows[0]
    assert day["amount"] == (KNOWN_COST.of(day) or 0) * 2
    changed = find(view, "What changed most").sections[0].rows[0]
    assert AMOUNT_BEFORE.of(changed) == Decimal(BEFORE.of(changed)) / 2


def test_a_saved_answer_tells_what_it_has(
    patch: pytest.MonkeyPatch, tmp_path: Path, may: View
) -> None:
    """Its days are those of the API; what it does not have is named once, and nothing is asked."""
    saved = tmp_path / "saved.json"
    assert run("report", *MAY, "--demo", "--json", "--save-raw", str(saved)).code == 0

    for narrowed in ((), ("--model", "Lumen*")):
        ended, view = catch(patch, "--from", str(saved), *narrowed)
        assert ended.code == 0, ended.stderr
        days = find(view, "Cost by day").charts[0].section.rows
        points = demo("trend", *MAY, "--by", "day", *narrowed)["points"]
        assert [KNOWN_COST.of(row) for row in days] == [point["cost"] for point in points]

    titles = {chapter.title for chapter in view.chapters}
    assert titles < {chapter.title for chapter in may.chapters}
    assert titles.isdisjoint(
        {"Projects", "What changed most", "Seen for the first time", "Plan, packs and forecast"}
    )
    made = find(view, "How these figures were made").sentences
    assert sum("A saved answer does not have" in one for one in made) == 1


def test_a_saved_answer_without_a_period_has_the_days_of_its_points(
    patch: pytest.MonkeyPatch,
) -> None:
    """A sentence says that it is not known whether these are all."""
    models = [
        model_row("a", *(point(f"2026-11-{day:02}T00:00:00Z", cost=day) for day in (2, 3, 6)))
    ]
    told = [{"usageName": "custom", "granularity": "1d", "points": []}]
    for document, costs in (
        (usages(models=models, actions=told), [2, 3, 0, 0, 6]),
        (usages(actions=told), None),
    ):
        ended, view = catch(patch, "--from", "-", stdin=json.dumps(document).encode())

        assert ended.code == 0, ended.stderr
        days = [one.sections[0].rows for one in view.chapters if one.title == "Cost by day"]
        assert [[KNOWN_COST.of(row) for row in rows] for rows in days] == ([costs] if costs else [])
        made = " ".join(find(view, "How these figures were made").sentences)
        assert ("does not tell its period" in made) == (costs is not None)
