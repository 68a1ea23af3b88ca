"""From a function and its groups of options to a Typer command."""

import inspect
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, get_type_hints

import typer
from typer.core import TyperCommand

from scenario_usage_cli.cli.global_options import GlobalOptions
from scenario_usage_cli.cli.lazy_options import make_lazy
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.errors import BadArgument

_KEYWORD = inspect.Parameter.KEYWORD_ONLY


class GroupedHelp(TyperCommand):
    """A command whose help shows its options in groups, as plain text for any terminal."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Its own, and --help."""
        return make_lazy(super().get_params(ctx))

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write a section per group, the options without one last."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None:
                group = getattr(param, "rich_help_panel", None) or "Other options"
                groups.setdefault(group, []).append(record)
        groups |= {"Other options": groups.pop("Other options")}
        for group, records in groups.items():
            with formatter.section(group):
                formatter.write_dl(records)


def build_app() -> typer.Typer:
    """An empty app for the commands of one module."""
    return typer.Typer(add_completion=False, rich_markup_mode=None)


def define_command(app: typer.Typer, name: str) -> Callable[[Callable[..., None]], None]:
    """Register a function as a command. Its first parameter is the Runtime; each parameter
    annotated with a dataclass of options, as in `options`, stands for all of these.
    """

    def register(function: Callable[..., None]) -> None:
        groups: dict[str, Any] = {}
        parameters = [
            inspect.Parameter("ctx", _KEYWORD, annotation=typer.Context),
        ]
        hints = get_type_hints(function, include_extras=True)
        for parameter in list(inspect.signature(function).parameters.values())[1:]:
            hint = hints[parameter.name]
            if is_dataclass(hint):
                groups[parameter.name] = hint
                parameters += _expand(hint)
            else:
                parameters.append(parameter.replace(annotation=hint, kind=_KEYWORD))
        parameters += _expand(GlobalOptions)

        def run(**values: Any) -> None:
            ctx: typer.Context = values.pop("ctx")
            _refuse_empty(ctx)
            runtime: Runtime = ctx.obj
            runtime.verbose |= values.pop("verbose")
            runtime.profile = values.pop("profile") or runtime.profile
            del values["version"]
            filled = {
                group: options(**{field.name: values.pop(field.name) for field in fields(options)})
                for group, options in groups.items()
            }
            function(runtime, **filled, **values)

        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # inspect reads it
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        run.__doc__ = function.__doc__
        app.command(name, cls=GroupedHelp)(run)

    return register


def _refuse_empty(ctx: typer.Context) -> None:
    """An option given as empty text is most often a variable that was not set."""
    for parameter in ctx.command.params:
        value = ctx.params.get(parameter.name or "")
        texts = value if isinstance(value, list | tuple) else [value]
        if any(isinstance(text, str) and not text.strip(", ") for text in texts):
            raise BadArgument(
                f"{parameter.opts[0]} is empty", hint="give it a value, or leave it out"
            )
        if any(isinstance(text, str) and not _is_text(text) for text in texts):
            raise BadArgument(f"{parameter.opts[0]} is not text", hint="write it in UTF-8")


def _is_text(text: str) -> bool:
    """Whether it can be encoded: bytes that are no UTF-8 come in as lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _expand(options: Any) -> list[inspect.Parameter]:
    hints = get_type_hints(options, include_extras=True)
    return [
        inspect.Parameter(
            field.name,
            _KEYWORD,
            default=inspect.Parameter.empty if field.default is MISSING else field.default,
            annotation=hints[field.name],
        )
        for field in fields(options)
    ]
