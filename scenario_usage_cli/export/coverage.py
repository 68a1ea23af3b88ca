"""Which days of a period a dataset has, and what a reader must know of them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from itertools import takewhile

from scenario_usage_cli.buckets import Buckets
from scenario_usage_cli.clocks import format_instant, start_of_day
from scenario_usage_cli.errors import BadArgument, list_some
from scenario_usage_cli.export.layout import list_days
from scenario_usage_cli.export.plan import Stretch, join_days
from scenario_usage_cli.export.read import Dataset
from scenario_usage_cli.periods import Period, find_whole_days


def find_days(period: Period) -> list[date]:
    """The days of a period, up to now; raises BadArgument if it is not of whole days of UTC."""
    if period.zone != UTC:
        raise BadArgument(
            f"the days of a dataset begin in UTC, and not in {period.timezone}",
            hint="add --tz UTC",
        )
    asked = f"{format_instant(period.start)} to {format_instant(period.end)}"
    try:
        first, _ = find_whole_days(period, f"beside --from, {asked}")
    except BadArgument as error:
        error.hint += "; a running period is compared with a part of a day: end it yesterday"
        raise
    return list_days(first, period.end.date())


def check_buckets(buckets: Buckets, period: Period) -> None:
    """Raises BadArgument for buckets that begin within a day."""
    for start in buckets.starts:
        if start > period.start and start.timetz() != time(tzinfo=UTC):
            raise BadArgument(
                f"a dataset has whole days, and does not tell what was before "
                f"{format_instant(start)}",
                hint="use --by day, week or month; leave --from out to ask the API",
            )


def describe_days(dataset: Dataset, period: Period, tables: tuple[str, ...]) -> list[str]:
    """Which days are missing, and which are not final, a line for each stretch.

    Raises BadArgument if all of them are missing, if a table is, and for a part of a day.
    """
    days, known = find_days(period), dataset.manifest.days
    for table in tables:
        if not known.get(table):
            raise refuse_table(dataset, table)
    missing = {day: lacking for day in days if (lacking := _find_lacking(dataset, day, tables))}
    if all(missing.get(day) == tables for day in days):
        there = sorted({day for table in tables for day in known[table]})
        raise BadArgument(
            f"{dataset} has no day of the period {Stretch(days[0], days[-1], ())}",
            hint=f"it has days from {there[0]} to {there[-1]}",
        )
    provisional = dict.fromkeys(list_provisional(dataset, period, tables), ())
    return [
        *(_describe_missing(dataset, one, tables) for one in join_days(missing)),
        *(_describe_provisional(one) for one in join_days(provisional)),
    ]


def find_gaps(
    dataset: Dataset, period: Period, table: str, buckets: Buckets
) -> tuple[frozenset[datetime], frozenset[datetime]]:
    """The buckets of which no day is known, and those of which a day is missing, of a table."""
    known, missing = set[datetime](), set[datetime]()
    for day in find_days(period):
        start = buckets.find(start_of_day(day, UTC))
        (missing if _find_lacking(dataset, day, (table,)) else known).add(start)
    return frozenset(missing - known), frozenset(missing & known)


def list_provisional(dataset: Dataset, period: Period, tables: Sequence[str]) -> list[date]:
    """The days of a period that were not final when they were exported, of any of these tables."""
    known = [dataset.manifest.days.get(table, {}) for table in tables]
    return [
        day
        for day in find_days(period)
        if not all(days[day].was_final for days in known if day in days)
    ]


def cut_gaps(dataset: Dataset, period: Period, tables: Sequence[str]) -> Period:
    """The end of a period up to today, of which no day before today is missing.

    Raises BadArgument if yesterday is.
    """
    before = find_days(period)[:-1]
    whole = takewhile(lambda day: not _find_lacking(dataset, day, tables), reversed(before))
    if not (known := list(whole)):
        raise BadArgument(
            f"{dataset} does not have all figures of {before[-1]}, the day before today",
            hint=f"scenario-usage export {dataset} brings it up to date",
        )
    return period._replace(start=start_of_day(known[-1], UTC))


def _find_lacking(dataset: Dataset, day: date, tables: Sequence[str]) -> tuple[str, ...]:
    """The tables that do not have a day."""
    known = dataset.manifest.days
    return tuple(table for table in tables if day not in known.get(table, ()))


def refuse_table(dataset: Dataset, table: str) -> BadArgument:
    """The error for a table that the dataset does not have."""
    if dataset.manifest.focus:
        return BadArgument(
            f"{dataset} has rows of FOCUS, and no {table}",
            hint="name the DIR of an export without --format focus",
        )
    there = [one for one, days in dataset.manifest.days.items() if days]
    return BadArgument(
        f"{dataset} has no {table}",
        hint=f"scenario-usage export {dataset} --datasets {table} adds it; it has "
        f"{list_some(there) or 'nothing'}",
    )


def _describe_missing(dataset: Dataset, gap: Stretch, tables: Sequence[str]) -> str:
    are = "are" if gap.first != gap.last else "is"
    of = "" if gap.tables == tables else f" in {', '.join(gap.tables)}"
    return f"{gap} {are} missing{of} in {dataset}, and in no figure here"


def _describe_provisional(stretch: Stretch) -> str:
    are = "are" if stretch.first != stretch.last else "is"
    return f"{stretch} {are} provisional: figures may have changed since the export"
