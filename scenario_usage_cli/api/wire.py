"""The wire format: what the API sends, checked where it is read and nowhere else.

Everything may be absent or null, and unknown fields, sections and enum values pass through;
only a value of the wrong type is refused. `GET /usages` is described by TypedDicts because one
answer holds tens of thousands of points, and validating those into dicts takes a quarter of the
time and memory of model instances. Field names are the API's own (api.md, SDK 2.4).
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import (
    AliasGenerator,
    AllowInfNan,
    BaseModel,
    ConfigDict,
    TypeAdapter,
    ValidationError,
    with_config,
)
from pydantic.alias_generators import to_camel
from typing_extensions import TypedDict

from scenario_usage_cli.errors import UnreadableAnswer

Number = Annotated[float, AllowInfNan(False)]
"""A JSON number. The API computes in doubles, so a double holds exactly what it wrote."""

_open = with_config(ConfigDict(strict=True, extra="allow"))


@_open
class Point(TypedDict, total=False):
    """One time bucket of any series; which numbers it has depends on the section."""

    time: str | None
    jobs: Number | None
    count: Number | None
    countApiKey: Number | None
    value: str | None
    apiKey: str | None
    cost: Number | None
    discount: Number | None
    apiKeyCost: Number | None
    apiKeyDiscount: Number | None


@_open
class Series(TypedDict, total=False):
    """A row with points: a model, a kind, an action, a label or a verdict."""

    modelId: str | None
    kind: str | None
    usageName: str | None
    granularity: str | None
    label: str | None
    verdict: str | None
    points: list[Point] | None


@_open
class Consumption(TypedDict, total=False):
    """What one user or API key was charged; `value` is after discounts."""

    userId: str | None
    value: Number | None
    discount: Number | None
    total: Number | None


@_open
class ActivityData(TypedDict, total=False):
    """What an event was about."""

    modelId: str | None
    assetId: str | None
    jobId: str | None
    collectionId: str | None
    isApiKey: bool | None


@_open
class Activity(TypedDict, total=False):
    """One event of the log."""

    action: str | None
    time: str | None
    projectId: str | None
    userId: str | None
    creativeUnitsCost: Number | None
    data: ActivityData | None


@_open
class User(TypedDict, total=False):
    """The name behind a user id."""

    id: str | None
    fullName: str | None
    email: str | None
    isApiKey: bool | None


@_open
class Model(TypedDict, total=False):
    """The name behind a model id."""

    id: str | None
    name: str | None


@_open
class Entities(TypedDict, total=False):
    """Names for the ids of an answer."""

    users: list[User] | None
    models: list[Model] | None


@_open
class UsagesAnswer(TypedDict, total=False):
    """The answer of `GET /usages`."""

    usages: list[Series] | None
    modelUsages: list[Series] | None
    assetUsages: list[Series] | None
    nsfwUsages: list[Series] | None
    qualityGateUsages: list[Series] | None
    consumption: list[Consumption] | None
    activity: list[Activity] | None
    entities: Entities | None


class _Answer(BaseModel):
    model_config = ConfigDict(
        strict=True, extra="allow", alias_generator=AliasGenerator(validation_alias=to_camel)
    )


class Project(_Answer):
    """One row of `GET /projects`; CU of the current billing period."""

    id: str
    name: str | None = None
    team_id: str | None = None
    consumption: Number | None = None
    max_consumption: Number | None = None


class ProjectsPage(_Answer):
    """The answer of `GET /projects`."""

    projects: list[Project] | None = None
    next_pagination_token: str | None = None


class Team(_Answer):
    """One row of `GET /teams`."""

    id: str
    name: str | None = None
    plan: str | None = None


class TeamsAnswer(_Answer):
    """The answer of `GET /teams`."""

    teams: list[Team] | None = None


class BillingPeriod(_Answer):
    """The bounds of the current billing period, ISO 8601."""

    start: str | None = None
    end: str | None = None


class CreativeUnits(_Answer):
    """The one limit, or the one value, that this tool reads."""

    creative_units: Number | None = None


class Pack(_Answer):
    """CU bought on top of the plan."""

    amount: Number | None = None
    remaining: Number | None = None
    expiration: str | None = None


class TeamLimits(_Answer):
    """The answer of `GET /teams/{teamId}/limits`; CU of the current billing period."""

    plan: str | None = None
    period: BillingPeriod | None = None
    limits: CreativeUnits | None = None
    values: CreativeUnits | None = None
    one_shot_creative_units: list[Pack] | None = None


_T = TypeVar("_T")
_USAGES: TypeAdapter[UsagesAnswer] = TypeAdapter(UsagesAnswer, config=None)


def parse_usages(body: bytes, *, source: str) -> UsagesAnswer:
    """The answer of `GET /usages`; `source` is what an error calls it.

    Raises UnreadableAnswer, naming the place, for what is not JSON or of the wrong type.
    """
    return _parse(_USAGES, body, source=source)


def parse_answer(model: type[_T], body: bytes, *, source: str) -> _T:
    """Any other answer; raises UnreadableAnswer like `parse_usages`."""
    return _parse(TypeAdapter(model), body, source=source)


def parse_time(text: str) -> datetime:
    """A time as the API writes it, as aware UTC; raises ValueError."""
    moment = datetime.fromisoformat(text)
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(text) from error


def exact(number: float) -> Decimal:
    """The decimal that was written for this double: the shortest one that reads back as it."""
    return Decimal(repr(number))


def exact_sum(numbers: Sequence[float]) -> Decimal:
    """The sum of the decimals that were written for these doubles.

    Most are whole millionths of at most 15 digits. No other decimal so short gives the same
    double, so the quotient that does is what was written, and their sum is one of integers.
    """
    if len(numbers) > 1 and min(numbers) > -1e9 and max(numbers) < 1e9:
        millionths = [round(number * 1e6) for number in numbers]
        if [whole / 1e6 for whole in millionths] == numbers:
            return Decimal(sum(millionths)).scaleb(-6)
    return sum(map(exact, numbers), Decimal(0))


def _parse(adapter: TypeAdapter[_T], body: bytes, *, source: str) -> _T:
    try:
        return adapter.validate_json(body, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        if first["type"] == "json_invalid":
            raise UnreadableAnswer(
                f"{source} is not JSON: {_describe(body)}", hint=_hint(body)
            ) from None
        place = _format_place(first["loc"]) or "the whole of it"
        raise UnreadableAnswer(
            f"{source} is not of the documented shape: {place}: {_lower(first['msg'])}, "
            f"found {_excerpt(first['input'])}",
            hint="nothing was counted; if it comes from the API unchanged, please report it",
        ) from None


def _format_place(location: tuple[int | str, ...]) -> str:
    parts = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in location)
    return "".join(parts).removeprefix(".")


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]


def _excerpt(value: Any) -> str:
    shown = value if isinstance(value, float) else json.dumps(value, default=str)
    text = str(shown)
    return text if len(text) <= 60 else text[:60] + "…"


def _describe(body: bytes) -> str:
    """Nothing of it is quoted: a page may echo secrets in more spellings than can be masked."""
    if not body.strip():
        return "it is empty"
    return f"{len(body):,} bytes" + (" of a web page" if body.lstrip()[:1] == b"<" else "")


def _hint(body: bytes) -> str:
    if body.lstrip()[:1] == b"<":
        return "a web page answered: check the base URL, and for a proxy or login page between"
    return "it may have been cut short; try again"
