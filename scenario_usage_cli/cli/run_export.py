"""What `export` does: see what is missing, fetch it under a lock, say what was done."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

import typer

from scenario_usage_cli.api.client import Client
from scenario_usage_cli.cli.formats import check_choice, parse_names
from scenario_usage_cli.cli.options import (
    ConnectionOptions,
    FilterOptions,
    PeriodOptions,
    StreamOptions,
    split_values,
)
from scenario_usage_cli.cli.output import write_output
from scenario_usage_cli.cli.progress import show_progress
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.session import connect, read_filters, read_settings
from scenario_usage_cli.collect.fetch import JOBS, Effort
from scenario_usage_cli.collect.projects import name_projects
from scenario_usage_cli.errors import BadArgument, ExitCode
from scenario_usage_cli.export.fetcher import Fetcher
from scenario_usage_cli.export.layout import FORMATS, MANIFEST, TABLES, USUAL_TABLES
from scenario_usage_cli.export.manifest import Manifest, Scope, load_manifest
from scenario_usage_cli.export.plan import Days, Plan, build_plan
from scenario_usage_cli.export.rebuild import rebuild_manifest
from scenario_usage_cli.export.store import Store, open_store
from scenario_usage_cli.export.verify import verify_dataset
from scenario_usage_cli.export.writer import Tally, Writer
from scenario_usage_cli.periods import format_instant, parse_days, whole_milliseconds
from scenario_usage_cli.render.json import encode
from scenario_usage_cli.render.text import show
from scenario_usage_cli.settings import Settings

USUAL_LENGTH = timedelta(days=31)
SETTLE = timedelta(days=3)
LOCK_TIMEOUT = timedelta(seconds=60)
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
    settle: timedelta
    filters: FilterOptions
    repair: bool
    verify: bool
    dry_run: bool
    lock_timeout: timedelta
    as_json: bool
    connection: ConnectionOptions
    jobs: int | None


def run_export(options: ExportOptions, runtime: Runtime) -> None:
    """Bring the dataset up to date and write a line about it. Raises ScenarioUsageError, with
    all that had come by then in its place.
    """
    now = whole_milliseconds(runtime.now())
    _refuse_contradictions(options)
    tables = parse_names("--datasets", options.datasets, TABLES) or USUAL_TABLES
    file_format = check_choice("--format", options.file_format, FORMATS)
    days = _read_days(options, now)
    store = open_store(options.directory)
    if options.verify:
        _verify(store, options, runtime)
        return
    settings = read_settings(runtime, PeriodOptions(), StreamOptions())
    scope = _read_scope(options, settings)

    def look() -> tuple[Manifest, Plan]:
        manifest = _open_manifest(store, scope, file_format, options.by_project)
        plan = build_plan(manifest, store, tables, days, now=now, repair=options.repair)
        return manifest, plan

    manifest, plan = look()
    tally = Tally()
    if plan.wanted or options.dry_run:
        with connect(runtime, settings.config, options.connection) as client:
            if options.dry_run:
                fetcher = _prepare(options, settings, client, plan, manifest, now=now)
                _list_queries(fetcher, options, runtime)
                return
            with store.lock(options.lock_timeout.total_seconds()), show_progress(runtime) as tell:
                manifest, plan = look()  # another run may just have done it
                fetcher = _prepare(options, settings, client, plan, manifest, now=now, tell=tell)
                writer = Writer(store, manifest, settle=options.settle, now=now)
                fetcher.fetch(writer)
                tally = writer.tally
    warnings = [*_describe_plan(manifest, plan, now), *_describe_remarks(tally)]
    for warning in warnings:
        runtime.warn(warning)
    _summarise(manifest, plan, tally, warnings, options, runtime, now)


def _refuse_contradictions(options: ExportOptions) -> None:
    if options.verify:
        others = {
            "--dry-run": options.dry_run,
            "--repair": options.repair,
            "--datasets": options.datasets,
            "--format": options.file_format,
            "--since": options.since,
            "--until": options.until,
            "--by-project": options.by_project,
            "--project": options.filters.project,
            "--user": options.filters.user,
            "--team": options.filters.team,
        }
        for option, is_given in others.items():
            if is_given:
                raise BadArgument(
                    f"--verify and {option} contradict each other",
                    hint="--verify looks at what is there, all of it, and fetches nothing",
                )


def _read_days(options: ExportOptions, now: datetime) -> Days:
    """The days that the options name; what lies in the future is cut off."""
    today = now.date()
    first, last = today - USUAL_LENGTH, today
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
    return Days(first, last, options.settle, goes_on=options.since is None)


def _read_scope(options: ExportOptions, settings: Settings) -> Scope:
    return Scope(
        options.filters.team or settings.team,
        tuple(sorted(split_values(options.filters.project) or settings.projects)),
        tuple(sorted(split_values(options.filters.user))),
        options.connection.demo,
    )


def _open_manifest(
    store: Store, scope: Scope, file_format: str | None, by_project: bool
) -> Manifest:
    """The manifest that is there, or one made of the partitions that are there, perhaps none.

    Raises BadArgument where the options ask for something else than what the folder has.
    """
    body = store.read(MANIFEST)
    manifest = None if body is None else load_manifest(body, source=f"{store}/{MANIFEST}")
    if manifest is None:
        manifest = rebuild_manifest(store, scope, file_format)
        if not manifest.rebuilt_from:
            manifest.by_project = by_project
    if file_format not in (None, manifest.file_format):
        raise _refuse(store, f"in {manifest.file_format}", f"in {file_format}")
    if by_project and not manifest.by_project:
        raise _refuse(store, "without --by-project", "with it")
    if manifest.scope != scope:
        raise _refuse(store, _describe_scope(manifest.scope), _describe_scope(scope))
    return manifest


def _refuse(store: Store, before: str, now: str) -> BadArgument:
    return BadArgument(
        f"{store} was exported {before}, and not {now}",
        hint="give the same options again, or another DIR",
    )


def _describe_scope(scope: Scope) -> str:
    parts = [
        *(["--demo"] if scope.demo else []),
        *([f"--team {scope.team}"] if scope.team else []),
        *(f"--project {project}" for project in scope.projects),
        *(f"--user {user}" for user in scope.users),
    ]
    return f"with {' '.join(parts)}" if parts else "without filters"


def _prepare(
    options: ExportOptions,
    settings: Settings,
    client: Client,
    plan: Plan,
    manifest: Manifest,
    *,
    now: datetime,
    tell: Callable[[int, int], None] = lambda done, known: None,
) -> Fetcher:
    filters = read_filters(options.filters, settings, client)
    return Fetcher(
        client,
        plan,
        filters,
        projects=name_projects(client, filters) if manifest.by_project else None,
        effort=Effort(jobs=options.jobs or JOBS, progress=tell),
        now=now,
    )


def _list_queries(fetcher: Fetcher, options: ExportOptions, runtime: Runtime) -> None:
    queries = [
        f"/usages?{urlencode(query.params(), safe=':,')}" for query in fetcher.list_queries()
    ]
    document = {"schema_version": 1, "report": "export-queries", "queries": queries}
    lines = [f"GET {query}" for query in queries] or ["nothing to fetch"]
    _write(runtime, encode(document) if options.as_json else "\n".join(lines))
    runtime.say("the API may want these in smaller parts, and has more pages of events")


def _verify(store: Store, options: ExportOptions, runtime: Runtime) -> None:
    """Write what was found, like a doctor; the exit code says whether anything is wrong."""
    found = verify_dataset(store)
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
    text = "\n".join(show(line) for line in (*found.problems, line))
    _write(runtime, encode(document) if options.as_json else text)
    if found.problems:
        raise typer.Exit(ExitCode.UNREADABLE)


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
            f"{plan.from_the_future} partitions were fetched later than now "
            f"({format_instant(now)}), and are fetched again: was the clock set back?"
        )


def _describe_remarks(tally: Tally) -> Iterator[str]:
    for text, found in tally.remarks.items():
        days = sorted(set(found))
        others = f" and {len(days) - 1} other days" if days[1:] else ""
        yield f"{days[0]}{others}: {text}"


def _summarise(
    manifest: Manifest,
    plan: Plan,
    tally: Tally,
    warnings: Sequence[str],
    options: ExportOptions,
    runtime: Runtime,
    now: datetime,
) -> None:
    """One line on what was done."""
    provisional = sum(
        any(
            entry and not entry.is_final(day, settle=options.settle, now=now)
            for entry in (manifest.find(table, day) for table in TABLES)
        )
        for day in tally.days
    )
    document = {
        "schema_version": 1,
        "report": "export",
        "directory": options.directory,
        "days_fetched": len(tally.days),
        "partitions": tally.partitions,
        "rows": tally.rows,
        "provisional_days": provisional,
        "edited": plan.edited,
        "warnings": list(warnings),
    }
    line = (
        f"{options.directory}: {len(tally.days)} days fetched, {tally.rows} rows in "
        f"{tally.partitions} partitions, {provisional} days provisional"
    )
    _write(runtime, encode(document) if options.as_json else show(line))


def _write(runtime: Runtime, text: str) -> None:
    write_output(None, runtime.stdout, lambda out: print(text, file=out))
