"""The options that commands share: each is defined once, and means the same everywhere."""

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from scenario_usage_cli.cli.parsers import parse_count, parse_jobs, parse_seconds

_PERIOD, _FILTER, _OUTPUT, _CONNECTION = "Period", "Filters", "Output", "Connection"


ModelNames = Annotated[
    list[str] | None,
    typer.Option(
        "--model",
        metavar="NAME|ID",
        rich_help_panel=_FILTER,
        help="Only these models, * as wildcard; repeatable, commas too.",
    ),
]


@dataclass(frozen=True, eq=False, repr=False)
class PeriodOptions:
    """One way to name a period, and the zone in which its days begin."""

    start: Annotated[
        str | None,
        typer.Option(
            "--start",
            metavar="DATE",
            rich_help_panel=_PERIOD,
            help="ISO 8601, or now, today, yesterday.",
        ),
    ] = None
    end: Annotated[
        str | None,
        typer.Option(
            "--end",
            metavar="DATE",
            rich_help_panel=_PERIOD,
            help="As --start; a day, month or year is included whole. Default: now.",
        ),
    ] = None
    last: Annotated[
        str | None,
        typer.Option(
            "--last",
            metavar="N",
            rich_help_panel=_PERIOD,
            help="24h is the last 24 hours; 7d, 4w, 3mo, 1y are whole days up to today. "
            "Default: 30d.",
        ),
    ] = None
    period: Annotated[
        str | None,
        typer.Option(
            "--period",
            metavar="P",
            rich_help_panel=_PERIOD,
            help="today, yesterday, this-week, last-month, ..., 2026-05, 2026-Q2 or 2026.",
        ),
    ] = None
    tz: Annotated[
        str | None,
        typer.Option(
            "--tz",
            metavar="ZONE",
            rich_help_panel=_PERIOD,
            help="IANA zone in which days begin. Default: UTC.",
        ),
    ] = None

    @property
    def is_given(self) -> bool:
        """Whether any of them names a period."""
        return any(option is not None for option in (self.start, self.end, self.last, self.period))


@dataclass(frozen=True, eq=False, repr=False)
class FilterOptions:
    """What to narrow the figures to."""

    project: Annotated[
        list[str] | None,
        typer.Option(
            "--project",
            "-p",
            metavar="NAME|ID",
            rich_help_panel=_FILTER,
            help="Only this project; repeatable, commas too.",
        ),
    ] = None
    user: Annotated[
        list[str] | None,
        typer.Option(
            "--user",
            "-u",
            metavar="ID",
            rich_help_panel=_FILTER,
            help="Only this user or API key; repeatable, commas too.",
        ),
    ] = None
    team: Annotated[
        str | None,
        typer.Option("--team", metavar="ID", rich_help_panel=_FILTER, help="Another team."),
    ] = None


def format_option(formats: str) -> Any:
    """What declares --format, `formats` being those that the command knows, for people."""
    return typer.Option(
        "--format",
        "-f",
        metavar="FORMAT",
        rich_help_panel=_OUTPUT,
        help=f"{formats}. Default: table.",
    )


@dataclass(frozen=True, eq=False, repr=False)
class StreamOptions:
    """How rows that are written as they come look, and where they go."""

    format: Annotated[
        str | None,
        format_option("table, json, ndjson, csv, tsv or markdown"),
    ] = None
    json: Annotated[
        bool, typer.Option("--json", rich_help_panel=_OUTPUT, help="Short for --format json.")
    ] = False
    csv: Annotated[
        bool, typer.Option("--csv", rich_help_panel=_OUTPUT, help="Short for --format csv.")
    ] = False
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            rich_help_panel=_OUTPUT,
            help="Write there, whole or not at all; - is stdout.",
        ),
    ] = None


@dataclass(frozen=True, eq=False, repr=False)
class OutputOptions(StreamOptions):
    """How the data looks, and where it goes."""

    format: Annotated[
        str | None,
        format_option("table, json, csv, tsv or markdown"),
    ] = None
    top: Annotated[
        int | None,
        typer.Option(
            "--top",
            metavar="N",
            parser=parse_count,
            rich_help_panel=_OUTPUT,
            help="Rows per table, the rest summed as other; 0 shows all. Default: 20 in tables.",
        ),
    ] = None


@dataclass(frozen=True, eq=False, repr=False)
class ConnectionOptions:
    """Where the data comes from, and with how much patience."""

    demo: Annotated[
        bool,
        typer.Option(
            "--demo",
            rich_help_panel=_CONNECTION,
            help="Ask the built-in studio; needs no credentials and no network.",
        ),
    ] = False
    base_url: Annotated[
        str | None,
        typer.Option(
            "--base-url", metavar="URL", rich_help_panel=_CONNECTION, help="Another address."
        ),
    ] = None
    timeout: Annotated[
        float | None,
        typer.Option(
            "--timeout",
            metavar="SECONDS",
            parser=parse_seconds,
            rich_help_panel=_CONNECTION,
            help="Give up when nothing comes for so long, or a request takes ten times that. "
            "Default: 60.",
        ),
    ] = None
    retries: Annotated[
        int | None,
        typer.Option(
            "--retries",
            metavar="N",
            parser=parse_count,
            rich_help_panel=_CONNECTION,
            help="How often a failed request is tried again. Default: 4.",
        ),
    ] = None

    @property
    def given(self) -> list[str]:
        """The names of those that are given."""
        values = {
            "--demo": self.demo or None,
            "--base-url": self.base_url,
            "--timeout": self.timeout,
            "--retries": self.retries,
        }
        return [name for name, value in values.items() if value is not None]


@dataclass(frozen=True, eq=False, repr=False)
class JobsOption:
    """How many requests are under way at a time."""

    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs",
            metavar="N",
            parser=parse_jobs,
            rich_help_panel=_CONNECTION,
            help="How many requests at a time, where it takes several. Default: 4.",
        ),
    ] = None


def split_values(values: list[str] | None) -> tuple[str, ...]:
    """A repeatable option that takes commas too, as its single values, each once."""
    parts = (part.strip() for value in values or () for part in value.split(","))
    return tuple(dict.fromkeys(filter(None, parts)))
