"""Options and arguments that cost nothing where there is nothing to convert."""

from typing import Any

from typer.core import TyperArgument, TyperOption


class LazyOption(TyperOption):
    """An option."""

    def process_value(self, ctx: Any, value: Any) -> Any:
        """The value, converted if it has to be."""
        return value if _is_plain(self, value) else super().process_value(ctx, value)


class LazyArgument(TyperArgument):
    """An argument."""

    def process_value(self, ctx: Any, value: Any) -> Any:
        """The value, converted if it has to be."""
        return value if _is_plain(self, value) else super().process_value(ctx, value)


def make_lazy(params: list[Any]) -> list[Any]:
    """The parameters of a command as Typer built them, all of them lazy."""
    for param in params:
        param.__class__ = LazyOption if isinstance(param, TyperOption) else LazyArgument
    return params


def _is_plain(param: Any, value: Any) -> bool:
    """What was not given stays nothing, and text stays text. For everything else Typer builds a
    pydantic validator.
    """
    if value is None:
        return not param.required
    found = getattr(param, "type_descriptor", None)  # from Typer 0.29 on
    is_text = found is not None and found.annotation is str and not found.parameter_info.parser
    return is_text and isinstance(value, str)
