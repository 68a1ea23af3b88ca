"""The README's tables of columns, made of what the package declares: `python -m tests.tables`."""

from scenario_usage_cli.report.daily import DAILY
from scenario_usage_cli.report.fields import Kind, Table

_TYPES = {
    Kind.TEXT: "text",
    Kind.COUNT: "count",
    Kind.CU: "CU",
    Kind.FLAG: "flag",
    Kind.TIME: "time",
}


def list_columns(table: Table) -> str:
    """The columns of a table with their types: `model_id` text, `jobs` count."""
    return ", ".join(f"`{field.key}` {_TYPES[field.kind]}" for field in table.columns)


def build_dataset_table() -> str:
    """The tables of an export, in Markdown: a line each, with its columns and what to know of its
    rows.
    """
    lines = ["| table | columns |", "|---|---|"]
    for name, table in DAILY.items():
        note = f"; {table.note}" if table.note else ""
        lines.append(f"| `{name}` | {list_columns(table)}{note} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(build_dataset_table())
