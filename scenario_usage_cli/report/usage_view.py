"""The usage report as tables: which columns each section has, and what stands around them."""

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any

from scenario_usage_cli.clocks import to_local
from scenario_usage_cli.collect.sections import Figure
from scenario_usage_cli.collect.usage import Filters
from scenario_usage_cli.periods import Period
from scenario_usage_cli.report.breakdown_view import (
    build_breakdown_data,
    build_breakdown_tables,
)
from scenario_usage_cli.report.fields import Field, Row
from scenario_usage_cli.report.labels import Labels
from scenario_usage_cli.report.shown_totals import list_shown_totals
from scenario_usage_cli.report.tables import EMAIL, RECONCILIATION, SECTION_TABLES, USER_NAME
from scenario_usage_cli.report.usage import Report
from scenario_usage_cli.report.view import Headline, Section, View

_LAST_INSTANT = time(23, 59, 59, 999_000)
"""The last millisecond of a day."""


def build_usage_view(report: Report) -> View:
    """The report ready for any renderer."""
    described = [describe_period(report.period)] if report.period else []
    sections = (
        *build_breakdown_tables(report.blocks),
        *(_build_section(name, report) for name in report.sections),
        *build_breakdown_data(report.blocks),
    )
    return View(
        document=report.document,
        title="Scenario usage",
        subtitle=" · ".join([*described, *describe_filters(report.filters, report.labels)]),
        headlines=build_headlines(*list_shown_totals(report)),
        sections=tuple(one._replace(labels=report.labels.by_key) for one in sections),
        period=report.period,
        generated_at=report.generated_at,
        totals=report.totals,
        closing=build_headlines(RECONCILIATION, report.reconciliation or {}),
        closing_title="Reconciliation",
        closing_note="the difference is operations without a model, and refunds",
    )


def build_headlines(fields: Sequence[Field[Figure | None]], row: Row) -> tuple[Headline, ...]:
    """The figures of a row that it has, each on its own."""
    return tuple(
        Headline(field.title, field.of(row), field.kind, key=field.key)
        for field in fields
        if field.key in row
    )


def _build_section(name: str, report: Report) -> Section:
    table, rows = SECTION_TABLES[name], report.sections[name]
    return Section(
        table,
        rows,
        shown=tuple(field for field in table.columns if not _is_repeated(field, rows)),
        whole=report.model_cost if name == "models" else None,
        is_known=name not in report.unknown_sections,
    )


def _is_repeated(field: Field[Any], rows: Sequence[Row]) -> bool:
    """Whether the addresses of rows tell people nothing new: those of aliases are the names."""
    told = [row for row in rows if EMAIL.of(row) is not None] if field is EMAIL else []
    return bool(told) and all(EMAIL.of(row) == USER_NAME.of(row) for row in told)


def describe_period(period: Period) -> str:
    """For people: `2026-05-01 to 2026-05-31, UTC`, with times where days are not whole."""
    first, last = (to_local(end, period.zone) for end in (period.start, period.end))
    start = f"{first:%Y-%m-%d}" if first.time() == time() else f"{first:%Y-%m-%d %H:%M}"
    end = f"{last:%Y-%m-%d}" if last.time() == _LAST_INSTANT else f"{last:%Y-%m-%d %H:%M}"
    shown = start if start == end else f"{start} to {end}"
    return f"{shown}, {period.timezone}" + (", still running" if period.provisional else "")


def describe_filters(filters: Filters | None, labels: Labels) -> list[str]:
    """For people: `projects Hero, Villain` and the like, one text for each filter that is set."""
    filters = filters or Filters()
    named: Sequence[tuple[str, Sequence[str], Mapping[str, str]]] = (
        ("team", (filters.team_id,) if filters.team_id else (), labels.teams),
        ("project", filters.project_ids, labels.projects),
        ("user", filters.user_ids, labels.users),
        ("model", filters.models, {}),
    )
    return [
        f"{what}{'s' if ids[1:] else ''} {', '.join(names.get(one, one) for one in ids)}"
        for what, ids, names in named
        if ids
    ]
