"""The JSON documents of the reports: what `schema` describes, and what mypy holds the reports to.

Keys are never renamed or removed within a schema version. At run time only `schema` needs these
types, so that no report waits for pydantic.
"""

from decimal import Decimal
from typing import Annotated, Literal, NotRequired

from pydantic import ConfigDict, WithJsonSchema, with_config
from typing_extensions import TypedDict

Cu = Annotated[Decimal, WithJsonSchema({"type": "number", "description": "Compute Units"})]
Count = Annotated[int | Decimal, WithJsonSchema({"type": "number"})]
Share = Annotated[
    Decimal, WithJsonSchema({"type": "number", "description": "of the section's whole"})
]
Change = Annotated[
    Decimal, WithJsonSchema({"type": "number", "description": "a fraction: 0.25 is +25 %"})
]
Status = Literal["new", "gone", "changed", "same"]

_part = with_config(ConfigDict(extra="forbid"))


@_part
class PeriodRow(TypedDict):
    """Both ends are included, UTC; `timezone` is where its days begin."""

    start: str
    end: str
    timezone: str
    provisional: bool


@_part
class FiltersRow(TypedDict):
    """What the report is narrowed to; empty lists mean all."""

    team_id: str | None
    project_ids: list[str]
    user_ids: list[str]
    models: list[str]


@_part
class ProjectTotals(TypedDict):
    """What a project was charged, and what it ran and made."""

    project_id: str
    name: str
    cost: Cu | None
    discount: Cu | None
    gross: Cu | None
    jobs: Count | None
    assets: Count | None


@_part
class UserTotals(TypedDict):
    """What a user was charged, ran and made."""

    user_id: str
    name: str
    cost: Cu | None
    discount: Cu | None
    gross: Cu | None
    jobs: Count | None
    assets: Count | None


@_part
class ProjectModelRow(TypedDict):
    """What a project's generations with a model cost. A row whose `model_id` is empty is the rest
    of its consumption: operations without a model, and refunds.
    """

    project_id: str
    project: str
    model_id: str
    model: str
    jobs: Count
    cost: Cu
    discount: Cu
    gross: Cu
    api_key_cost: Cu | None
    api_key_discount: Cu | None


@_part
class UserModelRow(TypedDict):
    """What a user's generations with a model cost. A row whose `model_id` is empty is the rest of
    the user's consumption: operations without a model, and refunds.
    """

    user_id: str
    user: str
    model_id: str
    model: str
    jobs: Count
    cost: Cu
    discount: Cu
    gross: Cu
    api_key_cost: Cu | None
    api_key_discount: Cu | None


@_part
class Breakdown(TypedDict):
    """The block of `report --by`; totals are of consumption, and its rows add up to them."""

    by: Literal["project", "user"]
    totals: list[ProjectTotals] | list[UserTotals]
    rows: list[ProjectModelRow] | list[UserModelRow]


@_part
class Totals(TypedDict):
    """Null where the section it comes from was not asked for, or left out by the API."""

    cost: Cu | None
    discount: Cu | None
    gross: Cu | None
    jobs: Count | None
    assets: Count | None
    users: int | None
    models: int | None


@_part
class ConsumptionRow(TypedDict):
    """What a user or API key was charged; `is_api_key` is null without an entity."""

    user_id: str
    name: str
    email: str | None
    is_api_key: bool | None
    cost: Cu
    discount: Cu
    gross: Cu
    share: Share


@_part
class ModelRow(TypedDict):
    """What generations with a model cost; the api_key figures are a part of the others."""

    model_id: str
    name: str
    jobs: Count
    cost: Cu
    discount: Cu
    gross: Cu
    cost_per_job: Cu | None
    api_key_cost: Cu
    api_key_discount: Cu
    share: Share


@_part
class AssetRow(TypedDict):
    """How many assets of a kind were made."""

    kind: str
    count: Count
    api_key_count: Count
    share: Share


@_part
class ActionRow(TypedDict):
    """How often an action ran; CU are null where the API gives none for it."""

    action: str
    count: Count
    api_key_count: Count
    cost: Cu | None
    discount: Cu | None
    api_key_cost: Cu | None
    api_key_discount: Cu | None


@_part
class ModerationRow(TypedDict):
    """How many assets got a moderation label."""

    label: str
    count: Count
    api_key_count: Count


@_part
class QualityGateRow(TypedDict):
    """How many assets got a verdict; `total` is the sum of the others. Counts are of distinct
    assets per bucket of time: one scored in several of them counts in each.
    """

    verdict: str
    count: Count
    api_key_count: Count


@_part
class Reconciliation(TypedDict):
    """What was charged beside generations: operations without a model, and refunds."""

    consumption_cost: Cu
    model_cost: Cu
    difference: Cu
    breakdown_difference: NotRequired[Cu]
    """Consumption that is in no row of the breakdown; only there with --by. Of several breakdowns,
    the one that lacks or exceeds most.
    """


@_part
class UsageDocument(TypedDict):
    """The document of `report --json`. Sections that were not asked for are absent; one breakdown
    is in `breakdown`, several are in `breakdowns`.
    """

    schema_version: Literal[1]
    report: Literal["usage"]
    generated_at: str
    fetched_at: NotRequired[str]
    """When the first of the saved answers was fetched; only there with --from."""
    period: PeriodRow | None
    filters: FiltersRow | None
    totals: Totals
    consumption: NotRequired[list[ConsumptionRow]]
    models: NotRequired[list[ModelRow]]
    assets: NotRequired[list[AssetRow]]
    actions: NotRequired[list[ActionRow]]
    moderation: NotRequired[list[ModerationRow]]
    quality_gates: NotRequired[list[QualityGateRow]]
    breakdown: NotRequired[Breakdown]
    breakdowns: NotRequired[list[Breakdown]]
    reconciliation: Reconciliation | None
    warnings: list[str]


@_part
class DifferenceRow(TypedDict):
    """One measure of one thing in both periods. What is missing in one has 0 there, and is
    `new` or `gone`; `change` is null where `before` is 0.
    """

    id: str
    name: str
    measure: str
    before: Count
    after: Count
    delta: Count
    change: Change | None
    status: Status


@_part
class ComparisonDocument(TypedDict):
    """The document of `compare --json`. Sections that were not asked for are absent."""

    schema_version: Literal[1]
    report: Literal["compare"]
    generated_at: str
    period: PeriodRow | None
    against: PeriodRow | None
    filters: FiltersRow | None
    totals: list[DifferenceRow]
    consumption: NotRequired[list[DifferenceRow]]
    models: NotRequired[list[DifferenceRow]]
    assets: NotRequired[list[DifferenceRow]]
    warnings: list[str]


@_part
class TrendPoint(TypedDict):
    """One bucket of one series; a measure that the split does not have is null. `partial` is true
    where the period has only a part of the bucket: it begins or ends within it.
    """

    start: str
    id: str | None
    name: str
    jobs: Count | None
    cost: Cu | None
    discount: Cu | None
    gross: Cu | None
    api_key_cost: Cu | None
    api_key_discount: Cu | None
    count: Count | None
    api_key_count: Count | None
    partial: bool


@_part
class TrendDocument(TypedDict):
    """The document of `trend --json`: points in order of time, then of their series' size."""

    schema_version: Literal[1]
    report: Literal["trend"]
    generated_at: str
    period: PeriodRow
    filters: FiltersRow
    by: str
    split: str
    points: list[TrendPoint]
    warnings: list[str]


@_part
class ActivityFilters(FiltersRow):
    """What the log is narrowed to; empty lists mean all."""

    actions: list[str]


@_part
class ActivityRow(TypedDict):
    """One event; null is what the API did not give, and a name falls back to its id."""

    time: str | None
    action: str | None
    project_id: str | None
    project: str | None
    user_id: str | None
    user: str | None
    is_api_key: bool | None
    model_id: str | None
    model: str | None
    job_id: str | None
    asset_id: str | None
    collection_id: str | None
    cost: Cu | None


@_part
class ActivityDocument(TypedDict):
    """The document of `activity --json`; its rows are written as they come, newest first."""

    schema_version: Literal[1]
    report: Literal["activity"]
    generated_at: str
    period: PeriodRow
    filters: ActivityFilters
    rows: list[ActivityRow]
    complete: bool
    """Whether the rows are known to be all that the period and the filters have."""
    warnings: list[str]


@_part
class CheckRow(TypedDict):
    """One check of `doctor`: what was found, and what to do about it where it failed."""

    check: str
    passed: bool
    found: str
    hint: str | None


@_part
class DoctorDocument(TypedDict):
    """The document of `doctor --json`: the checks in the order in which they were made."""

    schema_version: Literal[1]
    report: Literal["doctor"]
    generated_at: str
    passed: bool
    exit_code: int
    checks: list[CheckRow]
    warnings: list[str]
