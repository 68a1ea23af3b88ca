"""What `restatements` does: read what a dataset keeps of figures that have moved, and show it."""

from collections.abc import Sequence
from datetime import date, datetime

from scenario_usage_cli.cli.config.file import read_settings
from scenario_usage_cli.cli.options import PeriodOptions, TargetOptions
from scenario_usage_cli.cli.options.restatements import RestatementOptions
from scenario_usage_cli.cli.output import check_output, prepare_format, write_view
from scenario_usage_cli.cli.parsers import parse_names, split_values
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.collect.known import Known, list_projects
from scenario_usage_cli.collect.resolve import find_projects
from scenario_usage_cli.errors import BadArgument
from scenario_usage_cli.export.coverage import refuse_table
from scenario_usage_cli.export.layout import TABLES
from scenario_usage_cli.export.open_store import open_store
from scenario_usage_cli.export.read import Dataset, open_dataset
from scenario_usage_cli.export.source import DatasetSource
from scenario_usage_cli.patterns import fold
from scenario_usage_cli.periods import parse_whole_days
from scenario_usage_cli.report.daily import PROJECT, PROJECT_ID
from scenario_usage_cli.report.fields import Row
from scenario_usage_cli.report.restated import (
    build_restated,
    build_restated_view,
    describe_days,
)
from scenario_usage_cli.report.restatements import DAY, RESTATED_AT, RESTATEMENTS, TABLE


def run_restatements(
    options: RestatementOptions, runtime: Runtime, *, output: TargetOptions
) -> None:
    """Write the restatements; raises ScenarioUsageError, with nothing written."""
    now = runtime.now()
    check_output(output.output)
    settings = read_settings(runtime, PeriodOptions(), output, demo=False)
    output_format = prepare_format(settings, "restatements", output, runtime)
    tables = parse_names("--datasets", options.datasets, TABLES)
    first, last, since = _read_days(options, now)
    dataset = open_dataset(open_store(options.directory))
    if dataset.manifest.focus:
        raise refuse_table(dataset, RESTATEMENTS.name)
    if options.project and not dataset.manifest.by_project:
        raise BadArgument(
            f"{options.directory} does not tell projects apart",
            hint="an export with --by-project into another DIR does",
        )

    records = list(dataset.read_restatements())
    projects = _find_projects(options.project or (), dataset, records)

    def is_meant(row: Row) -> bool:
        day = DAY.of(row)
        return (
            (not tables or TABLE.of(row) in tables)
            and (first is None or day >= str(first))
            and (last is None or day <= str(last))
            and (since is None or RESTATED_AT.of(row) >= str(since))
            and (not projects or row[PROJECT_ID.key] in projects)
        )

    restated = build_restated(
        records,
        directory=options.directory,
        is_meant=is_meant,
        every=options.every,
        generated_at=now,
        around=describe_days(first, last, since),
    )
    write_view(build_restated_view(restated), output_format, output, runtime)


def _find_projects(
    wanted: Sequence[str], dataset: Dataset, records: Sequence[Row]
) -> tuple[str, ...]:
    """The ids of projects, by an id or by any name of it that the dataset has or had.

    The rows of all days are read only for what no restatement has.
    """
    names: dict[str, dict[str, None]] = {}
    for row in records:
        if one := row[PROJECT_ID.key]:
            names.setdefault(str(one), {})[str(row[PROJECT.key])] = None
    known = [Known(one, tuple(called)) for one, called in names.items()]
    told = {fold(text) for one, called in names.items() for text in (one, *called)}
    if not all(fold(text) in told for text in split_values([*wanted])):
        known += list_projects(DatasetSource(dataset), None)
    return find_projects(wanted, known, source="--project")


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
