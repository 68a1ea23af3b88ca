"""From the text of an option to its value: numbers, durations, choices and lists."""

import re
from datetime import timedelta
from difflib import get_close_matches

import typer

from scenario_usage_cli.errors import BadArgument

_MOST = 10**9
_MOST_JOBS = 32
_DURATION = re.compile(r"([0-9]{1,100})(s|m|h|d|w)")
_LONGEST = timedelta(days=999_999)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_count(text: str) -> int:
    """A whole number that is not negative."""
    if not (text.isascii() and text.isdigit()):
        raise typer.BadParameter(f"{text!r} is not a whole number of 0 or more")
    return min(int(text.lstrip("0")[:10] or "0"), _MOST)


def parse_jobs(text: str) -> int:
    """A number of requests at a time, at least one."""
    jobs = parse_count(text)
    if not 0 < jobs <= _MOST_JOBS:
        raise typer.BadParameter(f"{text!r} is not a number from 1 to {_MOST_JOBS}")
    return jobs


def parse_seconds(text: str) -> float:
    """A number of seconds above zero, with or without a fraction."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise typer.BadParameter(f"{text!r} is not a number of seconds above 0")
    return seconds


def parse_duration(text: str) -> timedelta:
    """A whole number, also 0, with a unit; nothing is longer than all of the calendar."""
    found = _DURATION.fullmatch(text.lower())
    if not found:
        raise typer.BadParameter(f"{text!r} is not a duration: write 90s, 5m, 12h, 3d or 2w")
    try:
        return min(timedelta(**{_UNITS[found[2]]: int(found[1])}), _LONGEST)
    except OverflowError:
        return _LONGEST


def parse_limit(text: str) -> int:
    """A number of rows, at least one."""
    limit = parse_count(text)
    if not limit:
        raise typer.BadParameter("0 rows would show nothing; --all shows every row")
    return limit


def parse_port(text: str) -> int:
    """A TCP port; 0 stands for any free one."""
    port = parse_count(text)
    if port > 65535:
        raise typer.BadParameter(f"{text!r} is not a port: the highest is 65535")
    return port


def split_values(values: list[str] | None) -> tuple[str, ...]:
    """The single values of a repeatable option that takes commas too, each once."""
    parts = (part.strip() for value in values or () for part in value.split(","))
    return tuple(dict.fromkeys(filter(None, parts)))


def check_choice(option: str, given: str | None, choices: tuple[str, ...]) -> str | None:
    """One of the `choices`, or None if nothing was given.

    Case does not matter, and `-` is the same as `_`. Raises BadArgument for another word.
    """
    if given is None:
        return None
    spelt = {_spell(choice): choice for choice in choices}
    if _spell(given) not in spelt:
        raise BadArgument(f"{option} {given!r} is not known", hint=f"one of {', '.join(choices)}")
    return spelt[_spell(given)]


def parse_names(
    option: str, values: list[str] | None, known: tuple[str, ...]
) -> tuple[str, ...] | None:
    """The names that a repeatable option gives, in the order of `known`; None if it is not given.

    Case does not matter, and `-` is the same as `_`. Raises BadArgument for an unknown name.
    """
    spelt = {_spell(name): name for name in known}
    wanted = [_spell(value) for value in split_values(values)]
    if values is not None and not wanted:
        raise BadArgument(f"{option} names nothing", hint=f"one of {', '.join(known)}")
    for name in wanted:
        if name not in spelt:
            near = [spelt[one] for one in get_close_matches(name, spelt, n=1)] or known
            raise BadArgument(f"{option} {name!r} is not known", hint=f"try {', '.join(near)}")
    return tuple(name for spelling, name in spelt.items() if spelling in wanted) or None


def _spell(name: str) -> str:
    return name.replace("-", "_").lower()
