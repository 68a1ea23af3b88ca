"""The days that `export` is to fetch: what its period options mean, in whole days of UTC."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from scenario_usage_cli.cli.options.export import DatasetPeriodOptions
from scenario_usage_cli.errors import BadArgument
from scenario_usage_cli.export.plan import Days
from scenario_usage_cli.periods import Period, find_whole_days, parse_period, parse_whole_days

SETTLE = timedelta(days=3)
"""How long after its end a day may still change, unless an option says otherwise."""
_USUAL_LENGTH = timedelta(days=31)


def read_days(
    period: DatasetPeriodOptions,
    settle: timedelta | None,
    now: datetime,
    *,
    ask_billing: Callable[[], Period],
) -> Days:
    """The days that the options name, without those in the future.

    Without a first day, the dataset's own. Raises BadArgument for what does not consist of days.
    """
    settle = SETTLE if settle is None else settle
    if period.is_given:
        return _read_period(period, settle, now, ask_billing)
    today = now.date()
    first, last = today - _USUAL_LENGTH, today
    if period.until is not None:
        last = min(last, parse_whole_days(period.until, "--until", now=now).last)
    if period.since is not None:
        first = parse_whole_days(period.since, "--since", now=now).first
        if first > today:
            raise BadArgument(
                f"--since {period.since} is in the future", hint=f"today is {today} in UTC"
            )
        if first > last:
            raise BadArgument(
                f"--since {period.since} is after --until {period.until}", hint="swap the two"
            )
    return Days(first, last, settle, goes_on=period.since is None)


def check_age(age: timedelta | None, days: Days, now: datetime) -> None:
    """Raises BadArgument if no day of --check-settled can be final."""
    if age is None:
        return
    try:
        newest = (now - days.settle).date() - timedelta(days=1)
    except OverflowError:  # before the year 1
        newest = date.min
    if days.last - newest > age:
        raise BadArgument(
            f"--check-settled ends before the newest day that can be final, which is {newest}",
            hint="days are final after --settle (3d): give a longer time, as in 90d",
        )


def _read_period(
    period: DatasetPeriodOptions,
    settle: timedelta,
    now: datetime,
    ask_billing: Callable[[], Period],
) -> Days:
    """The days of --start and --end, --last or --period."""
    values = {one.name: getattr(period, field) for field, one in period.declared.items()}
    given = " ".join(f"{name} {value}" for name, value in values.items() if value is not None)
    if period.since or period.until:
        raise BadArgument(f"{given}: two ways to name a period", hint="give one of them only")
    span = parse_period(
        start=period.start,
        end=period.end,
        last=period.last,
        period=period.period,
        zone=UTC,
        now=now,
        ask_billing=ask_billing,
    )
    days = find_whole_days(span, given)
    return Days(days.first, min(days.last, now.date()), settle)
