"""The options that commands share: each is defined once, and means the same everywhere."""

import inspect
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import Annotated, Any, get_type_hints

import typer
from typer.core import TyperCommand

from scenario_usage_cli import __version__
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.errors import BadArgument

_PERIOD, _FILTER, _OUTPUT, _CONNECTION = "Period", "Filters", "Output", "Connection"


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"scenario-usage {__version__}")
        raise typer.Exit


def _parse_count(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise typer.BadParameter(f"{text!r} is no whole number of 0 or more")
    return int(text[:9])


def _parse_seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise typer.BadParameter(f"{text!r} is no number of seconds above 0")
    return seconds


def parse_port(text: str) -> int:
    """A TCP port, 0 for any free one."""
    port = _parse_count(text)
    if port > 65535:
        raise typer.BadParameter(f"{text!r} is no port: they end at 65535")
    return port


Version = Annotated[
    bool,
    typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version."),
]
Verbose = Annotated[bool, typer.Option("--verbose", help="Show each request and tracebacks.")]
ProfileName = Annotated[
    str | None, typer.Option("--profile", metavar="NAME", help="The profile of the config file.")
]


@dataclass(frozen=True)
class GlobalOptions:
    """These stand before the command or after it."""

    profile: ProfileName = None
    verbose: Verbose = False
    version: Version = False


@dataclass(frozen=True)
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


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class OutputOptions:
    """How the data looks, and where it goes."""

    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            rich_help_panel=_OUTPUT,
            help="table, json, csv, tsv or markdown. Default: table.",
        ),
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
    top: Annotated[
        int | None,
        typer.Option(
            "--top",
            metavar="N",
            parser=_parse_count,
            rich_help_panel=_OUTPUT,
            help="Rows per table, the rest summed as other; 0 shows all. Default: 20.",
        ),
    ] = None


@dataclass(frozen=True)
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
            parser=_parse_seconds,
            rich_help_panel=_CONNECTION,
            help="Give up when nothing comes for so long. Default: 60.",
        ),
    ] = None
    retries: Annotated[
        int | None,
        typer.Option(
            "--retries",
            metavar="N",
            parser=_parse_count,
            rich_help_panel=_CONNECTION,
            help="How often a failed request is tried again. Default: 4.",
        ),
    ] = None


class GroupedHelp(TyperCommand):
    """A command whose help shows its options in groups, as plain text for any terminal."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write a section per group, the options without one last."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None:
                group = getattr(param, "rich_help_panel", None) or "Other options"
                groups.setdefault(group, []).append(record)
        groups |= {"Other options": groups.pop("Other options")}
        for group, records in groups.items():
            with formatter.section(group):
                formatter.write_dl(records)


def build_app() -> typer.Typer:
    """An empty app for the commands of one module."""
    return typer.Typer(add_completion=False, rich_markup_mode=None)


def define_command(app: typer.Typer, name: str) -> Callable[[Callable[..., None]], None]:
    """Register a function as a command. Its first parameter is the Runtime; each parameter
    annotated with one of the classes above stands for all the options of that class.
    """

    def register(function: Callable[..., None]) -> None:
        groups: dict[str, Any] = {}
        parameters = [
            inspect.Parameter("ctx", _KEYWORD, annotation=typer.Context),
        ]
        hints = get_type_hints(function, include_extras=True)
        for parameter in list(inspect.signature(function).parameters.values())[1:]:
            hint = hints[parameter.name]
            if is_dataclass(hint):
                groups[parameter.name] = hint
                parameters += _expand(hint)
            else:
                parameters.append(parameter.replace(annotation=hint, kind=_KEYWORD))
        parameters += _expand(GlobalOptions)

        def run(**values: Any) -> None:
            ctx: typer.Context = values.pop("ctx")
            _refuse_empty(ctx)
            runtime: Runtime = ctx.obj
            runtime.verbose |= values.pop("verbose")
            runtime.profile = values.pop("profile") or runtime.profile
            del values["version"]
            filled = {
                group: options(**{field.name: values.pop(field.name) for field in fields(options)})
                for group, options in groups.items()
            }
            function(runtime, **filled, **values)

        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # inspect reads it
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        run.__doc__ = function.__doc__
        app.command(name, cls=GroupedHelp)(run)

    return register


def _refuse_empty(ctx: typer.Context) -> None:
    """An option given as empty text is most often a variable that was not set."""
    for parameter in ctx.command.params:
        value = ctx.params.get(parameter.name or "")
        texts = value if isinstance(value, list | tuple) else [value]
        if any(isinstance(text, str) and not text.strip(", ") for text in texts):
            raise BadArgument(
                f"{parameter.opts[0]} is empty", hint="give it a value, or leave it out"
            )
        if any(isinstance(text, str) and not _is_text(text) for text in texts):
            raise BadArgument(f"{parameter.opts[0]} is not text", hint="write it in UTF-8")


def _is_text(text: str) -> bool:
    """Whether it can be encoded: bytes that are no UTF-8 come in as lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def split_values(values: list[str] | None) -> tuple[str, ...]:
    """A repeatable option that takes commas too, as its single values."""
    return tuple(
        text for value in values or () for part in value.split(",") if (text := part.strip())
    )


_KEYWORD = inspect.Parameter.KEYWORD_ONLY


def _expand(options: Any) -> list[inspect.Parameter]:
    hints = get_type_hints(options, include_extras=True)
    return [
        inspect.Parameter(
            field.name,
            _KEYWORD,
            default=inspect.Parameter.empty if field.default is MISSING else field.default,
            annotation=hints[field.name],
        )
        for field in fields(options)
    ]
