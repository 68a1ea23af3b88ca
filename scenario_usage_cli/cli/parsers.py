"""From the text of an option to its value: numbers, durations, words out of a few, lists."""

import re
from datetime import timedelta
from difflib import get_close_matches

import typer

from scenario_usage_cli.errors import BadArgument

_MOST = 10**9
_MOST_JOBS = 32
_DURATION = re.compile(r"([0-9]{1,6})(s|m|h|d|w)")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_count(text: str) -> int:
    """A whole number that is not negative."""
    if not (text.isascii() and text.isdigit()):
        raise typer.BadParameter(f"{text!r} is no whole number of 0 or more")
    return min(int(text.lstrip("0")[:10] or "0"), _MOST)


def parse_jobs(text: str) -> int:
    """How many at a time: at least one."""
    jobs = parse_count(text)
    if not 0 < jobs <= _MOST_JOBS:
        raise typer.BadParameter(f"{text!r} is no number from 1 to {_MOST_JOBS}")
    return jobs


def parse_seconds(text: str) -> float:
    """Seconds, fractions allowed, above zero."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise typer.BadParameter(f"{text!r} is no number of seconds above 0")
    return seconds


def parse_duration(text: str) -> timedelta:
    """A number and a unit, without fractions; 0 is a duration."""
    found = _DURATION.fullmatch(text.lower())
    if not found:
        raise typer.BadParameter(f"{text!r} is no duration: write 90s, 5m, 12h, 3d or 2w")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def parse_limit(text: str) -> int:
    """A number of rows, of which 0 would be none."""
    limit = parse_count(text)
    if not limit:
        raise typer.BadParameter(f"{text!r} rows are none; --all gives every one")
    return limit


def parse_port(text: str) -> int:
    """A TCP port, 0 for any free one."""
    port = parse_count(text)
    if port > 65535:
        raise typer.BadParameter(f"{text!r} is no port: they end at 65535")
    return port


def split_values(values: list[str] | None) -> tuple[str, ...]:
    """The single values of a repeatable option that takes commas too, each once."""
    parts = (part.strip() for value in values or () for part in value.split(","))
    return tuple(dict.fromkeys(filter(None, parts)))


def check_choice(option: str, given: str | None, choices: tuple[str, ...]) -> str | None:
    """One of a few words, whatever its case; None where none was given."""
    if given is None:
        return None
    if given.lower() not in choices:
        raise BadArgument(f"{option} {given!r} is not known", hint=f"one of {', '.join(choices)}")
    return given.lower()


def parse_names(
    option: str, values: list[str] | None, known: tuple[str, ...]
) -> tuple[str, ...] | None:
    """The names that a repeatable option gives, in the order of the `known`; None without any.

    Case does not matter, nor does `-` for `_`. Raises BadArgument for an unknown name.
    """
    wanted = [value.replace("-", "_").lower() for value in split_values(values)]
    if values is not None and not wanted:
        raise BadArgument(f"{option} names nothing", hint=f"one of {', '.join(known)}")
    for name in wanted:
        if name not in known:
            near = get_close_matches(name, known, n=1) or known
            raise BadArgument(f"{option} {name!r} is not known", hint=f"try {', '.join(near)}")
    return tuple(name for name in known if name in wanted) or None
