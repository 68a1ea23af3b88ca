"""The tables of what an account has, declared once: projects, people and API keys."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from scenario_usage_cli.collect.sections import Figure
from scenario_usage_cli.report.fields import Field, Kind, Row, Table
from scenario_usage_cli.report.figures import COST, JOBS, SHARE
from scenario_usage_cli.report.numbers import fraction
from scenario_usage_cli.report.tables import EMAIL, MODELS, TOTALS, USER_ID

IDLE_DAYS = 90


def _divide_by_cap(row: Row) -> Decimal | None:
    consumption, cap = CONSUMPTION.of(row), CAP.of(row)
    return None if consumption is None or cap is None else fraction(consumption, cap)


_NAME = "The id where there is no name."
TEAM_ID = Field[str | None]("team_id", "Team id", Kind.TEXT, nullable=True)
TEAM = Field[str | None]("team", "Team", Kind.TEXT, 96, "The id if it has no name.", nullable=True)
CONSUMPTION = Field[Figure | None](
    "consumption",
    "Consumption",
    Kind.CU,
    90,
    "Charged in the billing period.",
    nullable=True,
    order="consumption",
    amount="amount",
)
CAP = Field[Figure | None](
    "cap",
    "Cap",
    Kind.CAP,
    70,
    "The most that {of} may consume in the billing period; null where there is no cap.",
    nullable=True,
    order="cap",
)
CAP_USED = Field[Decimal | None](
    "cap_used",
    "Cap used",
    Kind.PART,
    80,
    "Consumption as a fraction of the cap; null where there is no cap, or it is 0.",
    nullable=True,
    formula=_divide_by_cap,
    order="cap-used",
)
_CHARGES = (CONSUMPTION, CAP, CAP_USED)
STATUS = Field[str | None]("status", "Status", Kind.TEXT, 62, nullable=True, order="status")

PROJECTS = Table(
    "projects",
    "Projects",
    (Field[str]("project_id", "Project id", Kind.TEXT, 50),),
    (Field[str]("name", "Project", Kind.TEXT, 100, _NAME),),
    (TEAM_ID, TEAM, *_CHARGES, SHARE),
    CONSUMPTION,
    "A project, and what it was charged in the billing period.",
    of="a project",
)
PEOPLE_EMAIL = EMAIL._replace(weight=60)
PEOPLE = Table(
    "people",
    "People",
    (USER_ID._replace(weight=50, meaning="The id that usage has."),),
    (Field[str]("name", "Name", Kind.TEXT, 100, "The e-mail address if it has no name."),),
    (
        PEOPLE_EMAIL,
        Field[str | None](
            "role", "Role", Kind.TEXT, 75, "In the team.", nullable=True, order="role"
        ),
        TEAM_ID,
        TEAM,
        *_CHARGES,
    ),
    CONSUMPTION,
    "A member of a team, and what they were charged in the billing period.",
    of="a person",
)
PROJECT_NAMES = Field[list[str]]("projects", "Projects", Kind.TEXTS, 55, "Their names.")
LAST_USED_AT = Field[datetime | None](
    "last_used_at",
    "Last used",
    Kind.TIME,
    0,
    "Null if it was never used, or the time cannot be read.",
    nullable=True,
    order="last-used",
)
IDLE = Field[bool | None](
    "idle",
    "Idle",
    Kind.FLAG,
    82,
    f"Whether it was not used for {IDLE_DAYS} days or, if it was never used, is older than that; "
    "null where that is unknown.",
    nullable=True,
    order="idle",
)
KEYS = Table(
    "keys",
    "API keys",
    (USER_ID._replace(title="Id", weight=40, meaning="The user id that usage has."),),
    (Field[str]("name", "API key", Kind.TEXT, 100, _NAME),),
    (
        Field[str | None]("api_key_id", "API key id", Kind.TEXT, 10, nullable=True),
        Field[str | None](
            "scope", "Scope", Kind.TEXT, 60, "team or project.", nullable=True, order="scope"
        ),
        Field[str | None]("role", "Role", Kind.TEXT, 0, "What it may do.", nullable=True),
        Field[list[str]]("project_ids", "Project ids", Kind.TEXTS, 0, "Those that it may work in."),
        PROJECT_NAMES,
        Field[str | None](
            "owner_id", "Owner id", Kind.TEXT, 0, "The project it was made in.", nullable=True
        ),
        STATUS,
        LAST_USED_AT,
        IDLE,
        TEAM_ID,
        TEAM,
        *_CHARGES,
    ),
    CONSUMPTION,
    "An API key, and what was charged to it in the billing period.",
    of="an API key",
)
LAST_USED = Field[str | None]("last_used", "Last used", Kind.TEXT, 65, nullable=True)
"""The same for people: a day, or never."""

LISTED_MODELS = MODELS._replace(ids=(MODELS.id._replace(weight=55),))
"""As in a report, with their ids for people, too."""


LISTS: Mapping[str, Table] = {
    table.name: table for table in (PROJECTS, PEOPLE, KEYS, LISTED_MODELS)
}
"""What `list` can show, by the name of each."""


def list_orders(table: Table) -> tuple[str, ...]:
    """What the rows of a list can be sorted by."""
    return (*(field.order for field in table.fields if field.order), "name")


def _declare_totals(table: Table, *figures: Field[Any]) -> Table:
    count = Field[int](table.name, table.title, Kind.TALLY, meaning="How many there are.")
    return TOTALS._replace(
        fields=tuple(
            one._replace(nullable=True, formula=None, order="") for one in (count, *figures)
        ),
        of=f"all {table.name}",
        meaning="What the rows sum to; null where it is unknown.",
        gauges=None,
    )


_IDLE = IDLE._replace(kind=Kind.TALLY, meaning="How many of them are idle.")
LIST_TOTALS: Mapping[str, Table] = {
    "projects": _declare_totals(PROJECTS, CONSUMPTION),
    "people": _declare_totals(PEOPLE, CONSUMPTION),
    "keys": _declare_totals(KEYS, _IDLE, CONSUMPTION),
    "models": _declare_totals(LISTED_MODELS, JOBS, COST),
}
"""What is told of each list as a whole: how many rows there are, and sums by the figure's key."""
