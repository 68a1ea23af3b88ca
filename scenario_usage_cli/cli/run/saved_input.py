"""Reading `--from`: a saved answer instead of the API's."""

import codecs
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from scenario_usage_cli.cli.options import FilterOptions, PeriodOptions
from scenario_usage_cli.cli.parsers import split_values
from scenario_usage_cli.cli.runtime import STDIN, Runtime
from scenario_usage_cli.cli.session import read_period
from scenario_usage_cli.collect.merge import NAMELESS, Merger
from scenario_usage_cli.collect.model_patterns import split_models
from scenario_usage_cli.collect.parts import Part
from scenario_usage_cli.collect.saved import Saved, load_saved
from scenario_usage_cli.collect.sections import SECTIONS
from scenario_usage_cli.collect.times import LONGEST_BUCKET
from scenario_usage_cli.collect.usage import Filters, Usage, give_names
from scenario_usage_cli.days import DAY
from scenario_usage_cli.errors import BadArgument, ConfigurationError, quote
from scenario_usage_cli.periods import parse_period
from scenario_usage_cli.settings import Settings

_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
LARGEST_FILE_BYTES = 512 * 1024 * 1024


def read_saved_usage(
    path: str,
    runtime: Runtime,
    settings: Settings,
    *,
    period: PeriodOptions,
    filters: FilterOptions,
    sections: tuple[str, ...] | None,
    models: tuple[str, ...],
    now: datetime,
    see: Callable[[Saved, Usage], None] = lambda saved, usage: None,
) -> Usage:
    """The usage in a saved file (`-` is stdin), which carries its own period and filters.

    A bare answer has the period and filters that the options name, or none. `see` is given the file
    and what was read of it. Raises ConfigurationError, UnreadableAnswer, and BadArgument for
    options that a file contradicts.
    """
    source = "stdin" if path == STDIN else path
    body = runtime.redactor.json_body(_read(path, runtime))
    if runtime.pseudonyms:
        runtime.pseudonyms.learn_answer(body)
    saved = load_saved(body, source=source)
    given = Filters(filters.team, split_values(filters.project), split_values(filters.user), models)
    wanted = sections or saved.sections or SECTIONS
    if saved.period is not None:
        if period.is_given or period.tz or given != Filters(models=models):
            raise BadArgument(
                f"{source} carries its own period and filters",
                hint="leave the options out; only --model and --section narrow a saved report",
            )
        never = [name for name in sections or () if name not in (saved.sections or SECTIONS)]
        if never:
            raise BadArgument(
                f"{source} has no section {never[0]}: it was saved without",
                hint=f"it has {', '.join(saved.sections or SECTIONS)}",
            )
        own = saved.filters or Filters()
        usage = Usage(wanted, saved.period, own._replace(models=models or own.models))
    else:
        named = read_period(period, settings, now) if period.is_given else None
        usage = Usage(wanted, named, given if given != Filters() else None)
    asked = saved.period and Part(saved.period.start, saved.period.end, wanted, given)
    longest = None if saved.is_one_answer else LONGEST_BUCKET
    Merger(usage).add(saved.answer, asked, source=source, longest=longest)
    split_models([usage])
    give_names([usage], saved.names)
    usage.notes += saved.notes
    usage.fetched_at = saved.fetched_at
    if saved.remarks is not None:
        usage.remarks = saved.remarks
    see(saved, usage)
    others = usage.consumption.keys() - {*given.user_ids, NAMELESS}
    if given.user_ids and others:
        raise BadArgument(
            f"{source} has rows of other users than --user names, such as {min(others)}",
            hint="--user says for whom a bare answer was fetched; it does not narrow the answer",
        )
    return usage


def refuse_date(
    path: str, now: datetime, *, kind: str = "file", reads: str = "a saved answer"
) -> None:
    """Raises ConfigurationError if --from was given a date or a period, and no such place."""
    if path == STDIN or Path(path).exists():
        return
    if option := _find_option(path, now):
        raise ConfigurationError(
            f"cannot read --from {path}: there is no such {kind}",
            hint=f"--from reads {reads}; for a date, use {option} {quote(path)}",
        )


def _find_option(text: str, now: datetime) -> str | None:
    """The option of a period that a text would be right for: --start for a day or an instant."""
    found = None
    with suppress(BadArgument):
        span = parse_period(period=text, zone=UTC, now=now)
        found = "--period"
        if span.length >= DAY:
            return found
    with suppress(BadArgument):
        parse_period(start=text, zone=UTC, now=now)
        return "--start"
    return found


def _read(path: str, runtime: Runtime) -> bytes:
    """The bytes of a file or of stdin; raises ConfigurationError for more than the largest file."""
    try:
        if path == STDIN:
            body = runtime.stdin.read(LARGEST_FILE_BYTES + 1)
        else:
            with Path(path).open("rb") as file:
                body = file.read(LARGEST_FILE_BYTES + 1)
    except OSError as error:
        raise ConfigurationError(
            f"cannot read --from {path}: {error.strerror}",
            hint="name a file of --save-raw, an answer of the API, or the DIR of an export",
        ) from error
    if len(body) > LARGEST_FILE_BYTES:
        raise ConfigurationError(
            f"--from {path} is larger than {LARGEST_FILE_BYTES // 1024**2} MB",
            hint="no answer of the API is that large; check that it is the right file",
        )
    return _as_utf8(body)


def _as_utf8(body: bytes) -> bytes:
    """The body in UTF-8 without a mark, although editors and PowerShell may write others.

    A body that cannot be decoded is left as it is, which is not JSON.
    """
    if body.startswith(_UTF16_MARKS):
        with suppress(UnicodeDecodeError):
            return body.decode("utf-16").encode()
    return body.removeprefix(codecs.BOM_UTF8)
