"""`--model`: which models it means, what it narrows and what it leaves alone."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from time import process_time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scenario_usage_cli.collect.sections import SECTIONS
from scenario_usage_cli.collect.usage import Filters, Usage
from scenario_usage_cli.periods import Period
from scenario_usage_cli.report.model_filter import ModelFilter
from scenario_usage_cli.report.usage import build_report
from tests.cases import each
from tests.report.builders import written
from tests.support import NOW, model_row, point, run, usages

NAMES = {
    "model_flux_1": "FLUX.1 [dev]",
    "model_flux_2": "Flux Pro",
    "model_seedream": "Seedream 4",
    "model_dot": "a.b",
    "model_axb": "axb",
    "model_line": "two\nlines",
    "model_star": "5* model?",
}


def build(*models: str, sections: tuple[str, ...] = SECTIONS) -> Any:
    """The report of one model per name, jobs and cost counting up, narrowed to patterns."""
    usage = Usage(sections, None, Filters(models=models))
    usage.models = dict(NAMES)
    usage.consumption["u"] = {"cost": Decimal(40), "discount": 0, "gross": Decimal(40)}
    usage.series["models"] = {
        model_id: {
            None: {"jobs": n, "cost": n, "discount": 0, "api_key_cost": 0, "api_key_discount": 0}
        }
        for n, model_id in enumerate(NAMES, 1)
    }
    return written(build_report(usage, models=models, generated_at=NOW).document)


def ids(document: Any) -> set[str]:
    """The models that are left, without what all their ids begin with."""
    return {row["model_id"].removeprefix("model_") for row in document["models"]}


@each(
    ("patterns", "expected"),
    [
        (["model_flux_1"], {"flux_1"}),
        (["MODEL_FLUX_1"], {"flux_1"}),
        (["flux pro"], {"flux_2"}),
        (["flux.1 [DEV]"], {"flux_1"}),
        (["flux*"], {"flux_1", "flux_2"}),
        (["*FLUX*"], {"flux_1", "flux_2"}),
        (["*4"], {"seedream"}),
        (["seed*4"], {"seedream"}),
        (["*"], {name.removeprefix("model_") for name in NAMES}),
        (["a.b"], {"dot"}),
        (["a?b"], set()),
        (["two*"], {"line"}),
        (["5* model?"], {"star"}),
        (["flux"], set()),
        (["seedream 4", "model_dot"], {"seedream", "dot"}),
        (["nothing", "a.b"], {"dot"}),
    ],
)
def test_a_pattern_is_an_id_or_a_name(patterns: list[str], expected: set[str]) -> None:
    """The whole of it, ignoring case; `*` stands for anything, and nothing else does."""
    assert ids(build(*patterns)) == expected


@pytest.mark.parametrize("pattern", ["FORE\u0302T", "for\u00ea*"])
@pytest.mark.parametrize("name", ["For\u00eat", "Fore\u0302t"])
def test_accents_may_be_written_in_either_way(pattern: str, name: str) -> None:
    """As one character, or as a letter and a mark, which looks the same."""
    wanted = ModelFilter((pattern,))

    assert wanted.matches("m", name)
    assert not wanted.matches("m", "Foret")


def test_a_pattern_does_not_try_every_way_to_fail() -> None:
    """Three wildcards and a name of 10,000 letters take no longer than reading it a few times."""
    started = process_time()

    assert not ModelFilter(("*flux*dev*pro*",)).matches("m", "flux dev " * 1111)
    assert process_time() - started < 2


@pytest.mark.parametrize(
    ("patterns", "unknown"),
    [
        (["a.b"], []),
        (["nothing"], ["nothing"]),
        (["nothing*", "a.b", "nobody"], ["nothing*", "nobody"]),
    ],
)
def test_a_pattern_without_a_match_is_told(patterns: list[str], unknown: list[str]) -> None:
    """One line for each, besides the one that says that models are narrowed."""
    narrowed, *others = build(*patterns)["warnings"]

    assert narrowed == f"models are narrowed to {', '.join(patterns)}; the other sections are not"
    assert [line.split()[-1] for line in others] == unknown


@pytest.mark.parametrize(
    ("pattern", "nearest"),
    [
        ("Seedraem 4", "; the nearest: Seedream 4"),
        ("flux", "; the nearest: Flux Pro, FLUX.1 [dev]"),
        ("PRO*x", ""),
        ("line*", "; the nearest: two\nlines"),
        ("nothing", ""),
        ("[", "; the nearest: FLUX.1 [dev]"),
    ],
)
def test_the_nearest_names_are_told(pattern: str, nearest: str) -> None:
    """Those with the text in them, or those that are much like it."""
    assert build(pattern)["warnings"][1:] == [f"no model is called {pattern}{nearest}"]


def test_of_many_near_names_three_are_told() -> None:
    """More of them would hide the warnings beside it."""
    found = ModelFilter(("Lumen",)).describe_unmatched((f"m{n}", f"Lumen {n}") for n in range(1, 6))

    assert found == ["no model is called Lumen; the nearest: Lumen 1, Lumen 2, Lumen 3"]


@pytest.mark.parametrize(("sections", "told"), [(("models",), 0), (("models", "assets"), 1)])
def test_other_sections_are_told_of_if_there_are_any(sections: tuple[str, ...], told: int) -> None:
    """A report of models alone is narrowed as a whole."""
    assert len(build("a.b", sections=sections)["warnings"]) == told


def test_narrowing_leaves_the_whole_alone() -> None:
    """Jobs and models of the totals narrow; shares, reconciliation and money stay of all."""
    whole, narrowed = build(), build("a.b", "axb")

    assert narrowed["totals"] == whole["totals"] | {"jobs": 4 + 5, "models": 2}
    assert narrowed["models"] == [
        row for row in whole["models"] if row["model_id"] in ("model_dot", "model_axb")
    ]
    assert [row["share"] for row in narrowed["models"]] == [Decimal("0.1786"), Decimal("0.1429")]
    assert narrowed["reconciliation"] == {
        "consumption_cost": 40,
        "model_cost": 28,
        "difference": 12,
    }
    assert narrowed["consumption"] == whole["consumption"]
    assert narrowed["filters"]["models"] == ["a.b", "axb"]


def test_no_match_leaves_no_models() -> None:
    """An empty section and totals of 0, not null: the API did answer."""
    document = build("nothing")

    assert (document["models"], document["totals"]["jobs"]) == ([], 0)
    assert document["totals"]["models"] == 0
    assert document["reconciliation"]["model_cost"] == 28


def test_model_without_the_section_is_refused() -> None:
    """Narrowing what is not shown cannot be meant."""
    result = run("report", "--from", "-", "--section", "assets", "--model", "x", stdin=b"{}")

    assert (result.code, result.stdout) == (2, "")
    assert "--model" in result.error


@each("option", ["--model", "--project", "--user"])
@each("value", ["", " ", ",", " , "])
def test_a_filter_that_names_nothing_is_refused(option: str, value: str) -> None:
    """`--project "$UNSET"` in a script must not mean everything."""
    result = run("report", "--demo", option, value, "--json")

    assert (result.code, result.stdout) == (2, "")


@pytest.mark.parametrize(
    ("rest", "shares"),
    [(25, ["50.00", "25.00"]), (-75, ["0.00", "0.00"]), (-80, ["0.00", "0.00"])],
)
def test_the_cut_table_has_shares_of_all_models(rest: int, shares: list[str]) -> None:
    """The row `other` of a narrowed table is a share of the same whole as the rows above it."""
    costs = {"a1": 50, "a2": 20, "a3": 5, "b": rest}
    answer = usages(models=[model_row(name, point(jobs=1, cost=c)) for name, c in costs.items()])

    result = run(
        *("report", "--from", "-", "--section", "models", "--model", "a*", "--top", "1"),
        stdin=json.dumps(answer).encode(),
    )

    lines = result.stdout.splitlines()
    assert [line.split("%")[0].split()[-1] for line in lines if "%" in line] == shares


MAY = datetime(2026, 5, 1, tzinfo=UTC)
LAST = MAY + timedelta(days=31, milliseconds=-1)


@pytest.mark.parametrize("provisional", [True, False])
def test_the_period_is_shown_as_it_was_asked_for(provisional: bool) -> None:
    """Both ends in UTC, milliseconds where there are any, and the zone of its days."""
    usage = Usage(
        SECTIONS, Period(MAY, LAST, ZoneInfo("Europe/Paris"), provisional), Filters("team_1")
    )

    document = written(build_report(usage, generated_at=NOW).document)

    assert document["period"] == {
        "start": "2026-05-01T00:00:00Z",
        "end": "2026-05-31T23:59:59.999Z",
        "timezone": "Europe/Paris",
        "provisional": provisional,
    }
    assert document["filters"] == {
        "team_id": "team_1",
        "project_ids": [],
        "user_ids": [],
        "models": [],
    }


@each(
    ("options", "expected"),
    [
        (["--last", "1d"], True),
        (["--last", "24h"], True),
        (["--period", "yesterday"], False),
        (["--period", "this-month"], True),
        (["--period", "last-month"], False),
        (["--start", "2026-11-01", "--end", "2026-12-24"], True),
        (["--start", "2026-11-21", "--end", "2026-11-22T00:00Z"], True),
        (["--start", "2026-11-01", "--end", "2026-11-21"], False),
        (["--start", "2026-11-21", "--end", "2026-11-21", "--tz", "America/Los_Angeles"], False),
        (["--start", "2026-11-22", "--end", "2026-11-22", "--tz", "America/Los_Angeles"], True),
        (["--start", "2026-11-22", "--end", "2026-11-22", "--tz", "Asia/Tokyo"], False),
        (["--start", "2026-11-23", "--end", "2026-11-23", "--tz", "Asia/Tokyo"], True),
    ],
)
def test_a_period_with_the_running_day_is_provisional(options: list[str], expected: bool) -> None:
    """The day that runs in the period's own time zone; it is 22 November, 18:30 UTC."""
    result = run("report", "--from", "-", "--json", *options, stdin=json.dumps(usages()).encode())

    assert result.json["period"]["provisional"] == expected
