"""The format of the output: what options, the name of the file, environment and profile say."""

from pathlib import PurePath

from scenario_usage_cli.cli.options import TargetOptions
from scenario_usage_cli.errors import BadArgument, ConfigurationError
from scenario_usage_cli.render import FORMATS
from scenario_usage_cli.settings import Setting, Settings

_SUFFIXES = {
    ".xlsx": "xlsx",
    ".xls": "xls",
    ".parquet": "parquet",
    ".yml": "yaml",
    **{
        f".{name}": name
        for name in ("yaml", "xml", "pdf", "docx", "ods", "svg", "png", "gz", "zip", "zst", "bz2")
    },
    **{suffix: name for name, one in FORMATS.items() for suffix in one.suffixes},
}
"""What a file of this name must be. A command without this format refuses the name."""


def read_format(options: TargetOptions) -> Setting | None:
    """The format that the options name, or else the suffix of the file; None for neither.

    Raises BadArgument for two formats.
    """
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
    for option in named:
        return Setting(given[option] or "", "--format")
    suffix = PurePath(options.output or "").suffix.lower()
    return Setting(_SUFFIXES[suffix], f"--output {options.output}") if suffix in _SUFFIXES else None


def check_format(settings: Settings, formats: tuple[str, ...]) -> str:
    """The format to use: that of the settings, or the first of `formats`.

    Raises BadArgument for an unknown option, ConfigurationError for an unknown setting.
    """
    if settings.format is None:
        return formats[0]
    chosen, source = settings.format.value.lower(), settings.format.source
    if chosen not in formats:
        known = ", ".join(formats)
        if source.startswith("--output "):
            raise BadArgument(
                f"{source} is named as {chosen}, which is not a format of this command",
                hint=f"name it otherwise, or choose one with --format: {known}",
            )
        fault = BadArgument if source == "--format" else ConfigurationError
        raise fault(
            f"{source} {settings.format.value!r} is not a format of this command",
            hint=f"one of {known}",
        )
    return chosen
