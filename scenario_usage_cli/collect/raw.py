"""From many raw answers to one: what --save-raw keeps of a period that was fetched in parts."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from scenario_usage_cli.api.wire import exact
from scenario_usage_cli.collect.names import parse_name
from scenario_usage_cli.collect.parts import Part
from scenario_usage_cli.collect.sections import POINT_SECTIONS, WIRES, read_number_text

_FORMER = {section.name: section.former for section in POINT_SECTIONS if section.former}
_ID_KEYS = {
    wire: section.id_key
    for section in POINT_SECTIONS
    for wire in (section.wire, section.former)
    if wire
}
_MEASURE_KEYS = {m.wire for section in POINT_SECTIONS for m in section.measures.values()}

Row = dict[str, Any]
Rows = list[Row]


def ignore_raw(part: Part, body: bytes) -> None:
    """Keep nothing."""


class FetchedPart(NamedTuple):
    """One of the parts: its bounds and sections, and when it was fetched (aware UTC).

    `granularity` is how long its buckets are, if the answer says so.
    """

    start: datetime
    end: datetime
    sections: tuple[str, ...]
    fetched_at: datetime
    granularity: str | None


class RawAnswers:
    """Keeps every answer of a period, and merges them into one that says the same."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._bodies: list[tuple[Part, datetime, bytes]] = []

    def add(self, part: Part, body: bytes) -> None:
        """Keep the answer to a part that was accepted."""
        self._bodies.append((part, self._now(), body))

    def merge(self) -> tuple[dict[str, Any], list[FetchedPart]]:
        """One answer with the rows of all answers, in order of time, and the list of parts.

        Points are appended, or added up if they have the same time; charges are added up; of each
        entity, the newest counts; what is unknown stays as it came. A section that one answer left
        out is left out of the whole. A granularity that is not the same in all parts is null.
        """
        in_time = sorted(self._bodies, key=lambda kept: (kept[0].start, kept[0].sections))
        merged: dict[str, Any] = {}
        left_out: set[str] = set()
        parts: list[FetchedPart] = []
        for part, fetched_at, body in in_time:
            answer = json.loads(body)
            left_out |= _find_left_out(part, answer)
            granularity = _read_granularity(answer)
            parts.append(FetchedPart(part.start, part.end, part.sections, fetched_at, granularity))
            for key, value in answer.items():
                if merged.get(key) is None:
                    merged[key] = value
                elif value is not None:
                    merged[key] = _merge_section(key, merged[key], value)
        if len({part.granularity for part in parts if part.granularity}) > 1:
            for row in merged.get("usages") or ():
                row["granularity"] = None  # `parts` have their own
        return {key: None if key in left_out else merged[key] for key in merged}, parts


def _find_left_out(part: Part, answer: dict[str, Any]) -> set[str]:
    """The keys of sections that were asked for and are missing, new and former names alike."""
    names = {name: (WIRES[name], _FORMER.get(name, WIRES[name])) for name in part.sections}
    gone = [keys for keys in names.values() if all(answer.get(key) is None for key in keys)]
    return {key for keys in gone for key in keys}


def _read_granularity(answer: dict[str, Any]) -> str | None:
    """The one granularity that the rows of an answer tell; None if they tell none, or several."""
    told = {row.get("granularity") for row in answer.get("usages") or ()} - {None}
    return told.pop() if len(told) == 1 else None


def _merge_section(key: str, older: Any, newer: Any) -> Any:
    if key in _ID_KEYS:
        return _merge_rows(older, newer, _ID_KEYS[key], _join_points)
    if key == "consumption":
        return _merge_rows(older, newer, "userId", _add_charges)
    if key == "entities":
        kinds = {**older, **newer}
        return {
            kind: _merge_rows(older.get(kind) or [], newer.get(kind) or [], "id", _take_newer)
            for kind in kinds
        }
    return older + newer if isinstance(older, list) and isinstance(newer, list) else newer


def _merge_rows(older: Rows, newer: Rows, id_key: str, join: Callable[[Row, Row], Row]) -> Rows:
    """The rows of both answers; those with the same id are joined, one with one.

    So a row that comes twice in each answer comes twice in the whole. A row without an id stays on
    its own.
    """
    rows = list(older)
    places: dict[Any, list[int]] = {}
    for place, row in enumerate(rows):
        if row.get(id_key):
            places.setdefault(row[id_key], []).append(place)
    for row in newer:
        if found := places.get(row.get(id_key)):
            place = found.pop(0)
            rows[place] = join(rows[place], row)
        else:
            rows.append(row)
    return rows


def _join_points(older: Row, newer: Row) -> Row:
    """Both rows as one.

    A bucket at the border of two parts has a point in each; it counts both together.
    """
    points = list(older.get("points") or ())
    places = {point["time"]: place for place, point in enumerate(points) if point.get("time")}
    for point in newer.get("points") or ():
        place = places.pop(point.get("time"), None)
        together = None if place is None else _add_points(points[place], point)
        if place is None or together is None:
            points.append(point)
        else:
            points[place] = together
    return {**older, **newer, "points": points}


def _add_points(older: Row, newer: Row) -> Row | None:
    """One point for two points of the same time; None if one of them cannot be read."""
    together = {**older, **newer}
    try:
        for wire in _MEASURE_KEYS & older.keys() & newer.keys():
            together[wire] = _add_figures(older[wire], newer[wire])
    except ValueError:
        return None
    return together


def _add_figures(older: Any, newer: Any) -> Any:
    """The sum of both, in the form that they have; null counts as nothing."""
    if older is None or newer is None:
        return newer if older is None else older
    if isinstance(older, str):
        return f"{Decimal(read_number_text(older)) + read_number_text(newer):f}"
    return _add((older, newer))


def _add_charges(older: Row, newer: Row) -> Row:
    """The sum of both; a row without a total has its value plus its discount as one."""
    sums: Row = {key: _add(row.get(key) for row in (older, newer)) for key in ("value", "discount")}
    totals = [
        _add((row.get("value"), row.get("discount"))) if row.get("total") is None else row["total"]
        for row in (older, newer)
    ]
    details = [row["costDetails"] for row in (older, newer) if row.get("costDetails")]
    if len(details) > 1:
        sums["costDetails"] = _add_details(*details)
    elif details:
        sums["costDetails"] = details[0]
    return {**older, **newer, **sums, "total": _add(totals)}


def _add_details(older: Any, newer: Any) -> Any:
    """CU per billing action, of both; if one has another shape, the newer one counts."""
    if not (isinstance(older, dict) and isinstance(newer, dict)):
        return newer
    both = {**older, **newer}
    for key in older.keys() & newer.keys():
        if _is_number(older[key]) and _is_number(newer[key]):
            both[key] = _add((older[key], newer[key]))
    return both


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _add(amounts: Iterable[float | None]) -> float:
    total = float(sum((exact(amount or 0.0) for amount in amounts), Decimal(0)))
    return int(total) if total.is_integer() else total


def _take_newer(older: Row, newer: Row) -> Row:
    """The newer state of an entity; what it does not say stays as it was."""
    return older | {
        key: value
        for key, value in newer.items()
        if (parse_name(value) if isinstance(value, str) else value) is not None
    }
