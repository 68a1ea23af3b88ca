"""The breakdown as tables: projects or users, and each of them with its models."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from scenario_usage_cli.report.numbers import share
from scenario_usage_cli.report.view import Audience, Column, Kind, Section

if TYPE_CHECKING:
    from scenario_usage_cli.report.documents import Breakdown

_MONEY = (
    Column("cost", "Cost", Kind.CU, 90),
    Column("discount", "Discount", Kind.CU, 30),
    Column("gross", "Gross", Kind.CU, 40),
)


def build_breakdown_sections(breakdown: Breakdown) -> list[Section]:
    """For people the totals and the rows, for programs the rows."""
    by = breakdown["by"]
    title = by.capitalize()
    whole = sum(row["cost"] or 0 for row in breakdown["totals"])
    totals = [
        {**row, "share": share(Decimal(row["cost"] or 0), Decimal(whole))}
        for row in breakdown["totals"]
    ]
    return [
        Section(
            "breakdown_totals",
            f"By {by}",
            (
                Column(f"{by}_id", f"{title} id", Kind.TEXT, 0),
                Column("name", title, Kind.TEXT, 100),
                Column("jobs", "Jobs", Kind.COUNT, 70),
                Column("assets", "Assets", Kind.COUNT, 50),
                *_MONEY,
                Column("share", "Share", Kind.SHARE, 60),
            ),
            totals,
            name_key="name",
            size_key="cost",
            audience=Audience.TABLES,
        ),
        Section(
            "breakdown",
            f"By {by} and model",
            (
                Column(f"{by}_id", f"{title} id", Kind.TEXT, 0),
                Column(by, title, Kind.TEXT, 100),
                Column("model_id", "Model id", Kind.TEXT, 0),
                Column("model", "Model", Kind.TEXT, 95),
                Column("jobs", "Jobs", Kind.COUNT, 70),
                *_MONEY,
                Column("api_key_cost", "Cost by API key", Kind.CU, 20),
                Column("api_key_discount", "Discount by API key", Kind.CU, 5),
            ),
            breakdown["rows"],
            name_key=by,
            size_key="cost",
            id_keys=(f"{by}_id", "model_id"),
            name_keys=(by, "model"),
        ),
    ]
