"""What `schema` does: print the JSON Schema of what --json prints."""

from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from scenario_usage_cli.cli.options import SchemaOptions
from scenario_usage_cli.cli.output import write_output
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.errors import BadArgument
from scenario_usage_cli.render.json import write_json
from scenario_usage_cli.report.documents import (
    ActivityDocument,
    ComparisonDocument,
    DoctorDocument,
    TrendDocument,
    UsageDocument,
)


def run_schema(options: SchemaOptions, runtime: Runtime) -> None:
    """Write the schema; raises BadArgument for a report that there is none of."""
    name = options.document
    documents: dict[str, Any] = {
        "report": UsageDocument,
        "trend": TrendDocument,
        "compare": ComparisonDocument,
        "activity": ActivityDocument,
        "doctor": DoctorDocument,
    }
    if name not in documents:
        raise BadArgument(f"there is no schema {name!r}", hint=f"one of {', '.join(documents)}")
    described = TypeAdapter(documents[name]).json_schema(mode="serialization")
    described = {"$schema": GenerateJsonSchema.schema_dialect, **described}
    write_output(None, runtime, lambda out: write_json(described, out, indented=True))
