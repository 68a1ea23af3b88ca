"""What an account has, as rows in order: projects, people, API keys, and the models in use."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Self

from scenario_usage_cli.collect.listed import Listed, ListedKey, Named
from scenario_usage_cli.collect.listing import Listing
from scenario_usage_cli.collect.usage import Filters
from scenario_usage_cli.periods import Period
from scenario_usage_cli.report.fields import Json, Row, Table, Value
from scenario_usage_cli.report.figures import SHARE
from scenario_usage_cli.report.frame import build_filters, build_head, build_period
from scenario_usage_cli.report.labels import NO_LABELS, Labels
from scenario_usage_cli.report.listing_tables import (
    IDLE_DAYS,
    LIST_TOTALS,
    LISTED_MODELS,
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


def build_inventory(table: Table, listing: Listing, *, generated_at: datetime) -> Inventory:
    """The projects, people or keys by consumption, ties by id; `generated_at` ends idle days."""
    columns = [field for field in table.columns if field is not SHARE]
    found = ({**_describe(one, generated_at), table.id.key: one.id} for one in listing.rows)
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


def _describe(one: Listed, now: datetime) -> dict[str, Value]:
    """What is known of one of them, by the keys of the tables."""
    team = one.team
    found = {**one._asdict(), "team_id": team and team.id, "team": team and team.name}
    if isinstance(one, ListedKey):
        found["project_ids"] = [project.id for project in one.projects]
        found["projects"] = [project.name for project in one.projects]
        found["idle"] = _is_idle(one, now)
    return found


def _is_idle(key: ListedKey, now: datetime) -> bool | None:
    """A key that was never used is idle since it was made, as far as that is known."""
    if not key.is_last_use_known:
        return None
    since = key.last_used_at or key.created_at
    return since is None or now - since >= timedelta(days=IDLE_DAYS)


def _add_up(table: Table, rows: Sequence[Row], *, is_known: bool) -> Row:
    """How many there are, and what they sum to; null where that is unknown."""
    count, *figures = LIST_TOTALS[table.name].fields
    if not is_known:
        return {field.key: None for field in (count, *figures)}
    sums = {one.key: add_up(map(one.of, rows)) if rows else 0 for one in figures}
    return {count.key: len(rows), **sums}
