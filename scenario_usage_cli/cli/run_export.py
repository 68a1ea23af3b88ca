"""What `export` does: see what is missing, have it fetched, and say what was done."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import typer

from scenario_usage_cli.cli.choices import check_choice, parse_names
from scenario_usage_cli.cli.configuration import read_settings
from scenario_usage_cli.cli.export_target import Target
from scenario_usage_cli.cli.options import (
    ConnectionOptions,
    FilterOptions,
    PeriodOptions,
    StreamOptions,
    split_values,
)
from scenario_usage_cli.cli.output import write_output
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.errors import BadArgument, ExitCode
from scenario_usage_cli.export.layout import FORMATS, MANIFEST, TABLES, USUAL_TABLES
from scenario_usage_cli.export.manifest import Manifest, Scope
from scenario_usage_cli.export.plan import Days, Plan
from scenario_usage_cli.export.store import open_store
from scenario_usage_cli.export.tally import Tally
from scenario_usage_cli.periods import format_instant, parse_days, whole_milliseconds
from scenario_usage_cli.render.text import show
from scenario_usage_cli.settings import Settings

_SETTLE = timedelta(days=3)
_USUAL_LENGTH = timedelta(days=31)
_LOCK_TIMEOUT = timedelta(seconds=60)
_SHOWN = 5


@dataclass(frozen=True)
class ExportOptions:
    """Everything that was asked of `export`."""

    directory: str
    datasets: list[str] | None
    file_format: str | None
    since: str | None
    until: str | None
    by_project: bool
    settle: timedelta | None
    filters: FilterOptions
    repair: bool
    verify: bool
    dry_run: bool
    lock_timeout: timedelta | None
    as_json: bool
    connection: ConnectionOptions
    jobs: int | None


def run_export(options: ExportOptions, runtime: Runtime) -> None:
    """Bring the dataset up to date, and write a line about it.

    Raises ScenarioUsageError, with all that had come by then in its place.
    """
    _refuse_contradictions(options)
    now = whole_milliseconds(runtime.now())
    filters = options.filters
    is_narrowed = bool(filters.project or filters.user or filters.team or options.connection.demo)
    settings = read_settings(runtime, PeriodOptions(), StreamOptions())
    target = Target(
        store=open_store(options.directory),
        tables=parse_names("--datasets", options.datasets, TABLES) or USUAL_TABLES,
        days=_read_days(options, now),
        scope=_read_scope(options, settings) if not options.verify or is_narrowed else None,
        file_format=check_choice("--format", options.file_format, FORMATS),
        by_project=options.by_project,
        repair=options.repair,
        now=now,
    )
    if options.verify:
        _verify(target, options, runtime)
        return
    manifest, plan = target.look()
    tally = Tally()
    if plan.wanted or options.dry_run:
        # Most runs of a day find nothing to do, and need not wait for the client to be imported.
        from scenario_usage_cli.cli.fetch_export import Fetching

        fetching = Fetching(
            runtime,
            settings,
            options.connection,
            options.filters,
            options.jobs,
            manifest.file_format,
        )
        if options.dry_run:
            _write_queries(fetching.list_queries(target), options, runtime)
            return
        patience = _LOCK_TIMEOUT if options.lock_timeout is None else options.lock_timeout
        manifest, plan, tally = fetching.fetch(target, lock_timeout_s=patience.total_seconds())
    warnings = [*_describe_plan(manifest, plan, now), *_describe_remarks(tally)]
    for warning in warnings:
        runtime.warn(warning)
    provisional = sum(not _is_final(manifest, day, target) for day in tally.days)
    _write_summary(plan, tally, provisional, warnings, options, runtime)


def _refuse_contradictions(options: ExportOptions) -> None:
    modes = {"--verify": options.verify, "--dry-run": options.dry_run, "--repair": options.repair}
    given = [option for option, is_given in modes.items() if is_given]
    if options.verify and given[1:]:
        raise BadArgument(
            f"{' and '.join(given)} contradict each other",
            hint="--verify only looks at what is there",
        )


def _read_days(options: ExportOptions, now: datetime) -> Days:
    """The days that the options name; what lies in the future is cut off."""
    settle = _SETTLE if options.settle is None else options.settle
    today = now.date()
    first, last = today - _USUAL_LENGTH, today
    if options.until is not None:
        last = min(last, parse_days(options.until, "--until", now=now)[1])
    if options.since is not None:
        first = parse_days(options.since, "--since", now=now)[0]
        if first > today:
            raise BadArgument(
                f"--since {options.since} is in the future", hint=f"today is {today} in UTC"
            )
        if first > last:
            raise BadArgument(
                f"--since {options.since} is after --until {options.until}", hint="swap the two"
            )
    elif first > last:
        raise BadArgument(
            f"--until {options.until} is before the usual first day, {first}",
            hint="add --since with an earlier one",
        )
    return Days(first, last, settle, goes_on=options.since is None)


def _read_scope(options: ExportOptions, settings: Settings) -> Scope:
    return Scope(
        options.filters.team or settings.team,
        tuple(sorted(split_values(options.filters.project) or settings.projects)),
        tuple(sorted(split_values(options.filters.user))),
        options.connection.demo,
    )


def _is_final(manifest: Manifest, day: date, target: Target) -> bool:
    """Whether all that there is of a day is."""
    entries = [entry for table in TABLES if (entry := manifest.find(table, day))]
    return all(entry.is_final(day, settle=target.days.settle, now=target.now) for entry in entries)


def _describe_plan(manifest: Manifest, plan: Plan, now: datetime) -> Iterator[str]:
    if manifest.rebuilt_from:
        yield (
            f"{MANIFEST} was lost or damaged: {manifest.rebuilt_from} partitions are entered anew, "
            "and their days fetched again"
        )
    for path in plan.edited[:_SHOWN]:
        yield f"{path} was changed by somebody else, and is left as it is; --repair fetches it"
    if plan.edited[_SHOWN:]:
        yield f"so were {len(plan.edited) - _SHOWN} others"
    if plan.from_the_future:
        yield (
            f"{plan.from_the_future} partitions seem to have been fetched later than now "
            f"({format_instant(now)}), and are not trusted: was the clock set back?"
        )


def _describe_remarks(tally: Tally) -> Iterator[str]:
    for text, found in tally.remarks.items():
        days = sorted(set(found))
        others = f" and {len(days) - 1} other days" if days[1:] else ""
        yield f"{days[0]}{others}: {text}"


def _write_queries(queries: Sequence[str], options: ExportOptions, runtime: Runtime) -> None:
    document = {"schema_version": 1, "report": "export-queries", "queries": queries}
    _write(
        document, [f"GET {query}" for query in queries] or ["nothing to fetch"], options, runtime
    )
    runtime.say("the API may want these in smaller parts, and has more pages of events")


def _write_summary(
    plan: Plan,
    tally: Tally,
    provisional: int,
    warnings: Sequence[str],
    options: ExportOptions,
    runtime: Runtime,
) -> None:
    document = {
        "schema_version": 1,
        "report": "export",
        "directory": options.directory,
        "days_fetched": len(tally.days),
        "partitions": tally.partitions,
        "rows": tally.rows,
        "provisional_days": provisional,
        "edited": plan.edited,
        "warnings": warnings,
    }
    line = (
        f"{options.directory}: {len(tally.days)} days fetched, {tally.rows} rows in "
        f"{tally.partitions} partitions, {provisional} days provisional"
    )
    _write(document, [line], options, runtime)


def _verify(target: Target, options: ExportOptions, runtime: Runtime) -> None:
    """Write what was found, like a doctor; the exit code says whether anything is wrong."""
    # Only this looks into every partition, for which it needs to know all columns.
    from scenario_usage_cli.export.verify import verify_dataset

    manifest = target.find_manifest()
    if manifest:
        target.check(manifest)
    found = verify_dataset(
        target.store,
        manifest,
        tables=target.tables if options.datasets else None,
        first=target.days.first if options.since else None,
        last=target.days.last if options.until else None,
    )
    document = {
        "schema_version": 1,
        "report": "export-verify",
        "directory": options.directory,
        "partitions": found.partitions,
        "rows": found.rows,
        "problems": found.problems,
    }
    verdict = f"{len(found.problems)} problems" if found.problems else "all is as it was written"
    line = f"{options.directory}: {found.partitions} partitions, {found.rows} rows: {verdict}"
    _write(document, [*found.problems, line], options, runtime)
    if found.problems:
        raise typer.Exit(ExitCode.UNREADABLE)


def _write(
    document: dict[str, Any], lines: Sequence[str], options: ExportOptions, runtime: Runtime
) -> None:
    """The document with --json, or else the lines."""
    text = json.dumps(document) if options.as_json else "\n".join(map(show, lines))
    write_output(None, runtime.stdout, lambda out: print(text, file=out))
