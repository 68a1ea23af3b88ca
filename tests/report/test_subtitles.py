"""What stands below the title of a report: its period and its filters, in words."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from scenario_usage_cli.clocks import MILLISECOND
from scenario_usage_cli.collect.names import Names
from scenario_usage_cli.collect.usage import Filters, Usage, give_names
from scenario_usage_cli.periods import Period
from scenario_usage_cli.report.labels import build_labels
from scenario_usage_cli.report.usage_view import describe_filters, describe_period
from tests.cases import each

PARIS = ZoneInfo("Europe/Paris")


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """An instant of May."""
    return datetime(2026, 5, day, hour, minute, tzinfo=UTC)


@each(
    ("start", "end", "zone", "words"),
    [
        (at(1), at(4) - MILLISECOND, UTC, "2026-05-01 to 2026-05-03, UTC"),
        (at(1), at(2) - MILLISECOND, UTC, "2026-05-01, UTC"),
        (at(1, 8, 30), at(4) - MILLISECOND, UTC, "2026-05-01 08:30 to 2026-05-03, UTC"),
        (at(1), at(3, 17), UTC, "2026-05-01 to 2026-05-03 17:00, UTC"),
        (at(1, 8), at(1, 8), UTC, "2026-05-01 08:00, UTC"),
        (
            at(1, 22),
            at(3, 22) - MILLISECOND,
            PARIS,
            "2026-05-02 to 2026-05-03, Europe/Paris",
        ),
        (at(1), at(2) - MILLISECOND, PARIS, "2026-05-01 02:00 to 2026-05-02 01:59, Europe/Paris"),
    ],
)
def test_a_period_has_times_where_days_are_not_whole(
    start: datetime, end: datetime, zone: Any, words: str
) -> None:
    """On the clocks of its zone; one that goes on says so."""
    period = Period(start, end, zone, provisional=False)

    assert describe_period(period) == words
    assert describe_period(period._replace(provisional=True)) == f"{words}, still running"


@each(
    ("filters", "words"),
    [
        (None, []),
        (Filters(), []),
        (Filters(team_id="t1"), ["team Kumo"]),
        (Filters(project_ids=("p1",)), ["project Hero"]),
        (Filters(project_ids=("p1", "p2")), ["projects Hero, p2"]),
        (Filters(user_ids=("u1", "u2")), ["users Ann, u2"]),
        (Filters(models=("flux*",)), ["model flux*"]),
        (
            Filters("t2", ("p2",), ("u2",), ("a", "b")),
            ["team t2", "project p2", "user u2", "models a, b"],
        ),
    ],
)
def test_filters_have_names_as_far_as_they_are_known(
    filters: Filters | None, words: list[str]
) -> None:
    """In the order of the options; an id stands for itself."""
    usage = Usage(("models",))
    names = Names(projects={"p1": "Hero"}, teams={"t1": "Kumo"}, people={"u1": "Ann"})
    give_names([usage], names)

    assert describe_filters(filters, build_labels([usage], [])) == words


def test_the_name_of_one_usage_is_that_of_all() -> None:
    """Also of one in which it is only an id."""
    known, bare = Usage(("consumption",)), Usage(("consumption",))
    give_names([known], Names(people={"u1": "Ann"}))
    bare.consumption = {"u1": {}, "u2": {}}

    assert build_labels([known, bare]).users == {"u1": "Ann", "u2": "u2"}
