"""Instants, and what the clocks of a time zone show at them."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

MILLISECOND = timedelta(milliseconds=1)
"""The smallest step of the API's timestamps."""


def format_instant(instant: datetime) -> str:
    """UTC in ISO 8601, with milliseconds only where there are any: `2026-05-01T00:00:00Z`."""
    spec = "milliseconds" if instant.microsecond else "seconds"
    return instant.astimezone(UTC).isoformat(timespec=spec).replace("+00:00", "Z")


def to_local(instant: datetime, zone: tzinfo) -> datetime:
    """The same instant on the clocks of a zone; UTC on the first and last day of the calendar."""
    try:
        return instant.astimezone(zone)
    except OverflowError:
        return instant


def start_of_day(day: date, zone: tzinfo) -> datetime:
    """The first instant of a day on the clocks of a zone, as aware UTC."""
    return localise(datetime.combine(day, time()), zone, fold=0)


def localise(naive: datetime, zone: tzinfo, *, fold: int) -> datetime:
    """A local time as UTC. One that the clocks skip is moved forward by the gap.

    `fold` is 1 for the second of two equal times.
    """
    instant = naive.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    skipped = instant.astimezone(zone).replace(tzinfo=None) != naive
    return localise(naive, zone, fold=0) if skipped and fold else instant


def whole_milliseconds(instant: datetime) -> datetime:
    """The same instant without the part that the API's timestamps cannot hold."""
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)
