"""The part of `export` that asks the API: fetch what is missing, or list what would be asked."""

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlencode

from scenario_usage_cli.api.client import Client
from scenario_usage_cli.cli.export_options import ExportOptions
from scenario_usage_cli.cli.progress import show_progress
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.session import check_ids, connect, explain_team, read_filters
from scenario_usage_cli.collect.breakdown import Breakdown
from scenario_usage_cli.collect.fetch import Effort, fetch_usage
from scenario_usage_cli.collect.identify import find_missing
from scenario_usage_cli.collect.projects import name_projects
from scenario_usage_cli.collect.request import Request
from scenario_usage_cli.collect.usage import Filters, Usage
from scenario_usage_cli.collect.workers import JOBS
from scenario_usage_cli.errors import ScenarioUsageError
from scenario_usage_cli.export.content import load_arrow
from scenario_usage_cli.export.fetcher import Fetcher
from scenario_usage_cli.export.inspect import inspect_dataset
from scenario_usage_cli.export.lock import lock_store
from scenario_usage_cli.export.manifest import Manifest
from scenario_usage_cli.export.plan import Plan
from scenario_usage_cli.export.request import ExportRequest
from scenario_usage_cli.export.tally import Tally
from scenario_usage_cli.export.writer import Writer
from scenario_usage_cli.settings import Settings

_TOLERANCE = timedelta(minutes=5)
"""How far clocks may be apart without a word, as `doctor` has it."""


def fetch_export(
    request: ExportRequest,
    read_request: Callable[[], ExportRequest],
    file_format: str,
    options: ExportOptions,
    settings: Settings,
    runtime: Runtime,
    *,
    lock_timeout_s: float,
) -> tuple[Manifest, Plan, Tally]:
    """Fetch and write what is missing, under a lock.

    When the lock is held, the request is read again: time has passed, and another run may have
    done all of it.

    Raises the client's and the store's errors, and ConfigurationError where the extra for the
    format is missing.
    """
    if file_format == "parquet":
        load_arrow()  # to be missed before anything is asked for, or written
    with (
        connect(runtime, settings.config, options.connection) as client,
        explain_team(client, options.filters, settings),
        lock_store(request.store, lock_timeout_s, request.now),
        show_progress(runtime) as tell,
    ):
        request = read_request()
        manifest, plan = inspect_dataset(request)
        request.note_first_days(manifest)
        fetcher = _prepare(request, manifest, plan, options, settings, client, tell)
        is_new = not any(manifest.days.values())
        doubts: list[str] = []

        def check(first: Usage, projects: Breakdown) -> None:
            if is_new:
                missing = find_missing([first], [projects] if projects.usages else [])
                doubts.extend(_check_ids(missing, first, fetcher, options, settings, client))

        clock_was_ahead = False

        def tell_time() -> datetime:
            nonlocal clock_was_ahead
            now = _tell_time(request, client)
            clock_was_ahead |= now != request.now
            return now

        writer = Writer(
            request.store,
            manifest,
            settle=request.days.settle,
            tell_time=tell_time,
            anew=request.repair,
        )
        fetcher.fetch(writer, check)
        if not writer.tally.rows:
            for doubt in doubts:
                writer.tally.remark(doubt, fetcher.period.start.date())
        writer.tally.clock_is_ahead = clock_was_ahead
        return manifest, plan, writer.tally


def _check_ids(
    missing: Filters,
    first: Usage,
    fetcher: Fetcher,
    options: ExportOptions,
    settings: Settings,
    client: Client,
) -> list[str]:
    """Warnings of ids that nobody can tell, where the first days have nothing of them.

    Raises what is to be said of one that nobody knows, unless a later day has something.
    """
    try:
        return check_ids(client, missing, options.filters, settings)
    except ScenarioUsageError:
        asked = first.filters or Filters()
        doubtful = asked._replace(
            project_ids=missing.project_ids or asked.project_ids,
            user_ids=missing.user_ids or asked.user_ids,
        )
        all_days = fetch_usage(Request(client, fetcher.period, doubtful, first.sections))
        if find_missing([all_days]) != Filters():
            raise
        return []


def _tell_time(request: ExportRequest, client: Client) -> datetime:
    """When the run began; by the API's clock, where this machine's is ahead of it: what is fetched
    too early may not be taken for final.
    """
    server_time = client.server_time
    is_ahead = server_time is not None and request.now - server_time > _TOLERANCE
    return server_time if server_time is not None and is_ahead else request.now


def list_export_queries(
    request: ExportRequest,
    manifest: Manifest,
    plan: Plan,
    options: ExportOptions,
    settings: Settings,
    runtime: Runtime,
) -> list[str]:
    """What would be asked of the API, as paths; names of projects are looked up for it."""
    if manifest.file_format == "parquet":
        load_arrow()
    with (
        connect(runtime, settings.config, options.connection) as client,
        explain_team(client, options.filters, settings),
    ):
        fetcher = _prepare(request, manifest, plan, options, settings, client)
        queries = [query.params() for query in fetcher.list_queries()]
    return [f"/usages?{urlencode(parameters, safe=':,')}" for parameters in queries]


def _prepare(
    request: ExportRequest,
    manifest: Manifest,
    plan: Plan,
    options: ExportOptions,
    settings: Settings,
    client: Client,
    tell: Callable[[int, int], None] = lambda done, known: None,
) -> Fetcher:
    filters = read_filters(options.filters, settings, client)
    request.agree_on_projects(manifest, filters.project_ids)
    return Fetcher(
        client,
        plan,
        filters,
        projects=name_projects(client, filters) if manifest.by_project else None,
        effort=Effort(jobs=options.jobs or JOBS, progress=tell),
        now=request.now,
    )
