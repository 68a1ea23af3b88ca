"""The plan in one line, as a prompt or a bar has room for: `CU 18.2k/30k 61 % · out 11 Dec`.

It imports little, as a prompt waits for it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from scenario_usage_cli.report.words import format_day, format_rate

UNKNOWN = "?"
NO_LIMIT = "no limit"
USED_UP = "used up"
NO_FORECAST = "no forecast"
PERIOD_OVER = "period over"
_LASTS = "lasts"
_NO_PACKS = "no packs"
_STEP = 1000
_SUFFIXES = ("", "k", "M", "G", "T")
_UNITS = (("d", 24 * 60 * 60), ("h", 60 * 60), ("min", 60))
_ALMOST = Decimal("0.99")
_PIECES = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+")

Template = Sequence[tuple[str, str | None]]
"""Texts, each with the name of the field that follows it, if one does."""


class PlanFigures(NamedTuple):
    """What the line is made of: CU, and UTC days; null is what is not known, or is not."""

    used: Decimal | None = None
    limit: Decimal | None = None
    packs_left: Decimal | None = None
    per_day: Decimal | None = None
    forecast: Decimal | None = None
    plan_runs_out_on: date | None = None
    packs_run_out_on: date | None = None
    last_day: date | None = None
    """Of the billing period."""

    @property
    def left(self) -> Decimal | None:
        """What may still be used of the plan; negative where more was used."""
        return None if self.used is None or self.limit is None else self.limit - self.used

    @property
    def is_used_up(self) -> bool:
        """Whether nothing is left of the plan, which has a limit."""
        return self.left is not None and self.left <= 0


def build_line(figures: PlanFigures, today: date) -> str:
    """The line; the year of a day is left out where it is that of today."""
    used, limit = _shorten(figures.used), figures.limit
    if limit is None:
        return f"CU {used}, {NO_LIMIT}"
    share = _format_share(figures) if limit > 0 and figures.used is not None else ""
    return f"CU {used}/{_shorten(limit)} {share}".rstrip() + f" · {_describe_end(figures, today)}"


def _describe_end(figures: PlanFigures, today: date) -> str:
    """When the plan is over, then its packs."""
    end, packs = _describe_plan_end(figures, today), _describe_packs_end(figures, today)
    if end == PERIOD_OVER:
        return end
    if figures.plan_runs_out_on and not figures.is_used_up:
        end = f"out {end}"
    elif end == _LASTS and figures.last_day:
        return f"{end} to {format_day(figures.last_day, today)}"
    if packs == _NO_PACKS or end in (UNKNOWN, NO_FORECAST, _LASTS):
        return end
    if packs == NO_FORECAST:
        packs = f"{_shorten(figures.packs_left)} left"
    elif packs == _LASTS:
        packs = "last"
    else:
        packs = f"out {packs}"
    return f"{end}, packs {packs}"


def _describe_plan_end(figures: PlanFigures, today: date) -> str:
    if figures.limit is None:
        return NO_LIMIT
    if figures.last_day and figures.last_day < today:
        return PERIOD_OVER
    if figures.used is None:
        return UNKNOWN
    if figures.is_used_up:
        return USED_UP
    if figures.plan_runs_out_on:
        return format_day(figures.plan_runs_out_on, today)
    return NO_FORECAST if figures.forecast is None else _LASTS


def _describe_packs_end(figures: PlanFigures, today: date) -> str:
    if figures.last_day and figures.last_day < today:
        return PERIOD_OVER
    if not figures.packs_left:
        return _NO_PACKS
    if figures.packs_run_out_on:
        return format_day(figures.packs_run_out_on, today)
    return NO_FORECAST if figures.forecast is None else _LASTS


def _format_share(figures: PlanFigures) -> str:
    """How much of the plan is used, in whole per cent; 100 only if all of it is."""
    used, limit = figures.used, figures.limit
    if limit is None:
        return NO_LIMIT
    if used is None:
        return UNKNOWN
    if limit <= 0:
        return "full" if used <= limit else "over"
    share = used / limit
    percent = round((min(share, _ALMOST) if share < 1 else share) * 100)
    return f"{percent} %"


def _format_forecast(figures: PlanFigures, today: date) -> str:
    return NO_FORECAST if figures.forecast is None else _shorten(figures.forecast)


def _format_last_day(figures: PlanFigures, today: date) -> str:
    return format_day(figures.last_day, today) if figures.last_day else UNKNOWN


FIELDS: Mapping[str, Callable[[PlanFigures, date], str]] = {
    "used": lambda found, today: _shorten(found.used),
    "limit": lambda found, today: NO_LIMIT if found.limit is None else _shorten(found.limit),
    "left": lambda found, today: NO_LIMIT if found.limit is None else _shorten(found.left),
    "share": lambda found, today: _format_share(found),
    "packs": lambda found, today: _shorten(found.packs_left),
    "per_day": lambda found, today: _shorten(found.per_day),
    "forecast": _format_forecast,
    "runs_out": _describe_plan_end,
    "packs_run_out": _describe_packs_end,
    "ends": _format_last_day,
}
"""What a line may have besides its age, and how each is written; `help prompt` explains them."""
AGE = "age"
"""The field for how long ago it was asked."""


def parse_template(text: str) -> Template:
    """The parts of a text with fields in braces; `{{` and `}}` are braces.

    Raises ValueError for a brace without the other one, and KeyError for an unknown field.
    """
    parts: list[tuple[str, str | None]] = []
    said = ""
    for found in _PIECES.finditer(text):
        piece, field = found[0], found[1]
        if field is not None:
            if field not in FIELDS and field != AGE:
                raise KeyError(field)
            parts.append((said, field))
            said = ""
        elif piece in ("{", "}"):
            raise ValueError(piece)
        else:
            said += piece[0] if piece in ("{{", "}}") else piece
    return [*parts, (said, None)]


def fill_template(template: Template, figures: PlanFigures, today: date, age: timedelta) -> str:
    """The text with its fields."""

    def write(field: str | None) -> str:
        if field is None:
            return ""
        return format_age(age) if field == AGE else FIELDS[field](figures, today)

    return "".join(said + write(field) for said, field in template)


def has_age(template: Template) -> bool:
    """Whether a template tells the age."""
    return any(field == AGE for _, field in template)


def format_age(age: timedelta) -> str:
    """In the largest unit of which it has one: `3 d`, `2 h`, `15 min`, `0 min`."""
    seconds = int(age.total_seconds())
    unit, length = next(one for one in _UNITS if seconds >= one[1] or one is _UNITS[-1])
    return f"{seconds // length} {unit}"


def _shorten(number: Decimal | None) -> str:
    """With three digits and a suffix: `950`, `18.2k`, `-1.25M`."""
    if number is None:
        return UNKNOWN
    for suffix in _SUFFIXES[:-1]:
        text = format_rate(number)
        if abs(Decimal(text.replace(",", ""))) < _STEP:
            return text + suffix
        number /= _STEP
    return format_rate(number) + _SUFFIXES[-1]
