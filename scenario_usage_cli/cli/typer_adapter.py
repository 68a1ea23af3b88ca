"""Typer as this tool uses it: commands take groups of options, and pydantic is not imported.

Two things are done that Typer does not offer; tests/cli/test_typer_adapter.py fails where a new
Typer no longer lets them be done.

- A command takes whole groups of options. Typer reads them one by one from a signature, so that
  `spread` gives it a function with a signature made of the fields of the groups.
- Typer 0.29 and later convert values with pydantic, also values that were not given. `PlainCommand`
  gives each parameter a conversion without it. Typer's own would add 27 % to the instructions of
  `report --json` for a month (22 % to its time, in 40 pairs), and half of that if `api.body`
  imported pydantic and not only its core.
"""

import inspect
from collections.abc import Callable, Mapping
from itertools import starmap
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

from scenario_usage_cli import __version__
from scenario_usage_cli.cli.help_page import HelpPage, show_help, split_help, write_panels
from scenario_usage_cli.cli.option_groups import Declared, OptionGroup, flag, option
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.environment import ENV_API_SECRET, ENV_TOKEN
from scenario_usage_cli.errors import BadArgument

_SHORTEST_SECRET = 8
"""Shorter ones may be a part of any text."""
_TEXTS = (str, str | None, list[str] | None)
_KEYWORD = inspect.Parameter.KEYWORD_ONLY


def print_version(wanted: bool) -> None:
    """Print the version, and end, if that is wanted."""
    if wanted:
        typer.echo(f"scenario-usage {__version__}")
        raise typer.Exit


class GlobalOptions(OptionGroup):
    """The options that stand before a command or after it."""

    profile: str | None = option(
        "--profile NAME", "The profile of the config file.", completed="profiles"
    )
    verbose: bool = flag("--verbose", "Show each request and tracebacks.")
    version: bool = flag("--version -V", "Print the version.", print_version)


class Group(NamedTuple):
    """Commands under a common name."""

    help: str
    commands: Mapping[str, Callable[..., None]]
    examples: str | None = None


Level = Group | Callable[..., None]
"""Commands under a common name, or one command."""


class PlainCommand(HelpPage, TyperCommand):
    """A command whose help shows its options in panels, as plain text for any terminal."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters, including --help."""
        return convert_plainly(super().get_params(ctx))

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write a section per panel."""
        write_panels(self.get_params(ctx), ctx, formatter)


class PlainGroup(HelpPage, TyperGroup):
    """Commands under a common name, and the options that stand before the command's."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters, including --help."""
        return convert_plainly(super().get_params(ctx))


def build_command(name: str, declared: Level) -> Any:
    """The Typer command for a function, or for a group of functions.

    The first parameter of a function is the Runtime. Every other one is annotated with the class
    of a group of options, and gets an instance of it.
    """
    app = typer.Typer(name=name, cls=PlainGroup, add_completion=False, rich_markup_mode=None)
    if isinstance(declared, Group):
        add = app.callback(
            help=declared.help, epilog=declared.examples, invoke_without_command=True
        )
        add(show_help)
    functions = declared.commands if isinstance(declared, Group) else {name: declared}
    for own_name, function in functions.items():
        text, examples = split_help(function)
        add = app.command(own_name, cls=PlainCommand, help=text, epilog=examples)
        add(_build_callback(function))
    return typer.main.get_command(app)


def summarise(declared: Level) -> str:
    """The first line of the help of a command, or of several."""
    text = declared.help if isinstance(declared, Group) else inspect.getdoc(declared) or ""
    return text.partition("\n")[0]


def spread(
    function: Callable[..., None], groups: Mapping[str, type[OptionGroup]]
) -> Callable[..., None]:
    """A function with a signature that Typer can read; it calls `function` with the groups.

    Raises TypeError for a field that would need pydantic.
    """
    parameters = [inspect.Parameter("ctx", _KEYWORD, annotation=typer.Context)]
    for group in groups.values():
        parameters += starmap(_build_parameter, group.declared.items())

    def run(ctx: typer.Context, **values: Any) -> None:
        filled = {
            name: group(**{field: values[field] for field in group.declared})
            for name, group in groups.items()
        }
        function(ctx, **filled)

    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # inspect reads it
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


def convert_plainly(params: list[Any]) -> list[Any]:
    """Make parameters convert their values without pydantic, if possible; returns the same list."""
    for param in params:
        kind = getattr(param, "type_descriptor", None)  # from Typer 0.29 on
        if kind and (kind.parameter_info.parser or kind.annotation in (bool, str, list[str])):
            conversion = _PlainConversion(kind.parameter_info.parser)
            param.get_runtime_param = lambda conversion=conversion: conversion
    return params


class _PlainConversion(NamedTuple):
    """What Typer calls to convert the value of a parameter: a `RuntimeParam`."""

    parse: Callable[[str], Any] | None

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """The parsed text; anything else stays as it is."""
        if value is None and (param.multiple or param.nargs == -1):
            return ()
        try:
            return self.parse(value) if self.parse and isinstance(value, str) else value
        except ValueError as error:
            raise typer.BadParameter(str(error), ctx=ctx, param=param) from error


def read_groups(function: Callable[..., None]) -> dict[str, type[OptionGroup]]:
    """The groups of options that the function of a command takes, by the names of parameters."""
    _, *parameters = inspect.signature(function).parameters.values()
    return {parameter.name: parameter.annotation for parameter in parameters}


def _build_callback(function: Callable[..., None]) -> Callable[..., None]:
    groups = read_groups(function)

    def run(ctx: typer.Context, everywhere: GlobalOptions, **filled: Any) -> None:
        _refuse_unusable_text(ctx)
        runtime: Runtime = ctx.obj
        runtime.verbose |= everywhere.verbose
        runtime.profile = everywhere.profile or runtime.profile
        function(runtime, **filled)

    return spread(run, groups | {"everywhere": GlobalOptions})


def _build_parameter(field: str, one: Declared) -> inspect.Parameter:
    if not (one.info.parser or one.annotation is bool or one.annotation in _TEXTS):
        raise TypeError(f"{field}: {one.annotation} needs a parser, or Typer imports pydantic")
    parameter = inspect.Parameter(field, _KEYWORD, default=one.default)
    return parameter.replace(annotation=Annotated[one.annotation, one.info])


def _refuse_unusable_text(ctx: typer.Context) -> None:
    """Raises BadArgument for an empty text, for bytes that are not UTF-8, and for a secret.

    An empty text is most often a variable that is not set, and a secret one that was mistaken for
    another; headings and files would repeat it.
    """
    variables = map(ctx.obj.environ.get, (ENV_API_SECRET, ENV_TOKEN))
    secrets = [text for one in variables if len(text := (one or "").strip()) >= _SHORTEST_SECRET]
    for parameter in ctx.command.params:
        value = ctx.params.get(parameter.name or "")
        texts = value if isinstance(value, list | tuple) else [value]
        if any(isinstance(text, str) and not text.strip(", ") for text in texts):
            raise BadArgument(
                f"{parameter.opts[0]} is empty", hint="give it a value, or leave it out"
            )
        if any(isinstance(text, str) and not _is_text(text) for text in texts):
            raise BadArgument(f"{parameter.opts[0]} is not text", hint="write it in UTF-8")
        if any(isinstance(text, str) and secret in text for text in texts for secret in secrets):
            given = parameter.opts[0] if parameter.opts[0].startswith("-") else "an argument"
            raise BadArgument(
                f"{given} has the secret of the environment in it",
                hint="no option takes a secret: it is read from its variable",
            )


def _is_text(text: str) -> bool:
    """Whether a text can be encoded: bytes that are not UTF-8 arrive as lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
