"""A made-up table of things, alone or in groups, for tests of what is made of any table."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from scenario_usage_cli.periods import Period
from scenario_usage_cli.report.fields import Field, Kind, Table
from scenario_usage_cli.report.figures import SHARE
from scenario_usage_cli.report.view import Section, View
from tests.support import NOW

MAY = Period(
    datetime(2026, 5, 1, tzinfo=UTC),
    datetime(2026, 6, 1, tzinfo=UTC) - timedelta(milliseconds=1),
    UTC,
    provisional=False,
)

GROUP = Field[str]("group", "Group", Kind.TEXT, 90)
GROUP_NAME = Field[str]("group_name", "Group", Kind.TEXT, 90)
ID = Field[str]("id", "Id", Kind.TEXT, 10)
NAME = Field[str]("name", "Name", Kind.TEXT, 100)
JOBS = Field[int]("jobs", "Jobs", Kind.COUNT, 50)
COST = Field[Decimal]("cost", "Cost", Kind.CU, 60)
COURSE = Field[list[int]]("course", "Course", Kind.COURSE, 20)
DOUBLE = Field[Decimal]("double", "Double", Kind.CU, 5, formula=lambda row: 2 * COST.of(row))
HIDDEN = Field[str]("hidden", "Hidden", Kind.TEXT, 0)
FIELDS = (JOBS, COST, DOUBLE, COURSE, SHARE, HIDDEN)
PLAIN = Table("things", "Things", (ID,), (NAME,), FIELDS, COST)
GROUPED = PLAIN._replace(ids=(GROUP, ID), names=(GROUP_NAME, NAME))


def row(name: str, cost: int, group: str = "g", **more: Any) -> dict[str, Any]:
    """A thing that had one job, if it cost anything."""
    return {
        "group": group,
        "group_name": group.upper(),
        "id": name,
        "name": name.upper(),
        "jobs": int(cost > 0),
        "cost": Decimal(cost),
        "double": Decimal(2 * cost),
        "course": [cost, 1],
        "share": None,
        "hidden": "",
        **more,
    }


FOUR = [row("a", 40), row("b", 30), row("c", 20), row("d", 10)]


def build_view(*sections: Section, **changes: Any) -> View:
    """A view of these sections in May, with nothing else but what is changed."""
    usual: dict[str, Any] = {
        "document": {},
        "title": "T",
        "subtitle": "",
        "headlines": (),
        "sections": sections,
        "period": MAY,
        "generated_at": NOW,
    }
    return View(**usual | changes)
