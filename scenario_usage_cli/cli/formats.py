"""The format of the output: what options, environment and profile say."""

from scenario_usage_cli.cli.options import StreamOptions
from scenario_usage_cli.errors import BadArgument, ConfigurationError
from scenario_usage_cli.settings import Settings


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


def check_format(settings: Settings, formats: tuple[str, ...]) -> str:
    """The format to use, the first of `formats` by default.

    Raises BadArgument for an unknown option, ConfigurationError for an unknown setting.
    """
    if settings.format is None:
        return formats[0]
    chosen, source = settings.format.value.lower(), settings.format.source
    if chosen not in formats:
        fault = BadArgument if source == "--format" else ConfigurationError
        raise fault(
            f"{source} {settings.format.value!r} is not a format of this command",
            hint=f"one of {', '.join(formats)}",
        )
    return chosen
