"""What `schema` does: print the JSON Schema of what --json prints, or of the config file."""

from scenario_usage_cli.cli.config.schema import CONFIG_SCHEMA
from scenario_usage_cli.cli.options import SchemaOptions
from scenario_usage_cli.cli.output import write_output
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.errors import BadArgument
from scenario_usage_cli.render.json import write_json
from scenario_usage_cli.report.schema import DOCUMENTS, build_schema

_CONFIG_FILE = "config"


def run_schema(options: SchemaOptions, runtime: Runtime) -> None:
    """Write the schema; raises BadArgument for an unknown report."""
    name = options.document
    if name not in (*DOCUMENTS, _CONFIG_FILE):
        known = ", ".join((*DOCUMENTS, _CONFIG_FILE))
        raise BadArgument(f"there is no schema {name!r}", hint=f"one of {known}")
    schema = CONFIG_SCHEMA if name == _CONFIG_FILE else build_schema(name)
    write_output(None, runtime, lambda out: write_json(schema, out, indented=True))
