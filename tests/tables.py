"""The table of columns in the help, made of what the package declares."""

from scenario_usage_cli.report.daily import DAILY
from scenario_usage_cli.report.fields import Kind, Table

_TYPES = {
    Kind.TEXT: "text",
    Kind.COUNT: "count",
    Kind.CU: "CU",
    Kind.FLAG: "flag",
    Kind.TIME: "time",
}


def _list_columns(table: Table) -> str:
    """The columns of a table with their types: `model_id` text, `jobs` count."""
    return ", ".join(f"`{field.key}` {_TYPES[field.kind]}" for field in table.columns)


def build_dataset_table() -> str:
    """The tables of an export, in Markdown: a line each, with its columns."""
    lines = ["| table | columns |", "|---|---|"]
    lines += [f"| `{name}` | {_list_columns(table)} |" for name, table in DAILY.items()]
    return "\n".join(lines)
