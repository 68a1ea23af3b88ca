"""What `restatements` does: read what a dataset keeps of figures that have moved, and show it."""

from datetime import date, datetime

from scenario_usage_cli.cli.config.file import read_settings
from scenario_usage_cli.cli.options import PeriodOptions
from scenario_usage_cli.cli.options.restatements import RestatementOptions, RestatementOutputOptions
from scenario_usage_cli.cli.output import check_output, prepare_format, write_view
from scenario_usage_cli.cli.parsers import parse_names, split_values
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.errors import BadArgument
from scenario_usage_cli.export.layout import TABLES
from scenario_usage_cli.export.open_store import open_store
from scenario_usage_cli.export.read import open_dataset
from scenario_usage_cli.periods import parse_whole_days
from scenario_usage_cli.report.daily import PROJECT, PROJECT_ID
from scenario_usage_cli.report.fields import Row
from scenario_usage_cli.report.restated import (
    build_restated,
    build_restated_view,
    describe_days,
)
from scenario_usage_cli.report.restatements import DAY, RESTATED_AT, TABLE


def run_restatements(
    options: RestatementOptions, runtime: Runtime, *, output: RestatementOutputOptions
) -> None:
    """Write the restatements; raises ScenarioUsageError, with nothing written."""
    now = runtime.now()
    check_output(output.output)
    settings = read_settings(runtime, PeriodOptions(), output, demo=False)
    output_format = prepare_format(settings, "restatements", output, runtime)
    tables = parse_names("--datasets", options.datasets, TABLES)
    first, last, since = _read_days(options, now)
    projects = {project.casefold() for project in split_values(options.project)}
    dataset = open_dataset(open_store(options.directory))
    if projects and not dataset.manifest.by_project:
        raise BadArgument(
            f"{options.directory} does not tell projects apart",
            hint="an export with --by-project into another DIR does",
        )

    def is_meant(row: Row) -> bool:
        day, named = DAY.of(row), {str(row[one.key]).casefold() for one in (PROJECT_ID, PROJECT)}
        return (
            (not tables or TABLE.of(row) in tables)
            and (first is None or day >= str(first))
            and (last is None or day <= str(last))
            and (since is None or RESTATED_AT.of(row) >= str(since))
            and (not projects or not projects.isdisjoint(named))
        )

    restated = build_restated(
        dataset.read_restatements(),
        directory=options.directory,
        is_meant=is_meant,
        every=options.every,
        generated_at=now,
        around=describe_days(first, last, since),
    )
    write_view(build_restated_view(restated), output_format, output, runtime)


def _read_days(
    options: RestatementOptions, now: datetime
) -> tuple[date | None, date | None, date | None]:
    """The first and the last day, and the first one of the runs. Raises BadArgument."""
    first = last = since = None
    if options.since is not None:
        first = parse_whole_days(options.since, "--since", now=now).first
    if options.until is not None:
        last = parse_whole_days(options.until, "--until", now=now).last
    if options.restated_since is not None:
        since = parse_whole_days(options.restated_since, "--restated-since", now=now).first
    if first and last and first > last:
        raise BadArgument(
            f"--since {options.since} is after --until {options.until}", hint="swap the two"
        )
    return first, last, since
