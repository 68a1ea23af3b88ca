"""What is said about a command line that Typer refuses: what may have been meant, where to look."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import typer

from scenario_usage_cli.days import parse_days, parse_length
from scenario_usage_cli.environment import (
    ENV_API_KEY,
    ENV_API_SECRET,
    ENV_CONFIG,
)
from scenario_usage_cli.errors import quote
from scenario_usage_cli.render import FORMATS

_WISHES = {
    "since begin from-date start-date start-time after": ("--start",),
    "until to till end-date end-time before": ("--end",),
    "timezone time-zone zone utc-offset": ("--tz",),
    "group-by groupby breakdown split-by per": ("--by", "--split"),
    "granularity interval bucket resolution step every": ("--by",),
    "versus vs compare-to baseline previous": ("--against",),
    "email person api-key-id member": ("--user",),
    "out outfile out-file file save destination dest": ("--output",),
    "limit max max-rows rows count head n top": ("--top", "--limit"),
    "order order-by sort-by rank": ("--sort",),
    "type kind only show": ("--section", "--action"),
    "input in read load": ("--from",),
    "raw dump": ("--save-raw",),
    "debug trace log-level v": ("--verbose",),
    "url host endpoint server api-url": ("--base-url",),
    "parallel concurrency threads workers": ("--jobs",),
    "offline fake sample mock": ("--demo",),
}
"""What people try, and which option it is: the first of these that the command has."""

_SENTENCES = {
    "api-key key api-secret secret token jwt password": (
        f"no option takes a secret: run scenario-usage config init, or set {ENV_API_KEY} and "
        f"{ENV_API_SECRET}"
    ),
    "config config-file": f"set {ENV_CONFIG} to the path of the config file",
    "no-color no-colour color colour": "set NO_COLOR=1 or FORCE_COLOR=1 in the environment",
    "width columns": "set COLUMNS in the environment",
    "quiet silent q": "warnings go to stderr: 2>/dev/null leaves them out",
}
_FORMATS = {
    **{name: name for name in (*FORMATS, "parquet", "xlsx", "html", "pdf", "yaml", "xml")},
    **{word: name for name, one in FORMATS.items() for word in one.synonyms},
}
"""Names of formats, those that no command has as well; other names come with the usual one."""

_COMMANDS = {
    "usage usages cost costs spend summary show": "report",
    "project projects": "list projects",
    "person people user users member members team": "list people",
    "key keys api-key api-keys": "list keys",
    "model models": "list models",
    "daily history timeline chart graph plot": "trend",
    "diff versus": "compare",
    "events log logs audit": "activity",
    "quotas limit limits plan packs caps cap balance credits remaining left forecast": "quota",
    "dump backup sync download": "export",
    "check status ping whoami test": "doctor",
    "init setup configure login signin sign-in auth": "config init",
    "serve server demo mock": "sandbox",
    "settings profile profiles": "config",
    "docs man": "help",
}
_SUBCOMMANDS = {
    "list": {
        "user users member members person team": "people",
        "token tokens apikey apikeys api-key api-keys": "keys",
    },
    "config": {
        "add create new set login setup auth": "init",
        "get view print cat": "show",
        "profile profiles ls": "list",
        "switch select default": "use",
        "edit file where": "path",
    },
}
"""The same for commands below another."""
_LENGTHS = {"hours": "h", "days": "d", "weeks": "w", "months": "mo", "years": "y"}
_SPANS = {
    "month": "2026-05",
    "week": "2026-W20",
    "quarter": "2026-Q2",
    "year": "2026",
    "day": "2026-05-12",
    "date": "2026-05-12",
    "range": "2026-05-01..2026-05-15",
}
_OF_PERIODS = ("period", "last", "start", "end", "from", "tz", *_LENGTHS, *_SPANS)
_WISHES_OF_PERIODS = (("--start",), ("--end",), ("--tz",))
_ENDING = re.compile(r"(-ids?|-names?|s)$")


def explain_refusal(
    error: typer.TyperException, argv: Sequence[str], program: Any, today: date
) -> tuple[str, str]:
    """The message and the hint for an error of Typer about these words of a command line.

    `program` is the context of the whole, or None if it has not come so far.
    """
    message = error.format_message().rstrip(".")
    ctx = getattr(error, "ctx", None) or program
    if ctx is None:
        return message, "see scenario-usage --help"
    see = f"see {' '.join([ctx.command_path, *_find_subcommands(ctx, argv)])} --help"
    found = None
    if message.startswith("No such option"):
        message = f"No such option: {getattr(error, 'option_name', '')}"
        found = _find_option(getattr(error, "option_name", ""), argv, ctx, today)
    elif extra := re.search(r"unexpected extra argument\S* \((.*)\)$", message, re.DOTALL):
        message = f"unexpected argument: {extra[1]}"
        found = _find_place(extra[1], ctx, today)
    elif command := re.match(r"No such command '(.*?)'", message, re.DOTALL):
        found = _find_command(command[1], ctx, today)
    if found:
        return message, f"{found} S{see[1:]}" if found.endswith("?") else f"{found}; {see}"
    return message, see


def _find_subcommands(ctx: Any, argv: Sequence[str]) -> list[str]:
    """The names of the commands in a command line below one whose context is known."""
    found: list[str] = []
    command = ctx.command
    for word in argv:
        inner = command.get_command(ctx, word) if hasattr(command, "get_command") else None
        if inner is not None:
            found.append(word)
            command = inner
    return found


def _find_option(name: str, argv: Sequence[str], ctx: Any, today: date) -> str | None:
    """What may be meant by an option that a command does not have."""
    options = _list_options(ctx)
    word = name.lstrip("-").lower().replace("_", "-")
    value = _find_value(name, argv)
    if found := _look_up(_SENTENCES, word):
        return str(found)
    if found := _find_period(word, value, options, today):
        return found
    if "--period" not in options and (found := _explain_billing_period(word, ctx, today)):
        return found
    if word in _FORMATS and "--format" in options:
        return _ask_format(word, options)
    base = _ENDING.sub("", word)
    if wishes := _look_up(_WISHES, word) or _look_up(_WISHES, base):
        known = [wanted for wanted in wishes if wanted in options]
        known.sort(key=lambda wanted: value not in _list_words(options[wanted]))
        return _ask_option(known[0], value, options) if known else None
    if f"--{base}" in options:
        return _ask_option(f"--{base}", value, options)
    if near := get_close_matches(f"--{word}", options, n=2, cutoff=0.7):
        return _ask(" or ".join(near))
    if ctx.parent is None and (command := ctx.command.get_command(ctx, "report")) is not None:
        with typer.Context(command, info_name="report", parent=ctx) as inner:
            if name in _list_options(inner):
                return f"options follow the command, as in {inner.command_path} {name}"
    return None


def _explain_billing_period(word: str, ctx: Any, today: date) -> str | None:
    """What to use where somebody wants another period of a list that is about the running one."""
    is_list = ctx.parent is not None and ctx.parent.info_name == "list"
    is_option = word in _OF_PERIODS or _look_up(_WISHES, word) in _WISHES_OF_PERIODS
    if not is_list or not (is_option or _is_period(word, today)):
        return None
    by = "project" if ctx.info_name == "projects" else "user"
    report = f"{ctx.find_root().command_path} report --by {by}"
    return f"it tells the running billing period; {report} tells others"


def _find_period(word: str, value: str, options: Mapping[str, Any], today: date) -> str | None:
    """How to write --last-month, --days 7, --month 2026-05 or --from 2026-05-01."""
    if "--period" not in options:
        return None
    if word == "from" and "--from" not in options:
        is_date = not value or value[0].isdigit() or _is_period(value, today)
        other = "report --from reads a saved answer; this command asks the API"
        return _ask_option("--start", value, options) if is_date else other
    if word in _LENGTHS and value.isdigit():
        return _ask(f"--last {value}{_LENGTHS[word]}")
    if _is_period(word, today):
        return _ask(f"--period {word}")
    if word not in _SPANS:
        return None
    for text in (value, f"{word} {value}"):
        if _is_period(text, today):
            return _ask(f"--period {quote(text)}")
    if word == "month" and value.isdigit() and 1 <= int(value) <= 12:
        month = date(today.year - (int(value) > today.month), int(value), 1)
        return _ask(f"--period {month:%Y-%m}")
    return f"write --period, as in --period {_SPANS[word]}"


def _find_place(extra: str, ctx: Any, today: date) -> str | None:
    """What may be meant by words that stand where the command takes none."""
    options = _list_options(ctx)
    word = extra.lower().replace("-", "_")
    if "--period" in options and _is_period(extra, today):
        return _ask(f"--period {quote(extra)}")
    if "--period" not in options and (found := _explain_billing_period(extra, ctx, today)):
        return found
    if word in _FORMATS and "--format" in options:
        return _ask_format(word, options)
    for name in ("--section", "--split", "--by"):
        if name in options and word in _list_words(options[name]):
            return _ask(f"{name} {word}")
    with suppress(OSError, ValueError):  # too long, or with a zero byte
        if "--from" in options and Path(extra).is_file():
            return _ask(f"--from {quote(extra)}")
    return None


def _find_command(name: str, ctx: Any, today: date) -> str | None:
    """What may be meant by a command that there is not."""
    if ctx.parent is not None:
        inner = _look_up(_SUBCOMMANDS.get(ctx.info_name, {}), name.lower())
        return _ask(f"{ctx.command_path} {inner}") if inner else None
    if _is_period(name, today):
        return _ask(f"{ctx.command_path} report --period {quote(name)}")
    if command := _look_up(_COMMANDS, name.lower()):
        return _ask(f"{ctx.command_path} {command}")
    return None


def _list_options(ctx: Any) -> dict[str, Any]:
    """The options of a command, by each of their long names."""
    params = ctx.command.get_params(ctx)
    return {name: param for param in params for name in param.opts if name.startswith("--")}


def _list_words(option: Any) -> set[str]:
    """The words in the help of an option before its first point: those that it takes."""
    return set(re.findall(r"\w{3,}", re.split("[.;:]", option.help or "")[0]))


def _find_value(name: str, argv: Sequence[str]) -> str:
    """The value that was given to an option: behind `=`, or the next word."""
    for number, word in enumerate(argv):
        if word.startswith(f"{name}="):
            return word.partition("=")[2]
        if word == name and number + 1 < len(argv) and not argv[number + 1].startswith("-"):
            return argv[number + 1]
    return ""


def _is_period(text: str, today: date) -> bool:
    with suppress(ValueError, OverflowError):
        return bool(parse_days(text, today) or parse_length(text))
    return False


def _look_up(table: Mapping[str, Any], word: str) -> Any:
    """What a table has for a word that is among those of a key."""
    return next((value for words, value in table.items() if word in words.split()), None)


def _ask_option(name: str, value: str, options: Mapping[str, Any]) -> str:
    takes_value = value and not getattr(options[name], "is_flag", False)
    return _ask(f"{name} {quote(value)}" if takes_value else name)


def _ask_format(word: str, options: Mapping[str, Any]) -> str:
    """A question about a format, or those that there are."""
    name = _FORMATS[word]
    if name in _list_words(options["--format"]):
        return _ask(f"--format {name}")
    return f"the formats are {options['--format'].help.partition('.')[0]}"


def _ask(text: str) -> str:
    return f"did you mean {text}?"
