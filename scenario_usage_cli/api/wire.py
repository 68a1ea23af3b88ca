"""The wire format: what the API sends, checked where it is read and nowhere else.

Everything but an id may be absent or null. Unknown sections and enum values pass through, unknown
fields are ignored; only a value of the wrong type is refused. The types are TypedDicts because one
answer holds tens of thousands of points, and validating those into dicts takes a quarter of the
time and memory of model instances. Field names are the API's own (api.md, SDK 2.4). A `float` is
any finite JSON number: the API computes in doubles, so a double holds exactly what it wrote.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from math import fsum

from typing_extensions import TypedDict


class Point(TypedDict, total=False):
    """One time bucket of any series; which numbers it has depends on the section."""

    time: str | None
    jobs: float | None
    count: float | None
    countApiKey: float | None
    value: str | None
    apiKey: str | None
    cost: float | None
    discount: float | None
    apiKeyCost: float | None
    apiKeyDiscount: float | None


class Series(TypedDict, total=False):
    """A row with points: a model, a kind, an action, a label or a verdict."""

    modelId: str | None
    kind: str | None
    usageName: str | None
    granularity: str | None
    label: str | None
    verdict: str | None
    points: list[Point] | None


class Consumption(TypedDict, total=False):
    """What one user or API key was charged; `value` is after discounts."""

    userId: str | None
    value: float | None
    discount: float | None
    total: float | None


class ActivityData(TypedDict, total=False):
    """What an event was about."""

    modelId: str | None
    assetId: str | None
    jobId: str | None
    collectionId: str | None
    isApiKey: bool | None


class Activity(TypedDict, total=False):
    """One event of the log."""

    action: str | None
    time: str | None
    projectId: str | None
    userId: str | None
    creativeUnitsCost: float | None
    data: ActivityData | None


class User(TypedDict, total=False):
    """The name behind a user id."""

    id: str | None
    fullName: str | None
    email: str | None
    isApiKey: bool | None


class Model(TypedDict, total=False):
    """The name behind a model id."""

    id: str | None
    name: str | None


class Entities(TypedDict, total=False):
    """Names for the ids of an answer."""

    users: list[User] | None
    models: list[Model] | None


class UsagesAnswer(TypedDict, total=False):
    """The answer of `GET /usages`."""

    usages: list[Series] | None
    modelUsages: list[Series] | None
    assetUsages: list[Series] | None
    nsfwUsages: list[Series] | None
    qualityGateUsages: list[Series] | None
    slopUsages: list[Series] | None
    consumption: list[Consumption] | None
    activity: list[Activity] | None
    entities: Entities | None


class _Identified(TypedDict):
    id: str


class Project(_Identified, total=False):
    """One row of `GET /projects`; CU of the current billing period."""

    name: str | None
    teamId: str | None
    consumption: float | None
    maxConsumption: float | None


class ProjectsPage(TypedDict, total=False):
    """The answer of `GET /projects`."""

    projects: list[Project] | None
    nextPaginationToken: str | None


class Team(_Identified, total=False):
    """One row of `GET /teams`."""

    name: str | None
    plan: str | None


class TeamsAnswer(TypedDict, total=False):
    """The answer of `GET /teams`."""

    teams: list[Team] | None


class TeamMember(_Identified, total=False):
    """A person, by the user id that usages have; CU of the current billing period.

    `maxConsumption` is the cap that counts: their own, or else that of the team.
    """

    email: str | None
    role: str | None
    consumption: float | None
    maxConsumption: float | None


class KeyProject(TypedDict, total=False):
    """A project that an API key may work in."""

    projectId: str | None


class TeamKey(_Identified, total=False):
    """An API key, by the user id that usages have (`apiu_…`); `apiKeyId` is its own.

    `lastUsedAt` is absent if it was never used, `projects` if it is a key of the team.
    """

    apiKeyId: str | None
    name: str | None
    scope: str | None
    role: str | None
    ownerId: str | None
    apiKeyStatus: str | None
    createdAt: str | None
    lastUsedAt: str | None
    consumption: float | None
    maxConsumption: float | None
    projects: list[KeyProject] | None


class TeamDetails(TypedDict, total=False):
    """A team, the people and keys that work in it, and its projects by name."""

    name: str | None
    paymentStatus: str | None
    subscriptionStatus: str | None
    projects: list[Project] | None
    users: list[TeamMember] | None
    keys: list[TeamKey] | None


class TeamAnswer(TypedDict, total=False):
    """The answer of `GET /teams/{teamId}`."""

    team: TeamDetails | None


class BillingPeriod(TypedDict, total=False):
    """The bounds of the current billing period, ISO 8601."""

    start: str | None
    end: str | None


class Counts(TypedDict, total=False):
    """The limits, or the values, that this tool reads."""

    creativeUnits: float | None
    seats: float | None
    apiKeys: float | None
    projects: float | None


class Pack(TypedDict, total=False):
    """CU bought on top of the plan."""

    amount: float | None
    remaining: float | None
    createdAt: str | None
    expiration: str | None


class TeamLimits(TypedDict, total=False):
    """The answer of `GET /teams/{teamId}/limits`; CU of the current billing period."""

    plan: str | None
    period: BillingPeriod | None
    limits: Counts | None
    values: Counts | None
    oneShotCreativeUnits: list[Pack] | None


class PackPrice(TypedDict, total=False):
    """The list price of a pack of CU, in the smallest unit of its currency."""

    creativeUnits: float | None
    unitAmount: float | None
    currency: str | None


class PriceList(TypedDict, total=False):
    """The answer of `GET /oscu/prices`."""

    prices: list[PackPrice] | None


_ROUNDING = 1.5 * 2**52
"""Added to a double below 2**51 and subtracted again, it rounds the double to a whole number."""


def parse_time(text: str) -> datetime:
    """A time as the API writes it, as aware UTC; raises ValueError."""
    moment = datetime.fromisoformat(text)
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(text) from error


def exact(number: float) -> Decimal:
    """The decimal that was written for this double: the shortest one with the same double."""
    return Decimal(repr(number))


def exact_sum(numbers: Sequence[float]) -> Decimal:
    """The sum of the decimals that were written for these doubles.

    Most are whole millionths of at most 15 digits. No other decimal so short gives the same double,
    so the quotient that does is what was written, and their sum is one of integers. For the points
    of two years of days this is 4 times as fast as a sum of exact decimals, for those of a month
    twice.
    """
    if len(numbers) > 1 and min(numbers) > -1e9 and max(numbers) < 1e9:
        millionths = [number * 1e6 + _ROUNDING - _ROUNDING for number in numbers]
        if [whole / 1e6 for whole in millionths] == numbers:
            total = fsum(millionths)
            if abs(total) < 2**53:  # else a double may not hold it
                return Decimal(int(total)).scaleb(-6)
    return sum(map(exact, numbers), Decimal(0))
