"""`scenario-usage schema`: the JSON Schema of what --json prints."""

from typing import Annotated, Any

import typer

from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.typer_adapter import build_app, define_command
from scenario_usage_cli.errors import BadArgument

app = build_app()


@define_command(app, "schema")
def schema(
    runtime: Runtime,
    document: Annotated[
        str, typer.Argument(metavar="REPORT", help="report, trend, compare, activity or doctor.")
    ],
) -> None:
    """Print the JSON Schema (draft 2020-12) of a report's JSON.

    scenario-usage schema report
    """
    # Imported when it runs, so that --help does not wait for the data models.
    from pydantic import TypeAdapter
    from pydantic.json_schema import GenerateJsonSchema

    from scenario_usage_cli.cli.output import write_output
    from scenario_usage_cli.render.json import write_json
    from scenario_usage_cli.report.documents import (
        ActivityDocument,
        ComparisonDocument,
        DoctorDocument,
        TrendDocument,
        UsageDocument,
    )

    documents: dict[str, Any] = {
        "report": UsageDocument,
        "trend": TrendDocument,
        "compare": ComparisonDocument,
        "activity": ActivityDocument,
        "doctor": DoctorDocument,
    }
    if document not in documents:
        raise BadArgument(f"there is no schema {document!r}", hint=f"one of {', '.join(documents)}")
    described = TypeAdapter(documents[document]).json_schema(mode="serialization")
    described = {"$schema": GenerateJsonSchema.schema_dialect, **described}
    write_output(None, runtime, lambda out: write_json(described, out, indented=True))
