"""The figures that several tables have, declared once: what they are, and how they are made."""

from decimal import Decimal
from typing import Any

from scenario_usage_cli.collect.sections import Figure
from scenario_usage_cli.report.fields import Field, Fields, Kind, Row


def _add_discount(row: Row) -> Decimal | None:
    cost = KNOWN_COST.of(row)
    return None if cost is None else cost + (DISCOUNT.of(row) or 0)


def _divide_by_jobs(row: Row) -> Decimal | None:
    jobs = JOBS.of(row)
    return COST.of(row) / jobs if jobs else None


JOBS = Field[Figure]("jobs", "Jobs", Kind.COUNT, 70, "Jobs with {of}.", order="jobs").summed(
    "Jobs of {of}."
)
COST = Field[Decimal](
    "cost",
    "Cost",
    Kind.CU,
    90,
    "Charged for {of} after discounts.",
    order="cost",
    amount="amount",
)
KNOWN_COST = COST.or_null()
"""The same, where it may be unknown."""
AMOUNT = Field[Decimal | None]("amount", "Amount", Kind.AMOUNT, nullable=True)
"""The amount of money beside what was charged, where a price of a CU is known."""
DISCOUNT = Field[Decimal]("discount", "Discount", Kind.CU, 30, "Given as discount on {of}.")
GROSS = Field[Decimal | None](
    "gross", "Gross", Kind.CU, 40, "Cost and discount of {of}.", formula=_add_discount
)
COST_PER_JOB = Field[Decimal | None](
    "cost_per_job",
    "Cost/job",
    Kind.RATE,
    50,
    "The cost of one job with {of}, on average.",
    nullable=True,
    formula=_divide_by_jobs,
)
API_KEY_COST = Field[Decimal](
    "api_key_cost",
    "Cost by API key",
    Kind.CU,
    20,
    "The part of the cost of {of} that is by API keys.",
    is_part=True,
)
API_KEY_DISCOUNT = Field[Decimal](
    "api_key_discount",
    "Discount by API key",
    Kind.CU,
    5,
    "The part of the discount on {of} that is by API keys.",
    is_part=True,
)
SHARE = Field[Decimal]("share", "Share", Kind.SHARE, 60, "The share of all rows, 0 to 1.")
MODEL_FIGURES: Fields = (
    JOBS,
    COST,
    DISCOUNT,
    GROSS,
    COST_PER_JOB,
    API_KEY_COST,
    API_KEY_DISCOUNT,
)
"""What is told of each model, and of each model of a project or user, and of each bucket."""


def describe_amount(charge: Field[Any]) -> Field[Decimal | None]:
    """The amount beside what was charged; a narrow table drops it earlier."""
    if charge.amount == AMOUNT.key:
        meaning = f"{charge.meaning.removesuffix('.')}, in money."
        return AMOUNT._replace(weight=charge.weight - 1, meaning=meaning)
    meaning = f"`{charge.key}` in money; null where `measure` is not cost."
    return AMOUNT._replace(key=charge.amount, weight=charge.weight - 35, meaning=meaning)


COUNT = Field[Figure]("count", "Count", Kind.COUNT, 90, order="count")
API_KEY_COUNT = Field[Figure]("api_key_count", "By API key", Kind.COUNT, 30, is_part=True)


def declare_counts(title: str, all_of_them: str, of_api_keys: str) -> Fields:
    """The counts of a table: what is counted, and what they mean there."""
    return (
        COUNT._replace(title=title, meaning=all_of_them),
        API_KEY_COUNT._replace(meaning=of_api_keys),
    )
