"""Answers made one usage: names, gross, and rows that are called as the API calls sums."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from scenario_usage_cli.collect.merge import Merger
from scenario_usage_cli.collect.parts import Part
from scenario_usage_cli.collect.sections import SECTIONS
from scenario_usage_cli.collect.usage import Filters, Usage
from tests.report.builders import action, build, charge, column, kind, model
from tests.support import usages


@pytest.mark.parametrize("months", list(permutations((1, 2, 3))))
def test_the_newest_name_wins_in_whatever_order_parts_come(months: tuple[int, ...]) -> None:
    """Also where the newest came neither first nor last."""
    usage = Usage(SECTIONS, None, Filters())
    merger = Merger(usage)
    for month in months:
        start, end = datetime(2026, month, 1, tzinfo=UTC), datetime(2026, month, 28, tzinfo=UTC)
        answer: Any = usages(
            users=[{"id": "u", "fullName": f"Ann {month}"}], model_names={"m": f"Flux {month}"}
        )
        merger.add(answer, Part(start, end, SECTIONS, Filters(), 0))

    assert (usage.users["u"].name, usage.models["m"]) == ("Ann 3", "Flux 3")


@pytest.mark.parametrize("nothing", [None, ""])
@pytest.mark.parametrize("months", [(), (1, 2), (2, 1)])
def test_no_name_takes_one_away(nothing: str | None, months: tuple[int, ...]) -> None:
    """Null and an empty text are none, whichever part has them, or without any parts."""
    usage = Usage(SECTIONS, None, Filters())
    merger = Merger(usage)
    parts: list[Part | None] = [
        Part(
            datetime(2026, month, 1, tzinfo=UTC),
            datetime(2026, month, 28, tzinfo=UTC),
            SECTIONS,
            Filters(),
            0,
        )
        for month in months
    ]
    for name, part in zip(("Ann", nothing), parts or (None, None), strict=True):
        answer: Any = usages(users=[{"id": "u", "fullName": name}])
        answer["entities"]["models"] = [{"id": "m", "name": name}]
        merger.add(answer, part)

    assert (usage.users["u"].name, usage.models["m"]) == ("Ann", "Ann")


@pytest.mark.parametrize("name", ["creative-unit-cost", "creative-unit-discount"])
def test_only_an_action_of_that_name_restates_the_others(name: str) -> None:
    """A model or a kind may be called so, and is counted."""
    document = build(
        usages(
            models=[model(name, jobs=1, cost=2)],
            assets=[kind(name, 3)],
            actions=[action(name, cost=2), action("run", cost=1)],
        )
    )

    assert column(document, "models", "model_id") == column(document, "assets", "kind") == [name]
    assert column(document, "actions", "action") == ["run"]
    assert (document["totals"]["jobs"], document["totals"]["assets"]) == (1, 3)


@pytest.mark.parametrize(
    ("total", "gross"), [(0, 0), (None, Decimal("2.5")), (3, 3), (Decimal("2.5"), Decimal("2.5"))]
)
def test_gross_is_the_apis_total_where_it_has_one(total: float | None, gross: Decimal) -> None:
    """Nothing is a total as well; without one it is value + discount."""
    row = charge("u", 2, 0.5, total=total if total is None else float(total))

    assert column(build(usages(consumption=[row])), "consumption", "gross") == [gross]


def test_rows_without_an_id_are_one_row_called_unknown() -> None:
    """In every section: what they have is counted."""
    document = build(
        usages(models=[model("", cost=1), model("", cost=2)], consumption=[charge("", 4)])
    )

    assert [(row["model_id"], row["cost"]) for row in document["models"]] == [("unknown", 3)]
    assert [(row["user_id"], row["cost"]) for row in document["consumption"]] == [("unknown", 4)]
