"""`scenario-usage schema`: the JSON Schema of what --json prints."""

from typing import Annotated

import typer

from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.typer_adapter import build_app, define_command
from scenario_usage_cli.errors import BadArgument

app = build_app()


@define_command(app, "schema")
def schema(
    runtime: Runtime,
    document: Annotated[
        str,
        typer.Argument(
            metavar="REPORT",
            help="report, trend, compare, activity, doctor, export, export-verify or "
            "export-queries.",
        ),
    ],
) -> None:
    """Print the JSON Schema (draft 2020-12) of a report's JSON.

    scenario-usage schema report
    """
    # Imported when it runs, so that --help does not wait for the tables.
    from scenario_usage_cli.cli.output import write_output
    from scenario_usage_cli.render.json import write_json
    from scenario_usage_cli.report.schema import DOCUMENTS, build_schema

    if document not in DOCUMENTS:
        raise BadArgument(f"there is no schema {document!r}", hint=f"one of {', '.join(DOCUMENTS)}")
    schema = build_schema(document)
    write_output(None, runtime, lambda out: write_json(schema, out, indented=True))
