"""Two years of daily CU: the sandbox's own, and twenty made studios of other shapes.

Only `Random.random()` is drawn from, the one method whose sequence Python promises to keep.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from math import cos, exp, log, pi, sin, sqrt
from random import Random

from scenario_usage_cli.sandbox.day import draw_day

FIRST, LAST = date(2024, 11, 1), date(2026, 10, 31)
"""24 whole months."""
DAYS = tuple(FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1))

_EPOCH = date(1970, 1, 1)

Draw = Callable[[], float]
Shape = Callable[[int, date, Draw], float]
"""What a studio uses on a day, given its number, itself and numbers from 0 to 1 to draw."""


@cache
def draw_sandbox() -> Mapping[date, Decimal]:
    """The built-in studio's consumption: charged actions with refunds."""
    return {
        day: sum(
            (Decimal(event.cost or 0) / 1000 for event in draw_day((day - _EPOCH).days)), Decimal(0)
        )
        for day in DAYS
    }


@cache
def draw_studios() -> Mapping[str, Mapping[date, Decimal]]:
    """All of them by name, the sandbox first."""
    made = {name: _draw(shape, seed) for seed, (name, shape) in enumerate(SHAPES.items(), start=1)}
    return {"sandbox": draw_sandbox(), **made}


def _draw(shape: Shape, seed: int) -> Mapping[date, Decimal]:
    draw = Random(seed).random
    return {
        day: Decimal(round(shape(number, day, draw) * 100)) / 100 for number, day in enumerate(DAYS)
    }


def _noise(draw: Draw, sigma: float = 0.3) -> float:
    """Lognormal, with a mean of 1."""
    normal = sqrt(-2 * log(1 - draw())) * cos(2 * pi * draw())
    return exp(sigma * normal - sigma * sigma / 2)


def _week(day: date, weekend: float = 0.2) -> float:
    """An office's week: somewhat less on Fridays, little on weekends."""
    return (1, 1.1, 1.1, 1, 0.8, weekend, weekend)[day.weekday()]


def _is_off(day: date) -> bool:
    """Holidays of a studio in Europe."""
    return (day.month, day.day) in {(1, 1), (5, 1), (8, 15), (11, 1)} or (
        (day.month == 12 and day.day >= 23) or (day.month == 1 and day.day <= 3)
    )


def _office(number: int, day: date, draw: Draw) -> float:
    return 400 * _week(day) * _noise(draw)


def _weekdays_only(number: int, day: date, draw: Draw) -> float:
    return 300 * _week(day, 0) * _noise(draw)


def _every_day(number: int, day: date, draw: Draw) -> float:
    return 500 * _noise(draw)


def _weekend_peak(number: int, day: date, draw: Draw) -> float:
    return 250 * (1, 0.9, 0.9, 1, 1.5, 2.4, 2.2)[day.weekday()] * _noise(draw)


def _growth(number: int, day: date, draw: Draw) -> float:
    """Twice as much in a year."""
    return 200 * exp(0.7 * number / 365) * _week(day) * _noise(draw)


def _fast_growth(number: int, day: date, draw: Draw) -> float:
    """Four times as much in a year."""
    return 40 * exp(1.4 * number / 365) * _week(day) * _noise(draw)


def _decline(number: int, day: date, draw: Draw) -> float:
    """Less than half in a year."""
    return 900 * exp(-0.8 * number / 365) * _week(day) * _noise(draw)


def _dead_summer(number: int, day: date, draw: Draw) -> float:
    summer = 0.12 if date(day.year, 7, 8) <= day <= date(day.year, 8, 28) else 1
    return 500 * summer * _week(day, 0.1) * _noise(draw)


def _campaigns(number: int, day: date, draw: Draw) -> float:
    """Two weeks of three times as much, every eleven weeks."""
    return 300 * (3 if number % 77 >= 63 else 1) * _week(day) * _noise(draw)


def _month_end(number: int, day: date, draw: Draw) -> float:
    """Deliveries: the last week of a month has twice as much."""
    is_last_week = (day + timedelta(days=7)).month != day.month
    return 300 * (2 if is_last_week else 1) * _week(day) * _noise(draw)


def _milestones(number: int, day: date, draw: Draw) -> float:
    """Rises for six weeks up to a milestone, then starts again."""
    return 200 * (1 + (number % 42) / 21) * _week(day) * _noise(draw)


def _large_user(number: int, day: date, draw: Draw) -> float:
    """One person makes most of it, on about half of the working days, and is away for weeks."""
    away = number % 120 >= 106
    works = draw() < 0.5 and day.weekday() < 5 and not away
    return 100 * _week(day) * _noise(draw) + (700 * _noise(draw, 0.5) if works else 0)


def _new_account(number: int, day: date, draw: Draw) -> float:
    """Begins after nineteen months, and finds its level in three."""
    age = number - 577
    return 0 if age < 0 else 350 * (1 - exp(-(age + 5) / 30)) * _week(day) * _noise(draw)


def _bursts(number: int, day: date, draw: Draw) -> float:
    """A twelfth of the days has eight times as much."""
    return 150 * (8 if draw() < 1 / 12 else 1) * _week(day) * _noise(draw)


def _step_up(number: int, day: date, draw: Draw) -> float:
    return 250 * (2.2 if number >= 380 else 1) * _week(day) * _noise(draw)


def _step_down(number: int, day: date, draw: Draw) -> float:
    return 600 * (0.5 if number >= 340 else 1) * _week(day) * _noise(draw)


def _rollout(number: int, day: date, draw: Draw) -> float:
    """A pilot of eight months, then all of the company over four."""
    share = min(max((number - 240) / 120, 0), 1)
    return (40 + 560 * share) * _week(day) * _noise(draw)


def _holidays(number: int, day: date, draw: Draw) -> float:
    return 400 * (0.05 if _is_off(day) else 1) * _week(day, 0.1) * _noise(draw)


def _refunds(number: int, day: date, draw: Draw) -> float:
    """A pipeline that runs each night; a day in thirty fails, and is paid back on the next."""
    failed = [draw() < 1 / 30, number % 31 == 30]
    return -150 if failed[1] else 350 * _noise(draw, 0.15) * (0.1 if failed[0] else 1)


def _seasons(number: int, day: date, draw: Draw) -> float:
    """Half as much again in winter, half as much less in summer, and slow drifts."""
    drift = 0.2 * sin(number / 17) + 0.15 * sin(number / 41 + 1)
    return 350 * (1 + 0.45 * cos(2 * pi * number / 365) + drift) * _week(day) * _noise(draw)


SHAPES: Mapping[str, Shape] = {
    "office": _office,
    "weekdays only": _weekdays_only,
    "every day": _every_day,
    "weekend peak": _weekend_peak,
    "growth": _growth,
    "fast growth": _fast_growth,
    "decline": _decline,
    "dead summer": _dead_summer,
    "campaigns": _campaigns,
    "month end": _month_end,
    "milestones": _milestones,
    "large user": _large_user,
    "new account": _new_account,
    "bursts": _bursts,
    "step up": _step_up,
    "step down": _step_down,
    "rollout": _rollout,
    "holidays": _holidays,
    "refunds": _refunds,
    "seasons": _seasons,
}
