"""Which columns a table gives up first where a terminal is narrow, and what is never given up."""

import re
from typing import Any

import pytest

from scenario_usage_cli.render import table as render
from scenario_usage_cli.report.view import Section, View
from tests.support import run

WIDEST, NARROWEST = 170, 36
LEAVING: dict[tuple[str, ...], dict[str, tuple[str, str]]] = {
    ("report", "--period", "2026-10", "--by", "project"): {
        "By project": ("Discount < Gross < Assets < Share", "Jobs + Cost"),
        "By project and model": (
            "Discount by API key < Cost by API key < Discount < Gross < Jobs",
            "Cost",
        ),
        "Consumption by user": ("API key < E-mail < Discount < Gross", "Cost + Share"),
        "Models": (
            "Discount by API key < Cost by API key < Discount < Gross < Cost/job < Share",
            "Jobs + Cost",
        ),
        "Assets": ("", "Assets + By API key + Share"),
        "Actions": (
            "Discount by API key < Cost by API key < By API key < Discount",
            "Count + Cost",
        ),
        "Moderation": ("", "Assets + By API key"),
        "Quality gates": ("", "Assets + By API key"),
    },
    ("trend", "--last", "3d", "--split", "model"): {
        "Models": (
            "Discount by API key < Cost by API key < Gross < Discount < Share < Jobs",
            "Cost + By day",
        ),
        "By day": (
            "Discount by API key < Cost by API key < Gross < Discount < Share",
            "Jobs + Cost",
        ),
    },
    ("trend", "--last", "4w", "--by", "week"): {
        "Total": ("Discount by API key < Assets by API key", "Cost by API key + By week"),
        "By week": (
            "Discount by API key < Assets by API key < Cost by API key < Gross < Discount < Share",
            "Jobs + Cost + Assets",
        ),
    },
    ("compare", "--period", "2026-10", "--by", "project"): {
        "Cost by project, CU": ("Status < Before < After", "Delta + Change"),
        "Cost by user, CU": ("Status < Before < After", "Delta + Change"),
        "Cost by model, CU": ("Status < Before", "After + Delta + Change"),
        "Assets": ("Status < Before", "After + Delta + Change"),
    },
    ("quota",): {
        "Plan and packs": (
            "At the end < Used, % < Used < Limit < Reached on",
            "Left + State + Expires",
        ),
        "Caps of projects": ("At the end < Left < Used, % < Reached on", "Used + Cap + State"),
        "Caps of people": ("At the end < Left < Used, %", "Used + Cap + State"),
        "Caps of API keys": ("At the end < Left < Used, %", "Used + Cap + State"),
    },
    ("quota", "--backtest"): {
        "By days ahead": ("Sums < Intervals < Interval held", "Median error + Straight line"),
    },
    ("list", "projects"): {
        "Projects": ("Project id < Share < Cap < Cap used", "Consumption"),
    },
    ("list", "people"): {
        "People": ("User id < E-mail < Cap < Role < Cap used", "Consumption"),
    },
    ("list", "keys"): {
        "API keys": (
            "Id < Projects < Scope < Status < Last used < Cap < Cap used < Idle",
            "Consumption",
        ),
    },
    ("list", "models", "--period", "2026-10"): {
        "Models": (
            "Discount by API key < Cost by API key < Discount < Gross < Cost/job < Model id "
            "< Share",
            "Jobs + Cost",
        ),
    },
}
"""Of each table, the columns in the order in which they leave, and those that stay."""


def catch(monkeypatch: pytest.MonkeyPatch, *argv: str) -> View:
    """The view that a command draws as a table."""
    views: list[View] = []
    monkeypatch.setattr(render, "render_table", lambda view, out, medium: views.append(view))
    assert run(*argv, "--demo", columns=WIDEST).code == 0
    return views[0]


def read_headings(section: Section, width: int) -> list[str]:
    """Those of the columns, without that of names, which is shortened with them."""
    names = [one.heading for one in section.table.names or section.table.ids]
    line = render.draw_rows(section, width)[0].strip()
    found = [one for one in re.split(r"\s{2,}", line) if not is_cut(one, names)]
    return [one.removesuffix(", CU") for one in found]


def is_cut(heading: str, names: list[str]) -> bool:
    """Whether it is one of these, or the beginning of one."""
    return any(name.startswith(heading.rstrip("…")) for name in names)


def list_leaving(section: Section) -> tuple[str, str]:
    """The columns in the order in which they leave, and those that stay."""
    few = section._replace(
        rows=section.rows[:2], subtotals={}, summed=frozenset(), totals=frozenset()
    )
    shown = read_headings(few, WIDEST)
    left: list[str] = []
    for width in range(WIDEST, NARROWEST, -1):
        found = read_headings(few, width)
        left += [title for title in shown if title not in found]
        shown = [title for title in shown if title in found]
    return " < ".join(left), " + ".join(shown)


@pytest.mark.parametrize("argv", LEAVING, ids=" ".join)
def test_the_least_important_columns_leave_first(
    argv: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One by one, down to what a row is and its first figure."""
    view: Any = catch(monkeypatch, *argv)

    found = {one.table.title: list_leaving(one) for one in view.table_sections}
    assert found == LEAVING[argv]
