"""Lists as tables: what people see of them, and what stands around them."""

from scenario_usage_cli.report.fields import Field, Fields, Kind, Row
from scenario_usage_cli.report.labels import tell_apart
from scenario_usage_cli.report.listing import Inventory
from scenario_usage_cli.report.listing_tables import (
    IDLE,
    IDLE_DAYS,
    KEYS,
    LAST_USED,
    LAST_USED_AT,
    LIST_TOTALS,
    LISTED_MODELS,
    PEOPLE_EMAIL,
    TEAM,
    TEAM_ID,
)
from scenario_usage_cli.report.usage_view import build_headlines, describe_filters, describe_period
from scenario_usage_cli.report.view import Audience, Section, View

_TITLES = {
    "projects": "projects",
    "people": "people",
    "keys": "API keys",
    "models": "models in use",
}
_NEVER = "never"
_NOTE_ON_IDLE = f"idle: not used for {IDLE_DAYS} days"
_ID = Field[str]("shown_id", "", Kind.TEXT)
"""The id once more, so that the row for all others has none."""


def build_inventory_view(inventory: Inventory) -> View:
    """The list ready for any renderer."""
    is_of_models = inventory.table is LISTED_MODELS
    period = describe_period(inventory.period) if inventory.period else ""
    teams = ", ".join(_label_teams(inventory).values())
    around = (
        [period, *describe_filters(inventory.filters, inventory.labels)]
        if is_of_models
        else [
            f"{'teams' if inventory.teams[1:] else 'team'} {teams}" if teams else "",
            f"billing period {period}" if period else "",
        ]
    )
    return View(
        document=inventory.document,
        title=f"Scenario {_TITLES[inventory.table.name]}",
        subtitle=" · ".join(filter(None, around)),
        headlines=build_headlines(LIST_TOTALS[inventory.table.name].fields, inventory.totals),
        sections=_build_sections(inventory),
        period=inventory.period,
        generated_at=inventory.generated_at,
    )


def _build_sections(inventory: Inventory) -> tuple[Section, ...]:
    """The same rows for people and for programs; people are shown the name first.

    For them, names of several are told apart.
    """
    section = Section(
        inventory.table, inventory.rows, is_inventory=True, is_known=inventory.is_known
    )
    table = inventory.table
    (name,) = table.names
    names = {table.id.of(row): name.of(row) for row in inventory.rows}
    teams = _label_teams(inventory)
    fields = (_ID._replace(title=table.id.title, weight=table.id.weight), *table.fields)
    for_people = section._replace(
        table=table._replace(
            fields=tuple(LAST_USED if field is LAST_USED_AT else field for field in fields),
            note=_NOTE_ON_IDLE if table is KEYS else table.note,
        ),
        rows=[
            {
                **row,
                _ID.key: table.id.of(row),
                TEAM.key: teams.get(str(TEAM_ID.find(row))) or TEAM.find(row),
                LAST_USED.key: _describe_last_use(row),
            }
            for row in inventory.rows
        ],
        labels={table.id.key: tell_apart(names)},
        audience=Audience.TABLES,
    )
    left_out = _choose_left_out(inventory)
    shown = (*table.names, *for_people.table.fields)
    return (
        for_people._replace(shown=tuple(field for field in shown if field not in left_out)),
        section._replace(audience=Audience.DATA | Audience.BOOKS),
    )


def _label_teams(inventory: Inventory) -> dict[str, str]:
    return tell_apart({team.id: team.name for team in inventory.teams})


def _choose_left_out(inventory: Inventory) -> Fields:
    """What tells people nothing new: one team for all, and e-mail addresses that are the names."""
    rows = inventory.rows
    (name,) = inventory.table.names
    is_repeated = all(PEOPLE_EMAIL.find(row) in (None, name.of(row)) for row in rows)
    return (*(() if inventory.teams[1:] else (TEAM,)), *((PEOPLE_EMAIL,) if is_repeated else ()))


def _describe_last_use(row: Row) -> str | None:
    """The day in UTC, or that there was none; null if it is unknown."""
    if last := LAST_USED_AT.find(row):
        return f"{last:%Y-%m-%d}"
    return _NEVER if IDLE.find(row) else None
