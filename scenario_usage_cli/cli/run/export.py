"""What `export` does: find what is missing, fetch it, and say what was done."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scenario_usage_cli.cli.config.file import read_settings
from scenario_usage_cli.cli.money import read_money
from scenario_usage_cli.cli.options import (
    FetchOptions,
    FilterOptions,
    PeriodOptions,
    StreamOptions,
)
from scenario_usage_cli.cli.options.export import (
    DatasetOptions,
    DatasetPeriodOptions,
    ExportOptions,
)
from scenario_usage_cli.cli.parsers import check_choice, parse_names, split_values
from scenario_usage_cli.cli.run.export_days import check_age, read_days
from scenario_usage_cli.cli.run.export_output import write_queries, write_summary
from scenario_usage_cli.cli.run.export_warnings import list_warnings
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.clocks import whole_milliseconds
from scenario_usage_cli.errors import BadArgument, ConfigurationError
from scenario_usage_cli.export.layout import (
    ALL_TABLES,
    COST_AND_USAGE,
    FOCUS_FORMATS,
    FORMATS,
    TABLES,
    USUAL_TABLES,
)
from scenario_usage_cli.export.look import Look, glance
from scenario_usage_cli.export.manifest import Manifest, Scope
from scenario_usage_cli.export.open_store import open_store
from scenario_usage_cli.export.plan import Plan
from scenario_usage_cli.export.request import ExportRequest
from scenario_usage_cli.export.tally import Tally
from scenario_usage_cli.periods import Period
from scenario_usage_cli.report.words import count
from scenario_usage_cli.settings import Settings, find_base_url, is_loopback

if TYPE_CHECKING:
    from scenario_usage_cli.cost_centres import CostCentres
    from scenario_usage_cli.money import Money

_LOCK_TIMEOUT = timedelta(seconds=60)
_PARTITIONS = ("day", "month")
_CHECK_QUERIES = 20


def run_export(
    options: ExportOptions,
    runtime: Runtime,
    *,
    dataset: DatasetOptions,
    period: DatasetPeriodOptions,
    filters: FilterOptions,
    connection: FetchOptions,
) -> None:
    """Bring the dataset up to date, and print a summary.

    Raises ScenarioUsageError; what was fetched before stays in the dataset.
    """
    _check_options(options)
    is_focus = (dataset.file_format or "").lower() in FOCUS_FORMATS
    if is_focus or dataset.focus_version is not None:
        # Imported here, as few datasets are of FOCUS.
        from scenario_usage_cli.cli.run.export_focus import read_focus

        dataset = read_focus(dataset)
    settings = read_settings(runtime, PeriodOptions(), StreamOptions(), demo=connection.demo)
    store = open_store(dataset.directory)
    centres = None if is_focus else _find_centres(settings, dataset, runtime)
    money = _read_prices(settings, dataset)
    _hide_people(connection, settings, runtime)
    if options.lock_timeout is not None and store.lock_folder is None:
        raise BadArgument(
            f"--lock-timeout has no meaning for {store}, which has no lock",
            hint="leave it out, and let one run at a time write there",
        )

    # --verify compares the filters with those of the dataset only if some are given.
    looks_only = options.verify and not (
        filters.project or filters.user or filters.team or connection.demo
    )

    def ask_billing() -> Period:
        # Imported here, as most runs of a day ask nothing of the API.
        from scenario_usage_cli.cli.session import find_billing

        return find_billing(runtime, settings, filters, connection)()

    most_queries = _CHECK_QUERIES if options.check_queries is None else options.check_queries

    def read_request() -> ExportRequest:
        now = whole_milliseconds(runtime.now())
        days = read_days(period, dataset.settle, now, ask_billing=ask_billing)
        check_age(options.check_settled, days, now)
        return ExportRequest(
            store=store,
            tables=(COST_AND_USAGE,) if is_focus else _read_tables(dataset.datasets),
            days=days,
            scope=None if looks_only else _read_scope(filters, connection, settings, runtime),
            pseudonyms=runtime.pseudonyms,
            file_format=check_choice("--format", dataset.file_format, (*FORMATS, *FOCUS_FORMATS)),
            by_project=dataset.by_project,
            repair=options.repair,
            now=now,
            cost_centres=centres,
            centres_are_given=dataset.cost_centres is not None,
            money=money,
            by_month=_read_partition(dataset.partition),
            check_age=options.check_settled,
            check_queries=most_queries,
            is_focus=is_focus,
            focus_version=dataset.focus_version,
        )

    request = read_request()
    if options.verify:
        # Imported here, as only this reads every partition, and has to know all columns.
        from scenario_usage_cli.cli.run.export_verify import run_verify

        run_verify(request, dataset, period, options, runtime)
        return
    look = glance(request) or _inspect(request)
    manifest, plan, *_ = look
    tally = Tally()
    if look.has_work or options.dry_run or request.has_other_names(manifest):
        # Imported here, as most runs of a day find nothing to do without the client.
        from scenario_usage_cli.cli.run.export_fetch import fetch_export, list_export_queries

        if options.dry_run:
            _check_places(plan, request)
            queries = list_export_queries(
                request,
                manifest,
                plan,
                runtime,
                settings,
                filters=filters,
                connection=connection,
            )
            write_queries(queries, plan, options, runtime)
            return
        patience = _LOCK_TIMEOUT if options.lock_timeout is None else options.lock_timeout
        manifest, plan, tally = fetch_export(
            request,
            read_request,
            manifest.file_format,
            runtime,
            settings,
            filters=filters,
            connection=connection,
            lock_timeout_s=patience.total_seconds(),
        )
    warnings = list_warnings(
        manifest, plan, tally, tables=request.tables, centres=centres, money=money
    )
    if manifest.by_month or manifest.restatements:
        # Imported here, as most datasets have neither.
        from scenario_usage_cli.export.disorder import describe_disorder

        warnings += describe_disorder(request.store, manifest)
    warnings = [*map(runtime.hide, warnings)]
    for warning in warnings:
        runtime.warn(warning)
    _check_places(plan, request)
    provisional = sum(not _is_final(manifest, day, request.days.settle) for day in tally.days)
    write_summary(dataset.directory, plan, tally, provisional, warnings, options, runtime)


def _check_options(options: ExportOptions) -> None:
    """Raises BadArgument for options that contradict each other."""
    others = {
        "--repair": options.repair,
        "--dry-run": options.dry_run,
        "--check-settled": options.check_settled is not None,
    }
    for other, is_given in others.items():
        if options.verify and is_given:
            raise BadArgument(
                f"--verify and {other} contradict each other",
                hint="--verify only reads what is there",
            )
    if options.check_queries is not None and options.check_settled is None:
        raise BadArgument(
            "--check-queries needs --check-settled",
            hint="as in --check-settled 90d, which looks again at days up to that age",
        )


def _inspect(request: ExportRequest) -> Look:
    # Most runs of a day see by stamps that all is there, and need not wait for OpenSSL.
    from scenario_usage_cli.export.inspect import inspect_dataset

    return inspect_dataset(request)


def _hide_people(connection: FetchOptions, settings: Settings, runtime: Runtime) -> None:
    if connection.pseudonyms:
        # Imported here, as most datasets have no aliases.
        from scenario_usage_cli.cli.config.pseudonyms import open_pseudonyms

        open_pseudonyms(runtime, settings.config, connection)


def _find_centres(
    settings: Settings, dataset: DatasetOptions, runtime: Runtime
) -> CostCentres | None:
    if dataset.cost_centres is None and settings.config.cost_centres is None:
        return None
    # Imported here, as most runs of a day have no cost centres, and find nothing to do.
    from scenario_usage_cli.cli.config.cost_centres import find_cost_centres

    return find_cost_centres(settings.config, dataset.cost_centres, runtime)


def _read_prices(settings: Settings, dataset: DatasetOptions) -> Money | None:
    """The prices; the list price of a profile is for other commands, and refused as an option."""
    money = read_money(settings.config, dataset)
    if money is None or not money.is_list:
        return money
    if dataset.cu_price is not None:
        raise BadArgument(
            "an export takes no list price, which may be another one tomorrow",
            hint="give a price with --cu-price",
        )
    return None


def _read_partition(text: str | None) -> bool | None:
    """Whether months are to be one file; None if that is not said."""
    chosen = check_choice("--partition", text, _PARTITIONS)
    return None if chosen is None else chosen == "month"


def _read_scope(
    filters: FilterOptions, connection: FetchOptions, settings: Settings, runtime: Runtime
) -> Scope:
    """The source of the figures, and the filters."""
    base_url = find_base_url(runtime.environ, settings.config, option=connection.base_url)
    hide = runtime.pseudonyms and runtime.pseudonyms.alias
    return Scope(
        filters.team or settings.team,
        tuple(sorted(split_values(filters.project) or settings.projects)),
        tuple(sorted(hide(one).id if hide else one for one in split_values(filters.user))),
        "demo" if connection.demo else _name_source(base_url.value),
    )


def _read_tables(names: list[str] | None) -> tuple[str, ...]:
    return parse_names("--datasets", names, TABLES) or USUAL_TABLES


def _name_source(base_url: str) -> str:
    """The origin of the API; a server of this machine, whose port varies, is called loopback."""
    url = urlsplit(base_url)
    return "loopback" if is_loopback(url.hostname or "") else f"{url.scheme}://{url.netloc}"


def _check_places(plan: Plan, request: ExportRequest) -> None:
    """Raises ConfigurationError if a partition cannot be written; all others are written first."""
    for path, reason in plan.blocked.items():
        others = len(plan.blocked) - 1
        more = f", nor {count(others, 'other partition')}" if others else ""
        raise ConfigurationError(
            f"cannot write {request.store}/{path}{more}: {reason}",
            hint="move away what is there, or make it writable; everything else is exported",
        )


def _is_final(manifest: Manifest, day: date, settle: timedelta) -> bool:
    """Whether all partitions of a day are final."""
    entries = [entry for table in ALL_TABLES if (entry := manifest.find(table, day))]
    return all(entry.is_final(day, settle) for entry in entries)
