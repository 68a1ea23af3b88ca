"""Raw answers in files: written by --save-raw, read back by --from."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, NamedTuple, cast

from pydantic import AfterValidator, AwareDatetime, BaseModel, PositiveInt, ValidationError

from scenario_usage_cli.api.body import (
    escape_halves,
    parse_usages,
    refuse_foreign_points,
    require_any,
)
from scenario_usage_cli.api.wire import UsagesAnswer
from scenario_usage_cli.clocks import format_instant
from scenario_usage_cli.collect.names import KINDS, NO_NAMES, Names
from scenario_usage_cli.collect.raw import FetchedPart
from scenario_usage_cli.collect.remarks import Oddity, Remark, Remarks
from scenario_usage_cli.collect.request import Request
from scenario_usage_cli.collect.sections import SECTIONS, WIRES
from scenario_usage_cli.collect.usage import Filters
from scenario_usage_cli.errors import BadArgument, UnreadableAnswer
from scenario_usage_cli.periods import Period
from scenario_usage_cli.zones import parse_zone

ENVELOPE = "_scenario_usage"
"""The only field of a saved file that is not of the API's answer."""

_VERSION = 1
_NOT_AN_ANSWER = "name a file saved by --save-raw, or an answer of GET /usages"


class Saved(NamedTuple):
    """A saved file: what was asked, and the answer.

    A bare answer lacks what was asked. A file of an older version lacks its parts and its remarks.
    """

    answer: UsagesAnswer
    period: Period | None = None
    filters: Filters | None = None
    sections: tuple[str, ...] | None = None
    fetched_at: datetime | None = None
    """When the first of its parts was fetched."""
    remarks: Remarks | None = None
    """What was odd about the answers that were merged."""
    names: Names = NO_NAMES
    """What was looked up beside the answers."""
    notes: tuple[str, ...] = ()
    """What was said of names that could not be had."""
    is_one_answer: bool = True
    """Whether the file says that it was fetched in one part.

    Otherwise, its buckets may be longer than it tells.
    """


def _check_zone(name: str) -> str:
    try:
        return str(parse_zone(name))
    except BadArgument as error:
        raise ValueError(error.message) from None


def _check_instant(instant: datetime) -> datetime:
    if not 1 < instant.year < 9999:
        raise ValueError("out of range")
    return instant.astimezone(UTC)


def _check_section(name: str) -> str:
    if name not in SECTIONS:
        raise ValueError(f"{name!r} is not a section")
    return name


def _check_kind(kind: str) -> str:
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is not a kind of names")
    return kind


_Kind = Annotated[str, AfterValidator(_check_kind)]
_Instant = Annotated[AwareDatetime, AfterValidator(_check_instant)]
_SectionName = Annotated[str, AfterValidator(_check_section)]


class _SavedPeriod(BaseModel):
    start: _Instant
    end: _Instant
    timezone: Annotated[str, AfterValidator(_check_zone)]
    provisional: bool


class _SavedPart(BaseModel):
    start: _Instant
    end: _Instant
    sections: tuple[_SectionName, ...]
    fetched_at: _Instant
    granularity: str | None


class _SavedRemark(BaseModel):
    oddity: Oddity
    section: _SectionName
    times: PositiveInt
    place: str
    start: _Instant | None


class _Envelope(BaseModel):
    period: _SavedPeriod
    filters: Filters
    sections: tuple[_SectionName, ...]
    parts: tuple[_SavedPart, ...] = ()
    remarks: tuple[_SavedRemark, ...] | None = None
    names: dict[_Kind, dict[str, str]] = {}
    notes: tuple[str, ...] = ()


def dump_saved(
    answer: Mapping[str, Any],
    request: Request,
    parts: Sequence[FetchedPart],
    remarks: Remarks,
    names: Names = NO_NAMES,
    notes: Sequence[str] = (),
) -> str:
    """The text of the file: what was asked for, and the API's answer as it came.

    It also has what the answer does not show: the parts that it was fetched in, the remarks, and
    the names that were looked up, with notes on those that could not be had.
    """
    period = request.period
    envelope = {
        "version": _VERSION,
        "period": {
            "start": format_instant(period.start),
            "end": format_instant(period.end),
            "timezone": period.timezone,
            "provisional": period.provisional,
        },
        "filters": request.filters._asdict(),
        "sections": request.sections,
        "parts": [part._asdict() for part in parts],
        "remarks": [
            {"oddity": oddity, "section": section, **remark._asdict()}
            for (oddity, section), remark in remarks.items()
        ],
        "names": {kind: known for kind, known in names._asdict().items() if known},
        "notes": notes,
    }
    document = {ENVELOPE: envelope, **answer}
    return json.dumps(document | {ENVELOPE: envelope}, ensure_ascii=False, default=format_instant)


def load_saved(body: bytes, *, source: str) -> Saved:
    """A saved file or a bare answer; raises UnreadableAnswer for anything else."""
    body = escape_halves(body)
    document: dict[str, Any] = {**parse_usages(body, source=source)}
    answer = cast(UsagesAnswer, document)
    if ENVELOPE not in document:
        refuse_foreign_points(answer, body, source=source)
        if not all(map(_may_be_series, document.values())):
            sections = (*WIRES.values(), "entities")
            require_any(document, sections, source=source, hint=_NOT_AN_ANSWER)
        return Saved(answer)
    saved = document.pop(ENVELOPE)
    if isinstance(saved, dict) and saved.get("version") != _VERSION:
        raise UnreadableAnswer(
            f"{source} was saved by another version of this tool",
            hint="upgrade: pip install . in the newest source of scenario-usage",
        )
    try:
        envelope = _Envelope.model_validate(saved)
    except ValidationError as error:
        place = ".".join(str(step) for step in (ENVELOPE, *error.errors()[0]["loc"]))
        raise UnreadableAnswer(
            f"{source} is not a saved file of this tool: {place} cannot be read",
            hint=f"remove {ENVELOPE} from it to read the bare answer",
        ) from None
    remarks = None
    if envelope.remarks is not None:
        remarks = Remarks()
        for one in envelope.remarks:
            remarks.note(one.oddity, one.section, Remark(one.times, one.place, one.start))
    return Saved(
        answer,
        _build_period(envelope.period),
        envelope.filters,
        envelope.sections,
        min((part.fetched_at for part in envelope.parts), default=None),
        remarks,
        Names(**envelope.names),
        envelope.notes,
        is_one_answer=len(envelope.parts) == 1,
    )


def _build_period(saved: _SavedPeriod) -> Period:
    return Period(saved.start, saved.end, parse_zone(saved.timezone), saved.provisional)


def _may_be_series(value: Any) -> bool:
    """Whether it may be a section that this version does not know."""
    return isinstance(value, list) and all(isinstance(r, dict) and "points" in r for r in value)
