"""The part of `export` that asks the API: fetch what is missing, or list what would be asked."""

from collections.abc import Callable
from urllib.parse import urlencode

from scenario_usage_cli.api.client import Client
from scenario_usage_cli.cli.export_target import Target
from scenario_usage_cli.cli.options import ConnectionOptions, FilterOptions
from scenario_usage_cli.cli.progress import show_progress
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.session import connect, read_filters
from scenario_usage_cli.collect.fetch import JOBS, Effort
from scenario_usage_cli.collect.projects import name_projects
from scenario_usage_cli.export.fetcher import Fetcher
from scenario_usage_cli.export.manifest import Manifest
from scenario_usage_cli.export.partitions import load_arrow
from scenario_usage_cli.export.plan import Plan
from scenario_usage_cli.export.tally import Tally
from scenario_usage_cli.export.writer import Writer
from scenario_usage_cli.settings import Settings


class Fetching:
    """How the API is reached for an export, and how hard it is asked.

    Raises ConfigurationError where the extra for the format is missing.
    """

    def __init__(
        self,
        runtime: Runtime,
        settings: Settings,
        connection: ConnectionOptions,
        filters: FilterOptions,
        jobs: int | None,
        file_format: str,
    ) -> None:
        if file_format == "parquet":
            load_arrow()  # to be missed before anything is asked for, or written
        self._runtime = runtime
        self._settings = settings
        self._connection = connection
        self._filters = filters
        self._jobs = jobs or JOBS

    def fetch(self, target: Target, *, lock_timeout_s: float) -> tuple[Manifest, Plan, Tally]:
        """Fetch and write what is missing, under a lock. What another run has done by then is
        not done again.
        """
        with (
            connect(self._runtime, self._settings.config, self._connection) as client,
            target.store.lock(lock_timeout_s),
            show_progress(self._runtime) as tell,
        ):
            manifest, plan = target.look()
            writer = Writer(
                target.store,
                manifest,
                settle=target.days.settle,
                now=target.now,
                anew=target.repair,
            )
            self._prepare(target, client, manifest, plan, tell).fetch(writer)
            return manifest, plan, writer.tally

    def list_queries(self, target: Target) -> list[str]:
        """What would be asked of the API, as paths; names of projects are looked up for it."""
        with connect(self._runtime, self._settings.config, self._connection) as client:
            fetcher = self._prepare(target, client, *target.look())
            queries = [query.params() for query in fetcher.list_queries()]
        return [f"/usages?{urlencode(parameters, safe=':,')}" for parameters in queries]

    def _prepare(
        self,
        target: Target,
        client: Client,
        manifest: Manifest,
        plan: Plan,
        tell: Callable[[int, int], None] = lambda done, known: None,
    ) -> Fetcher:
        filters = read_filters(self._filters, self._settings, client)
        return Fetcher(
            client,
            plan,
            filters,
            projects=name_projects(client, filters) if manifest.by_project else None,
            effort=Effort(jobs=self._jobs, progress=tell),
            now=target.now,
        )
