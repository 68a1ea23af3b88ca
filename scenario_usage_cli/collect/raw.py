"""Raw answers to one: what --save-raw keeps of a period that was fetched in parts."""

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from scenario_usage_cli.api.wire import exact
from scenario_usage_cli.collect.merge import NOTHING_TOLD
from scenario_usage_cli.collect.parts import Part
from scenario_usage_cli.collect.sections import POINT_SECTIONS, WIRES

_ID_KEYS = {section.wire: section.id_key for section in POINT_SECTIONS}

Rows = list[dict[str, Any]]


def ignore_raw(part: Part, body: bytes) -> None:
    """Keep nothing."""


class RawAnswers:
    """Keeps every answer of a period, and makes one of them that says the same."""

    def __init__(self) -> None:
        self._bodies: list[tuple[Part, bytes]] = []

    def add(self, part: Part, body: bytes) -> None:
        """Keep the answer to a part, which has been found to be one."""
        self._bodies.append((part, body))

    def merge(self) -> dict[str, Any]:
        """One answer with the rows of all, in order of time: points one after the other, charges
        added up, the newest of each entity; anything unknown as it came. A section that one
        answer left out is left out of the whole.
        """
        in_time = sorted(self._bodies, key=lambda kept: (kept[0].start, kept[0].sections))
        merged: dict[str, Any] = {}
        left_out: set[str] = set()
        for part, body in in_time:
            answer = json.loads(body)
            left_out |= {WIRES[name] for name in part.sections if answer.get(WIRES[name]) is None}
            for key, value in answer.items():
                if merged.get(key) is None:
                    merged[key] = value
                elif value is not None:
                    merged[key] = _merge_section(key, merged[key], value)
        return {key: None if key in left_out else merged[key] for key in merged}


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


def _merge_rows(older: Rows, newer: Rows, id_key: str, join: Any) -> Rows:
    """The rows of both, those of one id joined; a row without an id stays on its own."""
    rows = list(older)
    places = {row[id_key]: place for place, row in enumerate(rows) if row.get(id_key)}
    for row in newer:
        place = places.get(row.get(id_key))
        if place is None:
            rows.append(row)
        else:
            rows[place] = join(rows[place], row)
    return rows


def _join_points(older: dict[str, Any], newer: dict[str, Any]) -> dict[str, Any]:
    points = [*(older.get("points") or ()), *(newer.get("points") or ())]
    return {**older, **newer, "points": points}


def _add_charges(older: dict[str, Any], newer: dict[str, Any]) -> dict[str, Any]:
    """Both together; a row without a total has its value and discount as one."""
    sums = {key: _add(row.get(key) for row in (older, newer)) for key in ("value", "discount")}
    totals = [
        _add((row.get("value"), row.get("discount"))) if row.get("total") is None else row["total"]
        for row in (older, newer)
    ]
    return {**older, **newer, **sums, "total": _add(totals)}


def _add(amounts: Iterable[float | None]) -> float:
    total = float(sum((exact(amount or 0.0) for amount in amounts), Decimal(0)))
    return int(total) if total.is_integer() else total


def _take_newer(older: dict[str, Any], newer: dict[str, Any]) -> dict[str, Any]:
    """The newer of an entity; what it does not say is as it was."""
    return older | {key: value for key, value in newer.items() if value not in NOTHING_TOLD}
