"""What `export --verify` does: read every partition, and say what is not as it was written."""

from __future__ import annotations

import typer

from scenario_usage_cli.cli.options.export import (
    DatasetOptions,
    DatasetPeriodOptions,
    ExportOptions,
)
from scenario_usage_cli.cli.run.export_output import write_result
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.errors import BadArgument, ExitCode
from scenario_usage_cli.export.request import ExportRequest
from scenario_usage_cli.export.verify import verify_dataset
from scenario_usage_cli.report.words import count


def run_verify(
    request: ExportRequest,
    dataset: DatasetOptions,
    period: DatasetPeriodOptions,
    options: ExportOptions,
    runtime: Runtime,
) -> None:
    """Print what is wrong with the dataset; the exit code says whether anything is.

    Raises ScenarioUsageError where that cannot be told.
    """
    manifest = request.find_manifest()
    while True:
        if manifest:
            request.check(manifest)
            if request.by_month and not manifest.by_month:
                raise BadArgument(
                    f"{dataset.directory} was exported by day, and not by month",
                    hint="--verify only reads; an export with --partition month joins the days",
                )
        found = verify_dataset(
            request.store,
            manifest,
            tables=request.tables if dataset.datasets else None,
            first=request.days.first if period.since or period.is_given else None,
            last=request.days.last if period.until or period.is_given else None,
            today=request.now.date(),
        )
        before, manifest = manifest, request.find_manifest()
        if not found.problems or manifest == before:  # otherwise another run has written meanwhile
            break
    document = {
        "schema_version": 1,
        "report": "export-verify",
        "directory": dataset.directory,
        "partitions": found.partitions,
        "rows": found.rows,
        "problems": found.problems,
    }
    verdict = "all is as it was written"
    if found.problems:
        verdict = count(len(found.problems), "problem")
    line = (
        f"{dataset.directory}: {count(found.partitions, 'partition')}, "
        f"{count(found.rows, 'row')}: {verdict}"
    )
    write_result(document, [*found.problems, line], options, runtime)
    if found.problems:
        raise typer.Exit(ExitCode.UNREADABLE)
