"""Times of events for people: on the clocks of a zone, and no longer than they need to be."""

from datetime import datetime, tzinfo
from typing import Any, NamedTuple

from scenario_usage_cli.clocks import to_local
from scenario_usage_cli.periods import Period
from scenario_usage_cli.render.cells import format_cell
from scenario_usage_cli.render.text import escape_controls
from scenario_usage_cli.report.fields import Field, Kind, name_with_unit


class Clock(NamedTuple):
    """The clocks of a zone; if all times are of one year, they are shown without it."""

    zone: tzinfo
    zone_name: str
    year: int | None

    def title(self, column: Field[Any]) -> str:
        """What stands above a column; times are of the zone."""
        if column.kind is Kind.TIME:
            return name_with_unit(column.title, self.zone_name)
        return column.heading

    def format(self, value: Any, column: Field[Any]) -> str:
        """The text of a cell; times are ISO 8601 in it, and other texts stay as they are."""
        if column.kind is Kind.TIME and value is not None:
            try:
                local = to_local(datetime.fromisoformat(value), self.zone)
            except ValueError:
                return escape_controls(value)
            text = local.replace(tzinfo=None).isoformat(" ", "seconds")
            return text[5:] if local.year == self.year else text
        if column.kind is Kind.AMOUNT and value is not None:
            # Imported here, as few logs have amounts.
            from scenario_usage_cli.money import round_amount

            value = round_amount(value, column.currency)
        return escape_controls(format_cell(value, column.kind))


def build_clock(period: Period, *, is_short: bool) -> Clock:
    """The clock of a period; a short one leaves out the year, if the period is within one."""
    first, last = (to_local(end, period.zone).year for end in (period.start, period.end))
    return Clock(period.zone, period.timezone, first if is_short and first == last else None)
