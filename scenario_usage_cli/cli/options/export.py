"""The options that only `export` has: the days, the dataset, and what a run does."""

from datetime import timedelta

from scenario_usage_cli.cli.option_groups import OptionGroup, argument, flag, option
from scenario_usage_cli.cli.options import (
    WHOLE_DAYS,
    SpanOptions,
    declare_cost_centres,
    declare_currency,
    declare_focus_version,
)
from scenario_usage_cli.cli.parsers import parse_count, parse_duration

DATASETS = (
    *("models", "assets", "actions", "moderation", "quality_gates"),
    *("consumption", "activity"),
)


class DatasetPeriodOptions(SpanOptions):
    """The days that `export` fetches, always of UTC; both ends may also be named alone."""

    last: str | None = option(
        "--last N", "7d, 4w, 3mo, 1y are whole days up to today.", completed=WHOLE_DAYS
    )
    start: str | None = option(
        "--start DATE", "The first day, or the beginning of any --period.", completed="periods"
    )
    since: str | None = option(
        "--since DATE",
        "As --start. Default: the dataset's first day; 31 days ago in a new one.",
        completed="periods",
    )
    until: str | None = option(
        "--until DATE",
        "The last day, included; also without --since. Default: today.",
        completed="periods",
    )


class DatasetOptions(OptionGroup, panel="Dataset"):
    """The dataset that `export` keeps."""

    directory: str = argument("DIR", "A folder, or a URL such as s3://bucket/usage.")
    datasets: list[str] | None = option(
        "--datasets NAMES",
        f"{', '.join(DATASETS)}; repeatable, commas too. Default: all but activity.",
        completed=DATASETS,
    )
    file_format: str | None = option(
        "--format -f FORMAT",
        "csv or parquet; focus or focus-parquet, of rows of FOCUS. Default: as DIR has it, csv in "
        "a new one.",
        completed=("csv", "parquet", "focus", "focus-parquet"),
    )
    focus_version: str | None = declare_focus_version()
    partition: str | None = option(
        "--partition UNIT",
        "day, or month: settled months become one file each. Default: as DIR has it.",
        completed=("day", "month"),
    )
    by_project: bool = flag(
        "--by-project", "Tell projects apart: columns project_id and project, one query for each."
    )
    cost_centres: str | None = declare_cost_centres()
    cu_price: str | None = option(
        "--cu-price PRICE", "What a CU costs: rows get amount and currency, in a new DIR only."
    )
    currency: str | None = declare_currency()
    settle: timedelta | None = option(
        "--settle DURATION",
        "Days younger than this are fetched again, as refunds come late. Default: 3d.",
        parse_duration,
    )


class ExportOptions(OptionGroup, panel="Run"):
    """What a run of `export` does."""

    repair: bool = flag("--repair", "Fetch again what somebody else has changed.")
    check_settled: timedelta | None = option(
        "--check-settled AGE",
        "Look again at final days up to this age (90d), those first that waited longest.",
        parse_duration,
    )
    check_queries: int | None = option(
        "--check-queries N", "At most so many queries of a run for that. Default: 20.", parse_count
    )
    verify: bool = flag(
        "--verify", "Check manifest, checksums, columns and gaps instead, without the network."
    )
    dry_run: bool = flag("--dry-run", "List the queries, and stop.")
    lock_timeout: timedelta | None = option(
        "--lock-timeout DURATION",
        "How long to wait for another run into DIR. Default: 60s.",
        parse_duration,
    )
    as_json: bool = flag("--json", "Print the summary as JSON.")
