"""The options that only `quota` has."""

from datetime import timedelta

from scenario_usage_cli.cli.option_groups import OptionGroup, flag, option
from scenario_usage_cli.cli.options import StreamOptions, declare_format, declare_open
from scenario_usage_cli.cli.parsers import parse_count, parse_duration


class QuotaOptions(OptionGroup, panel="Output"):
    """What `quota` shows in the place of limits."""

    backtest: bool = flag(
        "--backtest", "How the forecast did on the days of half a year, against a straight line."
    )


class OneTeamOptions(OptionGroup, panel="Filters"):
    """Which team's plan is meant."""

    team: str | None = option(
        "--team NAME|ID",
        "The team. Default: that of the profile, or the only one of the key.",
        completed="teams",
    )


class QuotaOutputOptions(StreamOptions):
    """How limits look, and where they go."""

    format: str | None = declare_format("quota")
    show: bool = declare_open()
    top: int | None = option(
        "--top N",
        "Caps of each kind, the fullest first; 0 shows all. Default: 20 in tables.",
        parse_count,
    )


class AlertOptions(OptionGroup, panel="Alerts"):
    """What a command fails for, although it has done what it was asked."""

    fail_over: list[str] | None = option(
        "--fail-over CU|PERCENT",
        "Exit with 8 if more than so many CU, or so much of a limit, is used: 5000 or 80%.",
    )
    on: list[str] | None = option(
        "--on WHAT",
        "What is compared: used, forecast, project, user, key, pack-expiry or budget; repeatable, "
        "commas too. Default: used.",
        completed=("used", "forecast", "project", "user", "key", "pack-expiry", "budget"),
    )


class LineOptions(OptionGroup, panel="Output"):
    """The plan in one line, and how old it may be."""

    line: bool = flag(
        "--line", "One line for a prompt or a bar, from an answer that is kept for a while."
    )
    line_format: str | None = option(
        "--line-format TEXT",
        "What the line says, as '{used} of {limit}, {runs_out}'; fields in `help prompt`.",
    )
    max_age: timedelta | None = option(
        "--max-age DURATION",
        "How old the answer of --line may be before it is asked again. Default: 15m.",
        parse_duration,
    )
