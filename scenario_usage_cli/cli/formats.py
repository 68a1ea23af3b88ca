"""What is shown and in which format: what options, environment and profile say."""

from difflib import get_close_matches

from scenario_usage_cli.cli.options import OutputOptions, StreamOptions, split_values
from scenario_usage_cli.cli.output import is_stdout, write_output
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.collect.sections import SECTIONS
from scenario_usage_cli.errors import BadArgument, ConfigurationError
from scenario_usage_cli.render import Renderer
from scenario_usage_cli.report.view import View
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
            f"{source} {settings.format.value!r} is not a format",
            hint=f"one of {', '.join(formats)}",
        )
    return chosen


def write_view(view: View, render: Renderer, options: OutputOptions, runtime: Runtime) -> None:
    """Put a view where --output says; raises ConfigurationError where that cannot be done."""
    medium = runtime.build_medium(to_stdout=is_stdout(options.output), top=options.top)
    write_output(options.output, runtime.stdout, lambda out: render(view, out, medium))


def parse_sections(
    values: list[str] | None, known: tuple[str, ...] = SECTIONS
) -> tuple[str, ...] | None:
    """The sections that --section names, in the order in which they are shown; None for all.

    Raises BadArgument for one that is not among the `known`.
    """
    return parse_names("--section", values, known)


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


def check_models(models: tuple[str, ...], sections: tuple[str, ...] | None) -> None:
    """Raises BadArgument where --model narrows a section that --section leaves out."""
    if models and sections and not {"models", "breakdown"} & set(sections):
        raise BadArgument(
            "--model narrows the section models, which --section leaves out",
            hint="add --section models, or leave --model out",
        )


def check_choice(option: str, given: str | None, choices: tuple[str, ...]) -> str | None:
    """One of a few words, whatever its case; None where none was given."""
    if given is None:
        return None
    if given.lower() not in choices:
        raise BadArgument(f"{option} {given!r} is not known", hint=f"one of {', '.join(choices)}")
    return given.lower()
