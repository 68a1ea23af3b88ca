"""What `schema` does: print the JSON Schema of what --json prints, or of the config file."""

from scenario_usage_cli.cli.config.schema import CONFIG_SCHEMA
from scenario_usage_cli.cli.options import SchemaOptions
from scenario_usage_cli.cli.output import write_output
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.errors import BadArgument
from scenario_usage_cli.render.json import write_json
from scenario_usage_cli.report.schema import DOCUMENTS, build_schema

_CONFIG_FILE = "config"
NAMES = (*DOCUMENTS, _CONFIG_FILE)
"""What has a schema."""


def run_schema(options: SchemaOptions, runtime: Runtime) -> None:
    """Write the schema, or the names of all; raises BadArgument for an unknown report."""
    name = options.document
    if name is None:
        write_output(None, runtime, lambda out: print("\n".join(NAMES), file=out))
        return
    if name not in NAMES:
        raise BadArgument(f"there is no schema {name!r}", hint=f"one of {', '.join(NAMES)}")
    schema = CONFIG_SCHEMA if name == _CONFIG_FILE else build_schema(name)
    write_output(None, runtime, lambda out: write_json(schema, out, indented=True))
