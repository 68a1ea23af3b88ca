"""How options are declared: one line for each, as a field of the class of its group.

Groups are not dataclasses: to make those would cost 9 % of the instructions of `report --help`.
"""

import inspect
from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple, dataclass_transform

import typer

REQUIRED = inspect.Parameter.empty


Completed = tuple[str, ...] | str | None
"""What a shell may complete a value to: words, or the name of a list in `cli.completion.values`."""


class Declared(NamedTuple):
    """An option or argument: what Typer needs of it, its first name, its default and type."""

    info: Any
    name: str
    default: Any
    annotation: Any = None
    completed: Completed = None

    @property
    def is_flag(self) -> bool:
        """Whether it is an option without a value."""
        return self.annotation is bool

    @property
    def takes_several(self) -> bool:
        """Whether it may be repeated, and its value be several with commas between them."""
        return bool(self.annotation == list[str] | None)


@dataclass_transform(frozen_default=True, kw_only_default=True)
class OptionGroup:
    """Options that belong together.

    Each field of a subclass is an `option`, `flag` or `argument`; an instance has the values.
    --help lists a group under its panel, or its parent's.
    """

    declared: ClassVar[dict[str, Declared]] = {}
    panel: ClassVar[str | None] = None

    def __init_subclass__(cls, *, panel: str | None = None) -> None:
        cls.panel = panel or cls.panel
        cls.declared = dict(cls.declared)
        for field, annotation in inspect.get_annotations(cls).items():
            found: Declared = vars(cls)[field]
            found.info.rich_help_panel = found.info.rich_help_panel or cls.panel
            cls.declared[field] = found._replace(annotation=annotation)
            setattr(cls, field, found.default)

    def __init__(self, **values: Any) -> None:
        vars(self).update(values)

    def list_given(self) -> list[str]:
        """The first names of the options that differ from their defaults."""
        declared = self.declared.items()
        return [one.name for field, one in declared if getattr(self, field) != one.default]


def option(
    names: str,
    help: str,
    parse: Callable[[str], Any] | None = None,
    *,
    default: Any = None,
    panel: str | None = None,
    completed: Completed = None,
) -> Any:
    """An option with a value: a text, a list of texts, or what `parse` makes of a text.

    `names` is what stands in the help: "--output -o FILE". A FILE or DIR is completed as a path.
    """
    *flags, metavar = names.split()
    info = typer.Option(*flags, metavar=metavar, parser=parse, help=help, rich_help_panel=panel)
    return Declared(info, flags[0], default, completed=completed or _complete_paths(metavar))


def flag(
    names: str,
    help: str,
    callback: Callable[[bool], None] | None = None,
    *,
    panel: str | None = None,
) -> Any:
    """An option without a value; a callback is called before other options are read."""
    flags = names.split()
    info = typer.Option(
        *flags, callback=callback, is_eager=callback is not None, help=help, rich_help_panel=panel
    )
    return Declared(info, flags[0], default=False)


def argument(
    metavar: str, help: str, *, default: Any = REQUIRED, completed: Completed = None
) -> Any:
    """A text without the name of an option before it; it must be given if it has no default."""
    info = typer.Argument(metavar=metavar, help=help)
    return Declared(info, metavar, default, completed=completed or _complete_paths(metavar))


def stray_arguments() -> Any:
    """Texts that a command does not take, and that no message may repeat; help is silent on them.

    Without these, Typer would refuse them, and repeat them.
    """
    return Declared(typer.Argument(metavar="", hidden=True), "", None)


def _complete_paths(metavar: str) -> Completed:
    return "paths" if metavar in ("FILE", "DIR") else None
