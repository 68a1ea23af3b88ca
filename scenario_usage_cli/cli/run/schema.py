"""What `schema` does: print the JSON Schema of what --json prints."""

from scenario_usage_cli.cli.options import SchemaOptions
from scenario_usage_cli.cli.output import write_output
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.errors import BadArgument
from scenario_usage_cli.render.json import write_json
from scenario_usage_cli.report.schema import DOCUMENTS, build_schema


def run_schema(options: SchemaOptions, runtime: Runtime) -> None:
    """Write the schema; raises BadArgument for an unknown report."""
    name = options.document
    if name not in DOCUMENTS:
        raise BadArgument(f"there is no schema {name!r}", hint=f"one of {', '.join(DOCUMENTS)}")
    schema = build_schema(name)
    write_output(None, runtime, lambda out: write_json(schema, out, indented=True))
