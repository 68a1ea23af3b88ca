"""Text of an option to a number, refused by the name of the option and with the value."""

import typer

_MOST_JOBS = 32


def parse_count(text: str) -> int:
    """A whole number that is not negative."""
    if not (text.isascii() and text.isdigit()):
        raise typer.BadParameter(f"{text!r} is no whole number of 0 or more")
    return int(text[:9])


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
