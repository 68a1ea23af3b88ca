"""A day's events, drawn from a fixed seed and the date alone.

Only `Random.random()` is used, the one method whose sequence Python promises to keep.
"""

from collections.abc import Callable
from itertools import chain
from random import Random
from typing import NamedTuple

from scenario_usage_cli.sandbox.catalogue import (
    FREE_ACTIONS,
    GENERATIONS,
    MODELS,
    NSFW_LABELS,
    OPERATIONS,
    REFUND,
    TASTES,
    Model,
)
from scenario_usage_cli.sandbox.studio import COLLECTIONS, SEATS, Seat
from scenario_usage_cli.sandbox.times import DAY, HOUR, to_datetime

_SEED = 20_230_203
_WEEKDAY, _WEEKEND = 200, 40  # events
_MONTHS = (98, 100, 102, 101, 99, 103, 94, 88, 104, 106, 105, 92)  # percent of the usual
_YEARS = {2023: 90, 2024: 95, 2025: 100, 2026: 106}
_LATER = 112

_COLLECTION_IDS = tuple(COLLECTIONS)
_OPERATIONS = tuple(chain.from_iterable([row] * row.weight for row in OPERATIONS))
_FREE_ACTIONS = tuple(chain.from_iterable([row] * row.weight for row in FREE_ACTIONS))

Draw = Callable[[], float]  # a number from 0 to 1, 1 not included


class Event(NamedTuple):
    """One row of the log. `cost` (charged) and `discount` are milli-CU, `time` is milliseconds.

    `serial` is unique and grows with the day; `job` and `asset` are serials too, or None.
    `jobs` is 1 for a generation, the only events that count in a model's row.
    """

    time: int
    serial: int
    action: str
    project: str
    user: str
    is_key: bool
    model: str | None = None
    jobs: int = 0
    cost: int | None = None
    discount: int = 0
    kind: str | None = None
    assets: int = 0
    label: str | None = None
    verdict: str | None = None
    job: int | None = None
    asset: int | None = None
    collection: str | None = None


def draw_day(day: int) -> tuple[Event, ...]:
    """All events of one UTC day (a number of days since 1970), by time, then serial."""
    draw = Random(_SEED + day).random
    date = to_datetime(day * DAY)
    weekend = date.weekday() > 4 or (date.month, date.day) in {(1, 1), (12, 25)}
    usual = (_WEEKEND if weekend else _WEEKDAY) * _MONTHS[date.month - 1]
    usual = usual * _YEARS.get(date.year, _LATER) // 10_000
    seats = [
        seat
        for seat in SEATS
        if seat.since <= day <= seat.until and (seat.person.weekends or not weekend)
        for _ in range(seat.weight)
    ]
    pools = _build_pools(day)
    events: list[Event] = []
    for index in range(int(usual * (0.9 + 0.2 * draw()))):
        seat = seats[int(draw() * len(seats))]
        blank = Event(
            day * DAY + _time_of_day(seat, draw),
            day * 1000 + index,
            "",
            seat.project.id,
            seat.person.id,
            seat.person.is_key,
        )
        what = draw()
        if what < 0.68:
            event = _generate(blank, seat, pools, draw)
        elif what < 0.86:
            event = _operate(blank, seat, draw)
        else:
            event = _act(blank, seat, pools, draw)
        events.append(event)
    events += _refund(events, (day + 1) * DAY, draw)
    events.sort()  # time and serial decide; no two serials are equal
    return tuple(events)


def _build_pools(day: int) -> dict[str, list[Model]]:
    """Per taste the models that run on *day*, each as often as its weight."""
    by_kind: dict[str, list[Model]] = {kind: [] for kind in TASTES["any"]}
    for model in MODELS:
        if model.since <= day <= model.until:
            by_kind[model.kind] += [model] * model.weight
    return {taste: [m for kind in kinds for m in by_kind[kind]] for taste, kinds in TASTES.items()}


def _time_of_day(seat: Seat, draw: Draw) -> int:
    """Keys work evenly through the day, people mostly in the middle of their hours."""
    first, count = seat.person.hours
    share = draw() if seat.person.is_key else (draw() + draw()) / 2
    return first * HOUR + int(share * count * HOUR)


def _generate(blank: Event, seat: Seat, pools: dict[str, list[Model]], draw: Draw) -> Event:
    pool = pools[seat.taste]
    model = pool[int(draw() * len(pool))]
    share = draw()
    assets = 1 + int(share * share * 4)
    fate = draw()  # which of the rarer things happens, if any
    free = 0.95 <= fate < 0.98
    gross = 0 if free else model.price * assets
    discount = gross * max(seat.discount, model.discount) // 100
    label = NSFW_LABELS[int(fate * 400)] if fate < 0.01 else None
    verdict = None
    if seat.project.gated and model.kind == "image" and 0.1 <= fate < 0.6:
        verdict = "pass" if fate < 0.5 else "warn" if fate < 0.57 else "fail"
    return blank._replace(
        action=GENERATIONS.get(model.kind, "custom"),
        model=model.id,
        jobs=1,
        cost=gross - discount,
        discount=discount,
        kind=model.kind,
        assets=assets,
        label=label if model.kind in {"image", "video"} else None,
        verdict=verdict,
        job=blank.serial,
        asset=blank.serial,
    )


def _operate(blank: Event, seat: Seat, draw: Draw) -> Event:
    operation = _OPERATIONS[int(draw() * len(_OPERATIONS))]
    made = operation.kind is not None
    common = blank._replace(
        action=operation.action,
        kind=operation.kind,
        assets=int(made),
        asset=blank.serial if made else None,
        job=blank.serial if operation.job_type else None,
    )
    if operation.price is None:
        return common
    discount = operation.price * seat.discount // 100
    return common._replace(cost=operation.price - discount, discount=discount)


def _act(blank: Event, seat: Seat, pools: dict[str, list[Model]], draw: Draw) -> Event:
    free = _FREE_ACTIONS[int(draw() * len(_FREE_ACTIONS))]
    event = blank._replace(action=free.action, cost=free.cost)
    if free.target == "model":
        pool = pools[seat.taste]
        return event._replace(model=pool[int(draw() * len(pool))].id)
    if free.target == "collection":
        return event._replace(collection=_COLLECTION_IDS[blank.serial % len(_COLLECTION_IDS)])
    return event._replace(asset=blank.serial, kind="image")


def _refund(events: list[Event], midnight: int, draw: Draw) -> list[Event]:
    """About one generation in sixty is paid back in full, within three hours and the same day."""
    refunds: list[Event] = []
    serial = events[-1].serial + 1
    for event in events:
        if not event.jobs or not event.cost or draw() >= 0.017:
            continue
        time = event.time + 1 + int(draw() * 3 * HOUR)
        if time < midnight:
            refunds.append(
                event._replace(
                    time=time,
                    serial=serial + len(refunds),
                    action=REFUND,
                    jobs=0,
                    cost=-event.cost,
                    discount=-event.discount,
                    assets=0,
                    label=None,
                    verdict=None,
                )
            )
    return refunds
