"""Every table of the tool, declared once: a figure stands here, and nowhere else.

The order of the fields is that of the keys and the columns everywhere. A new one goes to the end
of its kind; none is renamed or removed.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from scenario_usage_cli.collect.sections import Figure
from scenario_usage_cli.report.fields import (
    ADDITIVE,
    Counter,
    Field,
    Fields,
    Gauges,
    Kind,
    Row,
    Table,
    name_with_unit,
    pick,
)
from scenario_usage_cli.report.figures import (
    API_KEY_COST,
    API_KEY_COUNT,
    API_KEY_DISCOUNT,
    COST,
    COUNT,
    DISCOUNT,
    GROSS,
    JOBS,
    KNOWN_COST,
    MODEL_FIGURES,
    SHARE,
    declare_counts,
)
from scenario_usage_cli.report.numbers import fraction


def _compare(row: Row) -> Decimal | None:
    return fraction(DELTA.of(row), BEFORE.of(row))


USER_ID = Field[str]("user_id", "User id", Kind.TEXT, meaning="The API's id.")
USER_NAME = Field[str]("name", "User", Kind.TEXT, 100, "The id where there is no name.")
EMAIL = Field[str | None]("email", "E-mail", Kind.TEXT, 10, nullable=True)
IS_API_KEY = Field[bool | None](
    "is_api_key",
    "API key",
    Kind.FLAG,
    5,
    "Whether it is an API key; null without an entity.",
    nullable=True,
)
CONSUMPTION = Table(
    "consumption",
    "Consumption by user",
    (USER_ID,),
    (USER_NAME,),
    (
        EMAIL,
        IS_API_KEY,
        COST._replace(meaning="Charged to {of} after discounts.").summed(
            "Charged after discounts, to {of}."
        ),
        DISCOUNT._replace(meaning="Given to {of} as discount.").summed(
            "Given as discount, to {of}."
        ),
        GROSS._replace(formula=None).summed("Cost and discount of {of}."),
        SHARE,
    ),
    COST,
    "What a user or API key was charged.",
    of="a user or API key",
    all="all users",
    gauges=Gauges("consumption_"),
    counts=Counter(
        Field[int](
            "users", "Users", Kind.TALLY, 0, "Users and API keys with any cost or discount."
        ),
        (COST, DISCOUNT),
    ),
)

MODEL_ID = Field[str]("model_id", "Model id", Kind.TEXT)
MODEL_NAME = Field[str]("name", "Model", Kind.TEXT, 100, "The id where there is no name.")
MODEL = Field[str]("model", "Model", Kind.TEXT, 95, "The id where there is no name.")
MODELS = Table(
    "models",
    "Models",
    (MODEL_ID,),
    (MODEL_NAME,),
    (*MODEL_FIGURES, SHARE),
    COST,
    "What generations with a model cost; the api_key figures are a part of the others.",
    of="a model",
    all="all models",
    gauges=Gauges(""),
    counts=Counter(
        Field[int]("models", "Models", Kind.TALLY, 0, "Models with any job or cost."),
        (JOBS, COST),
    ),
)

KIND = Field[str]("kind", "Kind", Kind.TEXT, 100)
_ASSETS, _API_KEY_ASSETS = declare_counts(
    "Assets", "Assets of a kind.", "The part of a kind's assets that is by API keys."
)
ASSETS = Table(
    "assets",
    "Assets",
    (KIND,),
    (),
    (
        _ASSETS.summed("Assets of {of}.", key="assets", title="Assets", weight=50),
        _API_KEY_ASSETS,
        SHARE,
    ),
    COUNT,
    "How many assets of a kind were made.",
    all="all kinds",
    gauges=Gauges("", "assets"),
)

ACTIONS = Table(
    "actions",
    "Actions",
    (Field[str]("action", "Action", Kind.TEXT, 100),),
    (),
    (
        *declare_counts(
            "Count", "How often an action ran.", "The part of an action's runs that is by API keys."
        ),
        COST._replace(weight=80).or_null(),
        DISCOUNT.or_null(),
        API_KEY_COST.or_null(),
        API_KEY_DISCOUNT.or_null(),
    ),
    KNOWN_COST,
    "How often an action ran; CU are null where the API gives none for it.",
    of="an action",
    gauges=Gauges("action_", "runs"),
)

MODERATION = Table(
    "moderation",
    "Moderation",
    (Field[str]("label", "Label", Kind.TEXT, 100),),
    (),
    declare_counts(
        "Assets",
        "Assets with a moderation label.",
        "The part of a label's assets that is by API keys.",
    ),
    COUNT,
    "How many assets got a moderation label.",
    gauges=Gauges("moderation_", "assets"),
)

QUALITY_GATES = Table(
    "quality_gates",
    "Quality gates",
    (Field[str]("verdict", "Verdict", Kind.TEXT, 100),),
    (),
    declare_counts(
        "Assets",
        "Assets with a verdict, distinct per bucket of time; the verdict total is the sum of the "
        "others.",
        "The part of a verdict's assets that is by API keys.",
    ),
    COUNT,
    "How many assets got a verdict; `total` is the sum of the others. Counts are of distinct "
    "assets per bucket of time: one scored in several of them counts in each.",
    gauges=Gauges("quality_gate_", "assets"),
    note="an asset scored in several buckets of time counts in each",
    is_additive=False,
)

SECTION_TABLES = {
    table.name: table for table in (CONSUMPTION, MODELS, ASSETS, ACTIONS, MODERATION, QUALITY_GATES)
}
"""The sections of a report, in the order in which they are shown."""

SUMMED: Mapping[str, tuple[tuple[Field[Figure], Field[Figure | None]], ...]] = {
    name: sums
    for name, table in SECTION_TABLES.items()
    if (sums := tuple((field, field.total) for field in table.fields if field.total))
}
"""The figures of each section whose sums are in the totals, each with its field there."""


def name_sums(section: str, of: str) -> Fields:
    """What the sums of a section are called, where they are of something."""
    return tuple(
        total._replace(meaning=total.meaning.format(of=of)) for _, total in SUMMED[section]
    )


TOTALS = Table(
    "totals",
    "Totals",
    (),
    (),
    (
        *(total for name in SUMMED for total in name_sums(name, SECTION_TABLES[name].all)),
        *(table.counts.field.or_null() for table in SECTION_TABLES.values() if table.counts),
    ),
    COST,
    "Null where the section it comes from was not asked for, or left out by the API.",
    gauges=Gauges("totals_"),
)

CONSUMPTION_COST = Field[Decimal](
    "consumption_cost", "Consumption", Kind.CU, meaning="What all users were charged."
)
MODEL_COST = Field[Decimal]("model_cost", "Models", Kind.CU, meaning="What all models cost.")
UNEXPLAINED = Field[Decimal](
    "difference", "Difference", Kind.CU, meaning="The first less the other."
)
BREAKDOWN_DIFFERENCE = Field[Decimal](
    "breakdown_difference",
    "Not in the breakdown",
    Kind.CU,
    meaning="Consumption that is in no row of the breakdown; only there with --by. Of several "
    "breakdowns, the one that lacks or exceeds most.",
)
RECONCILIATION = (CONSUMPTION_COST, MODEL_COST, UNEXPLAINED, BREAKDOWN_DIFFERENCE)

_MIXED = "In Compute Units (CU) where `measure` is cost, discount or gross; else a count."
BEFORE = Field[Figure](
    "before",
    "Before",
    Kind.FIGURE,
    86,
    f"In the period compared against. {_MIXED}",
    amount="amount_before",
)
AFTER = Field[Figure](
    "after",
    "After",
    Kind.FIGURE,
    87,
    f"In the period of the report. {_MIXED}",
    amount="amount_after",
)
DELTA = Field[Figure](
    "delta",
    "Delta",
    Kind.DELTA,
    90,
    f"How much more it is after than before. {_MIXED}",
    amount="amount_delta",
)
CHANGE = Field[Decimal | None](
    "change",
    "Change",
    Kind.CHANGE,
    88,
    "As a fraction: 0.25 is +25 %; null where `before` is 0.",
    nullable=True,
    formula=_compare,
)
STATUS = Field[str]("status", "Status", Kind.STATUS, 50, "What became of it.")
DIFFERENCE = Table(
    "totals",
    "Totals",
    (Field[str]("id", "Id", Kind.TEXT),),
    (Field[str]("name", "Measure", Kind.TEXT, 100),),
    (
        Field[str]("measure", "Measure", Kind.TEXT, meaning="The key of the figure."),
        BEFORE,
        AFTER,
        DELTA,
        CHANGE,
        STATUS,
    ),
    DELTA,
    "One measure of one thing in both periods. What is missing in one has 0 there, and is `new` "
    "or `gone`.",
)


def declare_difference(table: Table) -> Table:
    """The comparison of a section by its size: who or what, and how it changed."""
    (what,) = table.named
    size = table.size
    title = f"{size.title} by {what.title.lower()}" if size.kind is Kind.CU else table.title
    (name,) = DIFFERENCE.names
    after = AFTER._replace(order=size.order)
    return DIFFERENCE._replace(
        name=table.name,
        title=name_with_unit(title, size.unit),
        names=(name._replace(title=what.title),),
        fields=tuple(after if field is AFTER else field for field in DIFFERENCE.fields),
    )


_WEIGHTS_OF_TREND = {"gross": 20, "api_key_cost": 15, "count": 65, "api_key_count": 10}
TREND_FIGURES: Fields = tuple(
    field.or_null()._replace(weight=_WEIGHTS_OF_TREND.get(field.key, field.weight))
    for field in (
        *pick(MODEL_FIGURES, *ADDITIVE),
        COUNT._replace(meaning="How many."),
        API_KEY_COUNT._replace(
            title="Count by API key", meaning="The part of the count that is by API keys."
        ),
    )
)
"""What a trend tells of each bucket; a measure that the split does not have is null."""

START = Field[datetime]("start", "Start", Kind.TIME, 100, "The bucket's first instant.")
SERIES_ID = Field[str | None]("id", "Id", Kind.TEXT, 1, nullable=True)
SERIES_NAME = Field[str]("name", "Name", Kind.TEXT, 99)
PARTIAL = Field[bool](
    "partial",
    "Partial",
    Kind.FLAG,
    1,
    "Whether the figures are of a part of the bucket: the period begins or ends within it, or "
    "days of it are missing in a dataset.",
)
POINTS = Table(
    "points",
    "Points",
    (START,),
    (),
    (SERIES_ID, SERIES_NAME, *TREND_FIGURES, PARTIAL),
    KNOWN_COST,
    "One bucket of one series; a measure that the split does not have is null.",
    of="what the trend is split by",
)
COURSE = Field[list[Figure | None]]("course", "Course", Kind.COURSE, 80)
SERIES = Table(
    "series",
    "Series",
    (SERIES_ID._replace(weight=0),),
    (SERIES_NAME._replace(weight=100),),
    (*TREND_FIGURES, SHARE, COURSE),
    KNOWN_COST,
    "What the trend is split by, in the whole period.",
    of="what the trend is split by",
)
LABEL = Field[str]("label", "Start", Kind.TEXT, 100)
BUCKETS = Table(
    "buckets",
    "Buckets",
    (LABEL,),
    (),
    (START._replace(weight=0), *TREND_FIGURES, SHARE, PARTIAL._replace(weight=0)),
    KNOWN_COST,
    "One bucket of time, all series together.",
    of="all series together",
)
