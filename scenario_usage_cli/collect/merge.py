"""Answers to one Usage: each is added as it arrives and can then be forgotten."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain
from typing import Any, TypeVar

from scenario_usage_cli.api.wire import (
    Consumption,
    Entities,
    Series,
    UsagesAnswer,
    exact,
)
from scenario_usage_cli.collect.granularity import find_granularity
from scenario_usage_cli.collect.names import NOBODY, UserName, parse_name
from scenario_usage_cli.collect.parts import Part
from scenario_usage_cli.collect.remarks import Oddity, Remark
from scenario_usage_cli.collect.sections import (
    CHARGES,
    POINT_SECTIONS,
    REFUNDS,
    RESTATING_ACTIONS,
    WIRES,
    Figure,
    PointSection,
    read_number_text,
)
from scenario_usage_cli.collect.times import Times
from scenario_usage_cli.collect.usage import Bucket, Usage, add_figures

NAMELESS = "unknown"
"""The id of a row that came without one."""

_WIRE_NAMES = frozenset({*WIRES.values(), "entities", "activity"})

_Told = TypeVar("_Told")
_Row = TypeVar("_Row", bound=Mapping[str, Any])


class Merger:
    """Adds answers to a Usage.

    `bucket` tells the bucket of a time; without it, all points of a row are added up.
    """

    def __init__(self, usage: Usage, bucket: Callable[[datetime], datetime] | None = None) -> None:
        self.usage = usage
        self._bucket = bucket
        self._part: Part | None = None
        self._told_at: dict[tuple[str, str], datetime] = {}
        self._odd_users: set[str] = set()
        self._charged: dict[datetime | None, Decimal] = {}
        self._counted: dict[datetime | None, Figure] = defaultdict(int)
        """By the start of each part: what all users were charged, and a sum over its points."""

    def add(
        self,
        answer: UsagesAnswer,
        part: Part | None = None,
        *,
        source: str = "the answer",
        longest: timedelta | None = None,
    ) -> None:
        """Add one answer, which belongs to `part`, if that is given.

        Answers of adjacent parts add up, and the newest name of an id counts, in whatever order
        they come; null is not a name. `longest` is how long the buckets of the answer may be, if
        that is known better than from the answer. Raises UnreadableAnswer, with nothing added, for
        an answer about another time.
        """
        usage = self.usage
        asked = part.sections if part else usage.sections
        series: list[tuple[PointSection, str, Sequence[Series] | None]] = [
            (section, wire, answer.get(wire))  # type: ignore[misc]  # all are Series
            for section in POINT_SECTIONS
            if section.name in asked and (wire := section.find_wire(answer))
        ]
        every_row = chain.from_iterable(rows or () for _, _, rows in series)
        told = longest or find_granularity(answer)
        times = Times(every_row, part, self._bucket, told, source)
        self._part = part
        read = {wire for _, wire, _ in series}
        usage.former_sections |= read - _WIRE_NAMES
        unasked = {section.former for section in POINT_SECTIONS if section.name not in asked}
        usage.unknown_sections |= answer.keys() - _WIRE_NAMES - read - unasked
        if "consumption" in asked:
            self._add_consumption(answer.get("consumption"))
        for section, wire, rows in series:
            self._add_series(section, wire, rows, times)
        self._add_entities(answer.get("entities") or {})

    def finish(self) -> Usage:
        """The usage, when all answers have been added."""
        charged, counted = self._charged, self._counted
        are_same = len(set(charged.values())) == 1 and any(charged.values())
        if are_same and len({counted[start] for start in charged}) > 1:
            start = min(start for start in charged if start)
            total = next(iter(charged.values()))
            remark = Remark(len(charged), f"{total.normalize():f} CU", start)
            self.usage.remarks.note(Oddity.SAME_CONSUMPTION, "consumption", remark)
        return self.usage

    def _add_consumption(self, rows: Sequence[Consumption] | None) -> None:
        if rows is None:
            self.usage.left_out.add("consumption")
            return
        charged = Decimal(0)
        for row, (user_id, place) in self._identify(rows, "consumption", "consumption", "userId"):
            cost = exact(row.get("value") or 0.0)
            discount = exact(row.get("discount") or 0.0)
            total = row.get("total")
            gross = cost + discount if total is None else exact(total)
            if abs(gross - cost - discount) >= _CU_STEP:
                times = 0 if user_id in self._odd_users else 1
                self._odd_users.add(user_id)
                self._note(Oddity.ODD_TOTAL, "consumption", place, times)
            charged += cost
            charge = self.usage.consumption.setdefault(user_id, dict.fromkeys(CHARGES, Decimal(0)))
            add_figures(charge, {"cost": cost, "discount": discount, "gross": gross})
        self._charged[self._start] = charged

    def _add_series(
        self, section: PointSection, wire: str, rows: Sequence[Series] | None, times: Times
    ) -> None:
        if rows is None:
            self.usage.left_out.add(section.name)
            return
        table = self.usage.series.setdefault(section.name, {})
        counted: Figure = 0
        for row, (row_id, place) in self._identify(rows, section.name, wire, section.id_key):
            if section.name == "actions" and row_id in RESTATING_ACTIONS:
                continue
            may_be_odd = False
            sums = table.setdefault(row_id, {})
            for bucket, points in self._group(section, row, place, times).items():
                figures = section.add_up(points) if points[1:] else section.read(points[0])
                may_be_odd = may_be_odd or section.may_have_odd_counts(points, figures)
                counted += sum(figure or 0 for figure in figures.values())
                if bucket in sums:
                    add_figures(sums[bucket], figures)
                else:
                    sums[bucket] = figures
            if may_be_odd and row_id != REFUNDS:
                for where in section.find_odd_counts(row.get("points") or ()):
                    self._note(Oddity.ODD_COUNT, section.name, f"{place}.{where}")
        self._counted[self._start] += counted

    def _identify(
        self, rows: Sequence[_Row], section: str, wire: str, id_key: str
    ) -> Iterator[tuple[_Row, tuple[str, str]]]:
        """Each row with its id and its place."""
        ids: set[str] = set()
        for number, row in enumerate(rows):
            place = f"{wire}[{number}]"
            found = row.get(id_key)
            row_id = str(found or NAMELESS)
            if not found:
                self._note(Oddity.NAMELESS_ROW, section, place)
            elif row_id in ids and row_id not in RESTATING_ACTIONS:
                self._note(Oddity.REPEATED_ROW, section, f"{place}: {id_key} {row_id!r}")
            ids.add(row_id)
            yield row, (row_id, place)

    def _group(
        self, section: PointSection, row: Series, place: str, times: Times
    ) -> Mapping[Bucket, Sequence[Mapping[str, Any]]]:
        """The points of a row by their bucket, without those that cannot be read."""
        points, texts = row.get("points") or (), section.texts
        if points and times.are_plain and not texts and self._bucket is None:
            return {None: points}
        groups: dict[Bucket, list[Mapping[str, Any]]] = defaultdict(list)
        known: set[datetime] = set()
        for number, point in enumerate(points):
            text = point.get("time")
            try:
                bucket = times[text]
                if texts:
                    _check_texts(point, texts)
            except ValueError as error:
                where = f"{place}.points[{number}]: {error}"
                self._note(Oddity.UNREADABLE_POINT, section.name, where)
                continue
            groups[bucket].append(point)
            if not times.are_plain:
                for oddity in times.find_oddities(text, known):
                    where = f"{place}.points[{number}]: time {text!r}"
                    self._note(oddity, section.name, where)
        return groups

    def _add_entities(self, entities: Entities) -> None:
        users, models = self.usage.users, self.usage.models
        for user in entities.get("users") or ():
            if user_id := user.get("id"):
                known = users.get(user_id, NOBODY)
                users[user_id] = UserName(
                    self._pick(user_id, "name", parse_name(user.get("fullName")), known.name),
                    self._pick(user_id, "email", parse_name(user.get("email")), known.email),
                    self._pick(user_id, "is_api_key", user.get("isApiKey"), known.is_api_key),
                )
        for model in entities.get("models") or ():
            if model_id := model.get("id"):
                told = parse_name(model.get("name"))
                if name := self._pick(model_id, "name", told, models.get(model_id)):
                    models[model_id] = name

    def _pick(
        self, entity_id: str, field: str, told: _Told | None, known: _Told | None
    ) -> _Told | None:
        """What is told of an entity, unless that is nothing, or a later part has told it before."""
        if told is None:
            return known
        if self._part is None:
            return told
        told_at = self._told_at.setdefault((entity_id, field), self._part.end)
        if told_at > self._part.end:
            return known
        self._told_at[entity_id, field] = self._part.end
        return told

    @property
    def _start(self) -> datetime | None:
        return self._part.start if self._part else None

    def _note(self, oddity: Oddity, section: str, place: str, count: int = 1) -> None:
        self.usage.remarks.note(oddity, section, Remark(count, place, self._start))


_CU_STEP = exact(0.000001)
"""Smaller differences are noise of the API's doubles."""


def _check_texts(point: Mapping[str, Any], wires: Sequence[str]) -> None:
    """Raises ValueError if one of the texts is not a number."""
    for wire in wires:
        value = point.get(wire)
        try:
            if value is not None:
                read_number_text(value)
        except ValueError:
            raise ValueError(f"{wire} {value!r}") from None
