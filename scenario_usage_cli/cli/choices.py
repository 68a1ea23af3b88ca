"""Words that options give a choice of, whatever their case."""

from difflib import get_close_matches

from scenario_usage_cli.cli.options import StreamOptions, split_values
from scenario_usage_cli.errors import BadArgument


def read_format(options: StreamOptions) -> str | None:
    """The format that the options name; raises BadArgument for two of them."""
    given = {
        "--json": "json" if options.json else None,
        "--csv": "csv" if options.csv else None,
        "--format": options.format and options.format.lower(),
    }
    named = [option for option, value in given.items() if value]
    if len({value for value in given.values() if value}) > 1:
        raise BadArgument(
            f"{' and '.join(named)} ask for different formats", hint="give one of them only"
        )
    return next((given[option] for option in named), None)


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
