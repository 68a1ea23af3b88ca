"""Everything that may be asked of `export`."""

from datetime import timedelta
from typing import NamedTuple

from scenario_usage_cli.cli.options import ConnectionOptions, FilterOptions


class ExportOptions(NamedTuple):
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
