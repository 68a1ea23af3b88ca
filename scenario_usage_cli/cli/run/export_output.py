"""What `export` prints: one line or one object on stdout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TextIO

from scenario_usage_cli.cli.options.export import ExportOptions
from scenario_usage_cli.cli.output import write_output
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.errors import ConfigurationError
from scenario_usage_cli.export.plan import Plan
from scenario_usage_cli.export.tally import Tally
from scenario_usage_cli.render.json import write_json
from scenario_usage_cli.render.text import escape_controls
from scenario_usage_cli.report.words import count


def write_queries(
    queries: Sequence[str], plan: Plan, options: ExportOptions, runtime: Runtime
) -> None:
    """The queries of a dry run."""
    document = {"schema_version": 1, "report": "export-queries", "queries": queries}
    write_result(
        document, [f"GET {query}" for query in queries] or ["nothing to fetch"], options, runtime
    )
    if queries:
        more = ", and has more pages of events" if plan.log_days else ""
        runtime.say(f"the API may want these in smaller parts{more}")


def write_summary(
    directory: str,
    plan: Plan,
    tally: Tally,
    provisional: int,
    warnings: Sequence[str],
    options: ExportOptions,
    runtime: Runtime,
) -> None:
    """What a run has fetched and written; `directory` is as it was given."""
    document = {
        "schema_version": 1,
        "report": "export",
        "directory": directory,
        "days_fetched": len(tally.days),
        "partitions": tally.partitions,
        "rows": tally.rows,
        "provisional_days": provisional,
        "edited": plan.edited,
        "warnings": warnings,
    }
    line = (
        f"{directory}: {count(len(tally.days), 'day')} fetched, "
        f"{count(tally.rows, 'row')} in {count(tally.partitions, 'partition')}, "
        f"{count(provisional, 'day')} provisional"
        + (f", {count(tally.months, 'file')} of a month joined" if tally.months else "")
    )
    try:
        write_result(document, [line], options, runtime)
    except ConfigurationError as error:
        error.hint = "the dataset is up to date: only this line could not be written"
        raise


def write_result(
    document: dict[str, Any], lines: Sequence[str], options: ExportOptions, runtime: Runtime
) -> None:
    """Write the document with --json, and the lines otherwise."""

    def write(out: TextIO) -> None:
        if options.as_json:
            write_json(document, out, indented=runtime.stdout.isatty())
        else:
            print("\n".join(map(escape_controls, lines)), file=out)

    write_output(None, runtime, write)
