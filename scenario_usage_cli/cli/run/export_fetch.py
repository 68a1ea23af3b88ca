"""The part of `export` that needs the API: fetch what is missing, or list the queries for it."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from scenario_usage_cli.api.client import Client
from scenario_usage_cli.cli.options import FetchOptions, FilterOptions
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.session import ApiSession, open_session
from scenario_usage_cli.collect.billing import find_only_team
from scenario_usage_cli.collect.breakdown import Breakdown
from scenario_usage_cli.collect.fetch import Effort, fetch_usage
from scenario_usage_cli.collect.hiding import hide_filters
from scenario_usage_cli.collect.identify import find_missing
from scenario_usage_cli.collect.known import name_projects
from scenario_usage_cli.collect.lookup import PATIENCE_S
from scenario_usage_cli.collect.request import Request
from scenario_usage_cli.collect.usage import Filters, Usage
from scenario_usage_cli.collect.workers import JOBS
from scenario_usage_cli.errors import ConfigurationError, ScenarioUsageError
from scenario_usage_cli.export.content import load_arrow
from scenario_usage_cli.export.disorder import mend_disorder
from scenario_usage_cli.export.fetcher import Fetcher, build_period
from scenario_usage_cli.export.inspect import inspect_dataset
from scenario_usage_cli.export.ledger import Ledger, complete_ledger
from scenario_usage_cli.export.lock import lock_store
from scenario_usage_cli.export.manifest import Manifest
from scenario_usage_cli.export.months import Merger, complete_merges
from scenario_usage_cli.export.plan import Plan
from scenario_usage_cli.export.request import ExportRequest
from scenario_usage_cli.export.tally import Tally
from scenario_usage_cli.export.writer import Writer
from scenario_usage_cli.report.focus.rows import FocusRows, Prices
from scenario_usage_cli.settings import Settings

if TYPE_CHECKING:
    from scenario_usage_cli.cost_centres import CostCentres

_KEPT = (
    "prices have changed: days that were exported before and are final keep their amounts; "
    "--repair fetches them again"
)
_TOO_FEW = (
    "no settled day was looked at again: a single day takes more than the {} "
    "queries of --check-queries; give it more"
)
_TOLERANCE = timedelta(minutes=5)
"""How far clocks may differ without a warning, as in `doctor`."""


def fetch_export(
    request: ExportRequest,
    read_request: Callable[[], ExportRequest],
    file_format: str,
    runtime: Runtime,
    settings: Settings,
    *,
    filters: FilterOptions,
    connection: FetchOptions,
    lock_timeout_s: float,
) -> tuple[Manifest, Plan, Tally]:
    """Fetch and write what is missing, under a lock.

    When the lock is held, the request is read again: time has passed, and another run may have
    done all of it.

    Raises the client's and the store's errors, and ConfigurationError where the extra for the
    format is missing.
    """
    if file_format == "parquet":
        load_arrow()  # to fail before anything is fetched or written
    with (
        open_session(runtime, settings, filters, connection) as session,
        lock_store(request.store, lock_timeout_s, request.now),
        runtime.show_progress() as tell,
    ):
        request = read_request()
        complete_ledger(request.store, request.find_manifest(), request.days.settle)
        complete_merges(request.store, request.find_manifest(), request.days.settle)
        manifest, plan, *_ = inspect_dataset(request)
        request.note_first_days(manifest)
        keeps_amounts = request.note_prices(manifest)
        fetcher, notes = _prepare(request, manifest, plan, session, connection, tell)
        is_new = not any(manifest.days.values())
        _note_account(manifest, session)
        if manifest.cost_centres and request.cost_centres and plan.stretches:
            _check_centres(request.cost_centres, fetcher.request, connection, is_new=is_new)
        doubts: list[str] = []

        def check(first: Usage, projects: Breakdown) -> None:
            if is_new:
                missing = find_missing([first], [projects] if projects.usages else [])
                doubts.extend(_check_ids(missing, first, fetcher, session))

        clock_was_ahead = False

        def tell_time() -> datetime:
            nonlocal clock_was_ahead
            now = _tell_time(request, session.client.server_time)
            clock_was_ahead |= now != request.now
            return now

        writer = Writer(
            request.store,
            manifest,
            ledger=Ledger(request.store, manifest, request.now),
            settle=request.days.settle,
            tell_time=tell_time,
            anew=request.repair,
        )
        _fetch_and_join(fetcher, writer, check, request)
        is_mended = request.repair and mend_disorder(request.store, manifest)
        if request.settle_prices(manifest, writer.written) or is_mended:
            writer.write_manifest()
        writer.tally.notes += notes
        if keeps_amounts:
            writer.tally.notes.append(_KEPT)
        if not writer.tally.rows:
            for doubt in doubts:
                writer.tally.remark(doubt, fetcher.period.start.date())
        writer.tally.clock_is_ahead = clock_was_ahead
        return manifest, plan, writer.tally


def _note_account(manifest: Manifest, session: ApiSession) -> None:
    """Note the team that all is of, if the key tells it at once.

    It is billed in rows of FOCUS, which are made of datasets with projects.
    """
    is_begun = any(manifest.days.values()) and not manifest.rebuilt_from
    if manifest.by_project and not manifest.focus and not is_begun:
        with suppress(ScenarioUsageError):
            team = find_only_team(session.client.hurry(PATIENCE_S), session.team_id)
            manifest.account = team._asdict()


def _fetch_and_join(
    fetcher: Fetcher,
    writer: Writer,
    check: Callable[[Usage, Breakdown], None],
    request: ExportRequest,
) -> None:
    """Fetch everything, and join the days of months that are settled by then."""
    merger = Merger(request.store, writer.manifest, request.days.settle)
    if request.converts(writer.manifest):
        merger.convert()
    fetcher.fetch(writer, check)
    if writer.manifest.by_month:
        merger.merge()
    writer.tally.months = merger.months


def _check_centres(
    centres: "CostCentres", request: Request, connection: FetchOptions, *, is_new: bool
) -> None:
    """Raises ConfigurationError for usage of two cost centres, before anything is written.

    The dataset would keep them: it stays with the cost centres that it was begun with.
    """
    from scenario_usage_cli.collect.cost_centre_dimension import check_overlaps

    try:
        check_overlaps(centres, request, Effort(jobs=connection.jobs or JOBS))
    except ConfigurationError as error:
        if not is_new:
            error.hint = "what was exported before keeps its cost centres: others need another DIR"
        raise


def _check_ids(missing: Filters, first: Usage, fetcher: Fetcher, session: ApiSession) -> list[str]:
    """Warnings of ids for which the first days have nothing and which cannot be looked up.

    Raises the errors of `Session.check_ids`, unless a later day has something.
    """
    try:
        return session.check_ids(missing)
    except ScenarioUsageError:
        asked = first.filters or Filters()
        doubtful = asked._replace(
            project_ids=missing.project_ids or asked.project_ids,
            user_ids=missing.user_ids or asked.user_ids,
        )
        all_days = fetch_usage(Request(session.client, fetcher.period, doubtful, first.sections))
        if find_missing([all_days]) != Filters():
            raise
        return []


def _tell_time(request: ExportRequest, server_time: datetime | None) -> datetime:
    """When the run began: by the API's clock if this machine's is ahead of it.

    So a day that is fetched too early is not taken for final.
    """
    is_ahead = server_time is not None and request.now - server_time > _TOLERANCE
    return server_time if server_time is not None and is_ahead else request.now


def list_export_queries(
    request: ExportRequest,
    manifest: Manifest,
    plan: Plan,
    runtime: Runtime,
    settings: Settings,
    *,
    filters: FilterOptions,
    connection: FetchOptions,
) -> list[str]:
    """The queries for what is missing, as paths; names of projects are looked up."""
    if manifest.file_format == "parquet":
        load_arrow()
    with open_session(runtime, settings, filters, connection) as session:
        fetcher, _ = _prepare(request, manifest, plan, session, connection)
        queries = [query.params() for query in fetcher.list_queries()]
    return [runtime.hide(f"/usages?{urlencode(parameters, safe=':,')}") for parameters in queries]


def _prepare(
    request: ExportRequest,
    manifest: Manifest,
    plan: Plan,
    session: ApiSession,
    connection: FetchOptions,
    tell: Callable[[int, int], None] = lambda done, known: None,
) -> tuple[Fetcher, list[str]]:
    """What fetches the plan, and notes for the user."""
    days = request.days
    filters = session.read_filters(build_period(days.first, days.last, request.now))
    centres = None
    request.agree_on_ids(manifest, hide_filters(filters, session.pseudonyms))
    if manifest.cost_centres and request.cost_centres:
        # Imported here, as few datasets have cost centres.
        from scenario_usage_cli.collect.cost_centres import Directory
        from scenario_usage_cli.export.centres import Centres

        directory = Directory(request.cost_centres, session.client, filters.team_id)
        aliases = session.pseudonyms
        centres = Centres(directory, aliases.reveal) if aliases else Centres(directory)
    fetcher = Fetcher(
        session.client,
        plan,
        filters,
        projects=name_projects(session.client, filters) if manifest.by_project else None,
        centres=centres,
        names=session.names,
        money=request.money if manifest.has_amounts else None,
        effort=Effort(jobs=connection.jobs or JOBS, progress=tell),
        now=request.now,
        pseudonyms=session.pseudonyms,
        focus=_prepare_focus(request, manifest, session.client, filters),
    )
    if fetcher.take_checks(request.check_queries):
        return fetcher, []
    return fetcher, [_TOO_FEW.format(request.check_queries)]


def _prepare_focus(
    request: ExportRequest, manifest: Manifest, client: Client, filters: Filters
) -> FocusRows | None:
    """What makes rows of FOCUS, if the dataset is of these; notes whose account it is."""
    if not manifest.focus:
        return None
    team = find_only_team(client, filters.team_id)
    request.agree_on_account(manifest, team.id)
    prices = Prices(request.money) if request.money and manifest.has_amounts else None
    return FocusRows(team, prices, manifest.focus["version"])
