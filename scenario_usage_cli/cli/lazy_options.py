"""Options that cost nothing unless they are given."""

from typing import Any

from typer.core import TyperOption


class LazyOption(TyperOption):
    """What was not given is not converted: Typer would build a pydantic validator for it."""

    def process_value(self, ctx: Any, value: Any) -> Any:
        """The value, converted if there is one."""
        return None if value is None else super().process_value(ctx, value)


def make_lazy(params: list[Any]) -> list[Any]:
    """The parameters of a command as Typer built them, the options among them lazy."""
    for param in params:
        if isinstance(param, TyperOption):
            param.__class__ = LazyOption
    return params
