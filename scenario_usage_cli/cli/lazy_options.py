"""Options and arguments that are converted without importing pydantic."""

from collections.abc import Callable
from typing import Any

from typer.core import TyperArgument, TyperOption


class LazyOption(TyperOption):
    """An option."""

    def process_value(self, ctx: Any, value: Any) -> Any:
        """The value, converted if it has to be."""
        convert = _find_conversion(self, value)
        return convert(value) if convert else super().process_value(ctx, value)


class LazyArgument(TyperArgument):
    """An argument."""

    def process_value(self, ctx: Any, value: Any) -> Any:
        """The value, converted if it has to be."""
        convert = _find_conversion(self, value)
        return convert(value) if convert else super().process_value(ctx, value)


def make_lazy(params: list[Any]) -> list[Any]:
    """The parameters of a command as Typer built them, all of them lazy."""
    for param in params:
        param.__class__ = LazyOption if isinstance(param, TyperOption) else LazyArgument
    return params


def _find_conversion(param: Any, value: Any) -> Callable[[Any], Any] | None:
    """What was not given stays nothing, text stays text, and what a parser of ours is for is
    what it says. For everything else Typer builds a pydantic validator.
    """
    if value is None:
        return None if param.required else _keep
    found = getattr(param, "type_descriptor", None)  # from Typer 0.29 on
    if found is None:
        return None
    if isinstance(value, str):
        return found.parameter_info.parser or (_keep if found.annotation is str else None)
    return list if found.annotation == list[str] else None


def _keep(value: Any) -> Any:
    return value
