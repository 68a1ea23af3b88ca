"""What an account has, as rows in order: projects, people, API keys, and the models in use."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Self

from scenario_usage_cli.collect.listed import ListedKey, ListedPerson, ListedProject, Named
from scenario_usage_cli.collect.listing import Listing
from scenario_usage_cli.collect.usage import Filters
from scenario_usage_cli.periods import Period
from scenario_usage_cli.report.fields import Json, Row, Table, Value
from scenario_usage_cli.report.figures import SHARE
from scenario_usage_cli.report.frame import build_filters, build_head, build_period
from scenario_usage_cli.report.labels import NO_LABELS, Labels
from scenario_usage_cli.report.listing_tables import (
    IDLE_DAYS,
    KEYS,
    LIST_TOTALS,
    LISTED_MODELS,
    PEOPLE,
    PROJECTS,
)
from scenario_usage_cli.report.numbers import add_up, is_shown
from scenario_usage_cli.report.rows import add_shares, build_row, sort_by_size, sort_rows
from scenario_usage_cli.report.usage import Report


class Inventory(NamedTuple):
    """One list, ready to be shown or written."""

    table: Table
    rows: Sequence[Row]
    totals: Row
    teams: tuple[Named, ...]
    period: Period | None
    filters: Filters | None
    """Of the models; the other lists are of whole teams."""
    warnings: list[str]
    is_known: bool
    generated_at: datetime
    labels: Labels = NO_LABELS
    """What people read in the place of the filters' ids."""

    @property
    def document(self) -> dict[str, Json]:
        """The JSON; `team` is null if it is unknown, or if there are several."""
        team = self.teams[0] if len(self.teams) == 1 else None
        return {
            **build_head(self.table.name, self.generated_at),
            "team": {"id": team.id, "name": team.name} if team else None,
            "period": build_period(self.period),
            **({"filters": build_filters(self.filters)} if self.filters else {}),
            self.table.name: self.rows,
            "totals": self.totals,
            "warnings": self.warnings,
        }

    def sort(self, order: str | None) -> Self:
        """With its rows in this order; None keeps the usual one."""
        return self._replace(rows=sort_rows(self.table, self.rows, order))


def build_projects(listing: Listing[ListedProject], *, generated_at: datetime) -> Inventory:
    """The projects by consumption, ties by id."""
    rows = ({"project_id": one.id, **_charge(one)} for one in listing.rows)
    return _build(PROJECTS, rows, listing, generated_at)


def build_people(listing: Listing[ListedPerson], *, generated_at: datetime) -> Inventory:
    """The people by consumption, ties by id."""
    rows = (
        {"user_id": one.id, "email": one.email, "role": one.role, **_charge(one)}
        for one in listing.rows
    )
    return _build(PEOPLE, rows, listing, generated_at)


def build_keys(listing: Listing[ListedKey], *, generated_at: datetime) -> Inventory:
    """The API keys by consumption, ties by id; `generated_at` is when idle days end."""
    rows = (
        {
            "user_id": one.id,
            "api_key_id": one.api_key_id,
            "scope": one.scope,
            "role": one.role,
            "project_ids": [project.id for project in one.projects],
            "projects": [project.name for project in one.projects],
            "owner_id": one.owner_id,
            "status": one.status,
            "last_used_at": one.last_used_at,
            "idle": _is_idle(one, generated_at),
            **_charge(one),
        }
        for one in listing.rows
    )
    return _build(KEYS, rows, listing, generated_at)


def build_models(report: Report) -> Inventory:
    """The models of a report that it has any job or cost of, in its order."""
    table, counts = LISTED_MODELS, LISTED_MODELS.counts
    rows = [
        row
        for row in report.sections["models"]
        if counts and any(is_shown(figure.of(row)) for figure in counts.any_of)
    ]
    is_known = "models" not in report.unknown_sections
    team_id = report.filters.team_id if report.filters else None
    return Inventory(
        table,
        rows,
        _add_up(table, rows, is_known=is_known),
        (Named(team_id, team_id),) if team_id else (),
        report.period,
        report.filters,
        report.warnings,
        is_known,
        report.generated_at,
        report.labels,
    )


def _build(
    table: Table,
    found: Iterable[Mapping[str, Value]],
    listing: Listing[ListedProject] | Listing[ListedPerson] | Listing[ListedKey],
    generated_at: datetime,
) -> Inventory:
    columns = [field for field in table.columns if field is not SHARE]
    rows = sort_by_size(table, add_shares(table, [build_row(columns, row) for row in found]))
    return Inventory(
        table,
        rows,
        _add_up(table, rows, is_known=listing.is_known),
        listing.teams,
        listing.period,
        None,
        listing.warnings,
        listing.is_known,
        generated_at,
    )


def _charge(one: ListedProject | ListedPerson | ListedKey) -> dict[str, Value]:
    """What all of them have."""
    return {
        "name": one.name,
        "team_id": one.team.id if one.team else None,
        "team": one.team.name if one.team else None,
        "consumption": one.consumption,
        "cap": one.cap,
    }


def _is_idle(key: ListedKey, now: datetime) -> bool | None:
    if key.last_used_at is None:
        return True if key.is_last_use_known else None
    return now - key.last_used_at >= timedelta(days=IDLE_DAYS)


def _add_up(table: Table, rows: Sequence[Row], *, is_known: bool) -> Row:
    """How many there are, and what they sum to; null where that is unknown."""
    count, *figures = LIST_TOTALS[table.name].fields
    if not is_known:
        return {field.key: None for field in (count, *figures)}
    sums = {one.key: add_up(map(one.of, rows)) if rows else 0 for one in figures}
    return {count.key: len(rows), **sums}
