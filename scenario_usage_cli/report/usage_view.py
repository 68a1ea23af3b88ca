"""The usage report as tables: which columns each section has, and what stands around them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import TYPE_CHECKING

from scenario_usage_cli.periods import MILLISECOND, to_local
from scenario_usage_cli.report.breakdown_view import build_breakdown_sections
from scenario_usage_cli.report.usage import Report
from scenario_usage_cli.report.view import Column, Headline, Kind, Row, Section, View

if TYPE_CHECKING:
    from scenario_usage_cli.report.documents import FiltersRow, PeriodRow, UsageDocument

_COST = Column("cost", "Cost", Kind.CU, 90)
_DISCOUNT = Column("discount", "Discount", Kind.CU, 30)
_GROSS = Column("gross", "Gross", Kind.CU, 40)
_SHARE = Column("share", "Share", Kind.SHARE, 60)
_COUNT = Column("count", "Count", Kind.COUNT, 90)
_API_KEY_COUNT = Column("api_key_count", "By API key", Kind.COUNT, 30)
_API_KEY_COST = Column("api_key_cost", "Cost by API key", Kind.CU, 20)
_API_KEY_DISCOUNT = Column("api_key_discount", "Discount by API key", Kind.CU, 5)

_SECTIONS: dict[str, tuple[str, str, str, tuple[Column, ...]]] = {
    "consumption": (
        "Consumption by user",
        "name",
        "cost",
        (
            Column("user_id", "User id", Kind.TEXT, 0),
            Column("name", "User", Kind.TEXT, 100),
            Column("email", "E-mail", Kind.TEXT, 10),
            Column("is_api_key", "API key", Kind.FLAG, 20),
            _COST,
            _DISCOUNT,
            _GROSS,
            _SHARE,
        ),
    ),
    "models": (
        "Models",
        "name",
        "cost",
        (
            Column("model_id", "Model id", Kind.TEXT, 0),
            Column("name", "Model", Kind.TEXT, 100),
            Column("jobs", "Jobs", Kind.COUNT, 70),
            _COST,
            _DISCOUNT,
            _GROSS,
            Column("cost_per_job", "Cost/job", Kind.RATE, 50),
            _API_KEY_COST,
            _API_KEY_DISCOUNT,
            _SHARE,
        ),
    ),
    "assets": (
        "Assets",
        "kind",
        "count",
        (Column("kind", "Kind", Kind.TEXT, 100), _COUNT, _API_KEY_COUNT, _SHARE),
    ),
    "actions": (
        "Actions",
        "action",
        "cost",
        (
            Column("action", "Action", Kind.TEXT, 100),
            _COUNT,
            _API_KEY_COUNT,
            Column("cost", "Cost", Kind.CU, 80),
            _DISCOUNT,
            _API_KEY_COST,
            _API_KEY_DISCOUNT,
        ),
    ),
    "moderation": (
        "Moderation",
        "label",
        "count",
        (Column("label", "Label", Kind.TEXT, 100), _COUNT, _API_KEY_COUNT),
    ),
    "quality_gates": (
        "Quality gates",
        "verdict",
        "count",
        (Column("verdict", "Verdict", Kind.TEXT, 100), _COUNT, _API_KEY_COUNT),
    ),
}


_NOTES = {"quality_gates": "an asset scored in several buckets of time counts in each"}


def build_usage_view(report: Report) -> View:
    """The report ready for any renderer."""
    document = report.document
    period, totals = document["period"], document["totals"]
    breakdowns = [document["breakdown"]] if "breakdown" in document else document.get("breakdowns")
    return View(
        document=document,
        title="Scenario usage",
        subtitle=_describe(document),
        headlines=(
            Headline("Cost", totals["cost"]),
            Headline("Discount", totals["discount"]),
            Headline("Gross", totals["gross"]),
            Headline("Jobs", totals["jobs"]),
            Headline("Assets", totals["assets"]),
            Headline("Users", totals["users"]),
            Headline("Models", totals["models"]),
        ),
        sections=(
            *(
                _build_section(name, document[name], report)  # type: ignore[literal-required]  # sections of the document
                for name in _SECTIONS
                if name in document
            ),
            *build_breakdown_sections(breakdowns or ()),
        ),
        period_start=period["start"] if period else None,
        period_end=period["end"] if period else None,
        closing=_reconcile(document),
        closing_title="Reconciliation",
        closing_note="the difference is operations without a model, and refunds",
    )


def _build_section(name: str, rows: Sequence[Row], report: Report) -> Section:
    title, name_key, size_key, columns = _SECTIONS[name]
    return Section(
        name,
        title,
        columns,
        rows,
        name_key=name_key,
        size_key=size_key,
        whole=report.model_cost if name == "models" else None,
        is_known=name not in report.unknown_sections,
        is_additive=name != "quality_gates",  # whose `total` is the sum of the others
        note=_NOTES.get(name, ""),
    )


def describe_period(period: PeriodRow) -> str:
    """For people: `2026-05-01 to 2026-05-31, UTC`, with times where days are not whole."""
    timezone = period["timezone"]
    first = to_local(datetime.fromisoformat(period["start"]), timezone)
    last = to_local(datetime.fromisoformat(period["end"]), timezone)
    beyond = last + MILLISECOND
    start = f"{first:%Y-%m-%d}" if first.time() == time() else f"{first:%Y-%m-%d %H:%M}"
    end = f"{last:%Y-%m-%d}" if beyond.time() == time() else f"{last:%Y-%m-%d %H:%M}"
    shown = start if start == end else f"{start} to {end}"
    return f"{shown}, {timezone}" + (", still running" if period["provisional"] else "")


def _describe(document: UsageDocument) -> str:
    parts = []
    if period := document["period"]:
        parts.append(describe_period(period))
    return " · ".join([*parts, *describe_filters(document["filters"])])


def describe_filters(filters: FiltersRow | None) -> list[str]:
    """For people: `projects proj_1, proj_2` and the like, one text for each filter that is set."""
    if filters is None:
        return []
    named = (
        ("team", [filters["team_id"]] if filters["team_id"] else []),
        ("projects", filters["project_ids"]),
        ("users", filters["user_ids"]),
        ("models", filters["models"]),
    )
    return [f"{what} {', '.join(ids)}" for what, ids in named if ids]


def _reconcile(document: UsageDocument) -> tuple[Headline, ...]:
    reconciliation = document["reconciliation"]
    if reconciliation is None:
        return ()
    return (
        Headline("Consumption", reconciliation["consumption_cost"]),
        Headline("Models", reconciliation["model_cost"]),
        Headline("Difference", reconciliation["difference"]),
        *(
            [Headline("Not in the breakdown", reconciliation["breakdown_difference"])]
            if "breakdown_difference" in reconciliation
            else []
        ),
    )
