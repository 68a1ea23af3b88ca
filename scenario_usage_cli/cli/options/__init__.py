"""The options of the commands: each is declared once, and means the same everywhere.

Those that only `report`, `quota`, `restatements`, `export` or `config` have are in the modules of
these names.
"""

from typing import Any, cast

from scenario_usage_cli.cli.completion import SHELLS
from scenario_usage_cli.cli.option_groups import OptionGroup, argument, flag, option
from scenario_usage_cli.cli.parsers import (
    parse_count,
    parse_jobs,
    parse_limit,
    parse_port,
    parse_seconds,
)
from scenario_usage_cli.render import list_formats

_PERIOD, _FILTER, _OUTPUT, _CONNECTION = "Period", "Filters", "Output", "Connection"
_ARGUMENTS = "Arguments"
WHOLE_DAYS = ("7d", "30d", "90d", "4w", "12w", "1mo", "3mo", "6mo", "12mo", "1y")


def declare_format(command: str = "") -> Any:
    """The option for one of the formats of a command, or else for those of all commands."""
    formats = list_formats(command)
    return option(
        "--format -f FORMAT",
        f"{_list_words(formats)}. Default: as FILE is called, or table.",
        completed=formats,
    )


def declare_focus_version() -> Any:
    """The option for the version of FOCUS."""
    versions = ("1.2", "1.3", "1.4")
    return option(
        "--focus-version V",
        f"The version of FOCUS: {_list_words(versions)}. Default: {versions[0]}.",
        completed=versions,
    )


def declare_sections(*sections: str, by: str = "") -> Any:
    """The option for sections; `by` is the one that there is with --by only."""
    listed = f"{', '.join(sections)} or, with --by, {by}" if by else _list_words(sections)
    return option(
        "--section NAME",
        f"Only {listed}; repeatable, commas too.",
        completed=(*sections, by) if by else sections,
    )


def _list_words(words: tuple[str, ...]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"


def declare_cost_centres(panel: str | None = None) -> Any:
    """The option for a table of cost centres."""
    return option(
        "--cost-centres FILE",
        "The table of cost centres, in TOML; - is stdin. Default: [cost_centres] of the config "
        "file.",
        panel=panel,
    )


def declare_open() -> Any:
    """The option for what a browser can show."""
    return flag("--open", "Show the page of --format html in the browser.")


def declare_currency() -> Any:
    """The option for the currency of a price."""
    return option("--currency CODE", "The currency of the price, such as EUR.")


def base_url_option() -> Any:
    """What `--base-url` is, of whichever group."""
    return option("--base-url URL", "Another address.")


class SpanOptions(OptionGroup, panel=_PERIOD):
    """One way to name a period."""

    period: str | None = option(
        "--period P",
        "last-month, this-week, 2026-05-12, 2026-W20, 2026-Q2, may, 7d; more in `help periods`.",
        completed="spans",
    )
    last: str | None = option(
        "--last N",
        "24h is the last 24 hours; 7d, 4w, 3mo, 1y are whole days up to today. Default: 30d.",
        completed=("24h", *WHOLE_DAYS),
    )
    start: str | None = option(
        "--start DATE",
        'A day, "2026-05-12 08:30", now, or the beginning of any --period.',
        completed="dates",
    )
    end: str | None = option(
        "--end DATE", "As --start, included whole. Default: now.", completed="dates"
    )

    @property
    def is_given(self) -> bool:
        """Whether any of them names a period."""
        return any(value is not None for value in (self.start, self.end, self.last, self.period))


class TeamOptions(OptionGroup, panel=_FILTER):
    """Whose account is meant."""

    team: str | None = option(
        "--team NAME|ID", "Another team. Default: all teams of the key.", completed="teams"
    )


class PeriodOptions(SpanOptions):
    """The same with the zone in which its days begin."""

    tz: str | None = option(
        "--tz ZONE", "IANA zone in which days begin. Default: UTC.", completed="zones"
    )


class FilterOptions(OptionGroup, panel=_FILTER):
    """Whose usage is meant; the API applies these."""

    project: list[str] | None = option(
        "--project -p NAME|ID", "Only this project; repeatable, commas too.", completed="projects"
    )
    user: list[str] | None = option(
        "--user -u NAME|ID",
        "Only this person or API key, by name, e-mail or id; repeatable, commas too.",
        completed="users",
    )
    team: str | None = option("--team NAME|ID", "Another team.", completed="teams")


class ModelFilterOptions(FilterOptions):
    """Whose usage of which models is meant."""

    model: list[str] | None = option(
        "--model NAME|ID",
        "Only these models, * as wildcard; repeatable, commas too.",
        completed="models",
    )


class TargetOptions(OptionGroup, panel=_OUTPUT):
    """The format and the target; all rows are shown, and there is no page."""

    format: str | None = declare_format()
    top = cast("int | None", None)
    show = False
    json: bool = flag("--json", "Short for --format json.")
    csv: bool = flag("--csv", "Short for --format csv.")
    output: str | None = option(
        "--output -o FILE", "Write there, whole or not at all; - is stdout."
    )


class StreamOptions(TargetOptions):
    """The same of rows that are written while they are fetched."""

    format: str | None = declare_format("activity")
    cu_price: str | None = option(
        "--cu-price PRICE",
        "What a CU costs: each cost gets its amount of money. list takes the list price.",
        completed=("list",),
    )
    currency: str | None = declare_currency()


class OutputOptions(StreamOptions):
    """How the data looks, and where it goes."""

    format: str | None = declare_format("list")
    show = False  # declared where there is a page
    sort: str | None = option(
        "--sort WHAT",
        "Sort rows by cost, jobs, count or name, in every format. A table without that figure "
        "keeps its order.",
        completed=("cost", "jobs", "count", "name"),
    )
    top: int | None = option(
        "--top N",
        "Rows per table, the rest summed as other; 0 shows all. Default: 20 in tables.",
        parse_count,
    )


class ListOutputOptions(OutputOptions):
    """How a list looks; it can be sorted by what it has."""

    sort: str | None = option(
        "--sort WHAT",
        "name, or another column: consumption, cap, cap-used, role, scope, status, last-used, "
        "idle; models by cost or jobs. Default: consumption, or cost.",
        completed="columns",
    )


class ConnectionOptions(OptionGroup, panel=_CONNECTION):
    """Where the data comes from, and how long to wait for it."""

    demo: bool = flag("--demo", "Ask the built-in studio; needs no credentials and no network.")
    base_url: str | None = base_url_option()
    timeout: float | None = option(
        "--timeout SECONDS",
        "Give up when nothing comes for so long, or a request takes ten times that. Default: 60.",
        parse_seconds,
    )
    retries: int | None = option(
        "--retries N", "How often a failed request is tried again. Default: 4.", parse_count
    )
    no_cache: bool = flag(
        "--no-cache", "Look up every name anew, and keep nothing for the next runs."
    )
    pseudonyms: bool = flag(
        "--pseudonyms",
        "People and API keys become aliases such as Person 48213377, the same in every run. Names "
        "of projects stay.",
        panel=_OUTPUT,
    )


class FetchOptions(ConnectionOptions):
    """The same for commands that may make several requests."""

    jobs: int | None = option(
        "--jobs N", "How many requests at a time, where it takes several. Default: 4.", parse_jobs
    )


class TrendOutputOptions(OutputOptions):
    """How a trend looks."""

    format: str | None = declare_format("trend")
    show: bool = declare_open()


class TrendOptions(OptionGroup, panel=_OUTPUT):
    """The options of `trend` alone."""

    by: str | None = option(
        "--by UNIT",
        "hour, day, week or month, as the zone has them. Default: by the period's length.",
        panel=_PERIOD,
        completed=("hour", "day", "week", "month"),
    )
    split: str | None = option(
        "--split WHAT",
        "total, model, kind, action, project, user or cost-centre: one series for each. "
        "Default: total.",
        completed=("total", "model", "kind", "action", "project", "user", "cost-centre"),
    )
    cost_centres: str | None = declare_cost_centres()
    heatmap: bool = flag(
        "--heatmap", "A calendar of days, the stronger the shade the more CU they cost."
    )


class CompareFilterOptions(ModelFilterOptions, panel=_OUTPUT):
    """The filters of `compare`, and its sections."""

    section: list[str] | None = declare_sections("consumption", "models", "assets", by="breakdown")


class CompareOutputOptions(OutputOptions):
    """How a comparison looks."""

    format: str | None = declare_format("compare")
    show: bool = declare_open()


class CompareOptions(OptionGroup, panel=_PERIOD):
    """The options of `compare` alone."""

    against: str | None = option(
        "--against P",
        "previous, year-ago or any --period. Default: previous.",
        completed="against",
    )
    by: str | None = option(
        "--by WHAT",
        "project, user or cost-centre: also the cost of each, in two queries apiece.",
        panel=_OUTPUT,
        completed=("project", "user", "cost-centre"),
    )
    cost_centres: str | None = declare_cost_centres(_OUTPUT)


class ActivityOptions(OptionGroup, panel=_FILTER):
    """The options of `activity` alone."""

    action: list[str] | None = option(
        "--action NAME", "Only events of this action; repeatable, commas too."
    )
    limit: int | None = option(
        "--limit N", "Only the newest N of what the other filters leave. Default: 100.", parse_limit
    )
    every: bool = flag("--all", "Every event of the period.")
    sort: str | None = option(
        "--sort WHAT",
        "cost: all events of the period are read, and --limit keeps those that cost most. jobs, "
        "count and name keep the order of time.",
        panel=_OUTPUT,
        completed=("cost", "jobs", "count", "name"),
    )


class DoctorOptions(OptionGroup, panel=_OUTPUT):
    """The options of `doctor` alone."""

    as_json: bool = flag("--json", "Print the findings as JSON.")


class SandboxOptions(OptionGroup):
    """The options of `sandbox` alone."""

    port: int = option(
        "--port PORT", "Where to listen; 0 takes any free port.", parse_port, default=8080
    )


class SchemaOptions(OptionGroup, panel=_ARGUMENTS):
    """The options of `schema` alone."""

    document: str | None = argument(
        "REPORT",
        "A command, such as report or list-projects, or config, for the config file; without one, "
        "list all.",
        default=None,
        completed="documents",
    )


class HelpOptions(OptionGroup, panel=_ARGUMENTS):
    """What only `help` is asked."""

    topic: str | None = argument(
        "TOPIC",
        "A topic or a command; without one, list them.",
        default=None,
        completed="topics",
    )
    command: str | None = argument(
        "COMMAND", "One of the commands of list or config.", default=None, completed="subcommands"
    )


class CompletionOptions(OptionGroup):
    """The options of `completion` alone."""

    shell: str | None = argument("SHELL", f"{_list_words(SHELLS)}.", default=None, completed=SHELLS)
