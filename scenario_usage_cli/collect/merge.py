"""Answers to one Usage: each is added as it arrives and can then be forgotten."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from scenario_usage_cli.api.wire import (
    Consumption,
    Entities,
    Series,
    UsagesAnswer,
    exact,
    parse_time,
)
from scenario_usage_cli.collect.parts import Part
from scenario_usage_cli.collect.sections import (
    POINT_SECTIONS,
    RESTATING_ACTIONS,
    WIRES,
    PointSection,
    read_number_text,
)
from scenario_usage_cli.collect.usage import Bucket, Charge, Usage, UserName, add_figures

NAMELESS = "unknown"
"""The id of a row that came without one."""

NOTHING_TOLD = (None, "")
"""What takes no name or address away that is known already."""

_NOT_SECTIONS = ("entities", "activity")

_Told = TypeVar("_Told")


class Merger:
    """Adds answers to a Usage. `bucket` says into which bucket a time falls; without it all
    points of a row are added up.
    """

    def __init__(self, usage: Usage, bucket: Callable[[datetime], datetime] | None = None) -> None:
        self.usage = usage
        self._bucket = bucket
        self._part: Part | None = None
        self._buckets = _Buckets(bucket, None)
        self._told_at: dict[tuple[str, str], datetime] = {}

    def add(self, answer: UsagesAnswer, part: Part | None = None) -> None:
        """Add one answer, which is that to `part` if there is one: those of adjacent stretches
        add up, and the newest name of an id wins, in whatever order they come; null is no name.
        """
        usage = self.usage
        asked = part.sections if part else usage.sections
        if part != self._part:
            self._part, self._buckets = part, _Buckets(self._bucket, part)
        wire_names = {*WIRES.values(), *_NOT_SECTIONS}
        usage.unknown_sections |= {key for key in answer if key not in wire_names}
        if "consumption" in asked:
            self._add_consumption(answer.get("consumption"))
        for section in POINT_SECTIONS:
            if section.name in asked:
                self._add_series(section, answer.get(section.wire))  # type: ignore[arg-type]  # all are Series
        self._add_entities(answer.get("entities") or {})

    def _add_consumption(self, rows: Sequence[Consumption] | None) -> None:
        if rows is None:
            self.usage.left_out.add("consumption")
            return
        for row in rows:
            user_id = self._id(row.get("userId"))
            charge = self.usage.consumption.setdefault(user_id, Charge())
            cost = exact(row.get("value") or 0.0)
            discount = exact(row.get("discount") or 0.0)
            total = row.get("total")
            gross = cost + discount if total is None else exact(total)
            if abs(gross - cost - discount) >= _CU_STEP:
                self.usage.disagreeing_users.add(user_id)
            charge.cost += cost
            charge.discount += discount
            charge.gross += gross

    def _add_series(self, section: PointSection, rows: Sequence[Series] | None) -> None:
        if rows is None:
            self.usage.left_out.add(section.name)
            return
        table = self.usage.series.setdefault(section.name, {})
        for row_number, row in enumerate(rows):
            row_id = self._id(row.get(section.id_key))
            if section.name == "actions" and row_id in RESTATING_ACTIONS:
                continue
            sums = table.setdefault(row_id, {})
            for bucket, points in self._group(section, row_number, row).items():
                figures = section.add_up(points) if points[1:] else section.read(points[0])
                if bucket in sums:
                    add_figures(sums[bucket], figures)
                else:
                    sums[bucket] = figures

    def _group(
        self, section: PointSection, row_number: int, row: Series
    ) -> Mapping[Bucket, Sequence[Mapping[str, Any]]]:
        """The points of a row by their bucket, without those that cannot be read."""
        points, texts = row.get("points") or (), section.texts
        if points and not texts and self._bucket is None:
            times = {point.get("time") for point in points}
            if times <= self._buckets.keys():  # those of the row before, mostly: all can be read
                return {None: points}
        groups: dict[Bucket, list[Mapping[str, Any]]] = defaultdict(list)
        for point_number, point in enumerate(points):
            try:
                bucket = self._buckets[point.get("time")]
                if texts:
                    _check_texts(point, texts)
            except ValueError as error:
                self._leave_out(f"{section.wire}[{row_number}].points[{point_number}]", error)
            else:
                groups[bucket].append(point)
        return groups

    def _add_entities(self, entities: Entities) -> None:
        users, models = self.usage.users, self.usage.models
        for user in entities.get("users") or ():
            if user_id := user.get("id"):
                known = users.get(user_id, UserName(None, None, None))
                users[user_id] = UserName(
                    self._pick(user_id, "name", user.get("fullName"), known.name),
                    self._pick(user_id, "email", user.get("email"), known.email),
                    self._pick(user_id, "is_api_key", user.get("isApiKey"), known.is_api_key),
                )
        for model in entities.get("models") or ():
            if (model_id := model.get("id")) and (
                name := self._pick(model_id, "name", model.get("name"), models.get(model_id))
            ):
                models[model_id] = name

    def _pick(
        self, entity_id: str, field: str, told: _Told | None, known: _Told | None
    ) -> _Told | None:
        """What is told of an entity, unless that is nothing, or a later part has told it before."""
        if told in NOTHING_TOLD:
            return known
        if self._part is None:
            return told
        told_at = self._told_at.setdefault((entity_id, field), self._part.end)
        if told_at > self._part.end:
            return known
        self._told_at[entity_id, field] = self._part.end
        return told

    def _id(self, found: object) -> str:
        if found:
            return str(found)
        self.usage.nameless_rows += 1
        return NAMELESS

    def _leave_out(self, place: str, error: ValueError) -> None:
        self.usage.unreadable_points += 1
        start = self._part.start if self._part else None
        first = self.usage.first_unreadable
        if first is None or (start and first[0] and start < first[0]):
            self.usage.first_unreadable = (start, f"{place}: {error}")


_CU_STEP = exact(0.000001)
"""Smaller differences are noise of the API's doubles."""


class _Buckets(dict[str | None, Bucket]):
    """Times of a part to their buckets. The same few stand in every row: each is read once.

    Raises ValueError for a time that cannot be read.
    """

    def __init__(self, find: Callable[[datetime], datetime] | None, part: Part | None) -> None:
        super().__init__()
        self._find = find
        self._part = part

    def __missing__(self, text: str | None) -> Bucket:
        try:
            moment = parse_time(text or "")
            bucket = self._find(self._clamp(moment)) if self._find else None
        except ValueError:
            raise ValueError(f"time {text or ''!r}") from None
        self[text] = bucket
        return bucket

    def _clamp(self, moment: datetime) -> datetime:
        """The API's bucket may begin before the part, which is all that its point counts."""
        if self._part is None:
            return moment
        return min(max(moment, self._part.start), self._part.end)


def _check_texts(point: Mapping[str, Any], wires: Sequence[str]) -> None:
    """Raises ValueError where one of the texts is no number."""
    for wire in wires:
        value = point.get(wire)
        try:
            if value is not None:
                read_number_text(value)
        except ValueError:
            raise ValueError(f"{wire} {value!r}") from None
