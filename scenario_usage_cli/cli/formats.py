"""What is shown and in which format: what options, environment and profile say."""

from scenario_usage_cli.cli.choices import parse_names
from scenario_usage_cli.cli.options import OutputOptions
from scenario_usage_cli.cli.output import is_stdout, write_output
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.collect.sections import SECTIONS
from scenario_usage_cli.errors import BadArgument, ConfigurationError
from scenario_usage_cli.render import Renderer
from scenario_usage_cli.report.view import View
from scenario_usage_cli.settings import Settings


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


def write_view(view: View, render: Renderer, options: OutputOptions, runtime: Runtime) -> None:
    """Put a view where --output says; raises ConfigurationError where that cannot be done."""
    medium = runtime.build_medium(to_stdout=is_stdout(options.output), top=options.top)
    write_output(options.output, runtime, lambda out: render(view, out, medium))


def parse_sections(
    values: list[str] | None, known: tuple[str, ...] = SECTIONS
) -> tuple[str, ...] | None:
    """The sections that --section names, in the order in which they are shown; None for all.

    Raises BadArgument for one that is not among the `known`.
    """
    return parse_names("--section", values, known)


def check_models(models: tuple[str, ...], sections: tuple[str, ...] | None) -> None:
    """Raises BadArgument where --model narrows a section that --section leaves out."""
    if models and sections and not {"models", "breakdown"} & set(sections):
        raise BadArgument(
            "--model narrows the section models, which --section leaves out",
            hint="add --section models, or leave --model out",
        )
