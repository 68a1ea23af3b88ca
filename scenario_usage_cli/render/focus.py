"""FOCUS as CSV: its rows as they are."""

from typing import TextIO

from scenario_usage_cli.render import Medium
from scenario_usage_cli.render.csv import write_rows
from scenario_usage_cli.report.view import View


def render_focus(view: View, out: TextIO, medium: Medium) -> None:
    """The header, and the rows of the only section."""
    (section,) = view.data_sections
    keys = [field.key for field in section.table.columns]
    rows = ([row[key] for key in keys] for row in section.rows)
    write_rows([keys, *rows], out, delimiter=",", on_terminal=medium.is_terminal)
