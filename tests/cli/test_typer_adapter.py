"""What is built on Typer's inside: it must be noticed when a new Typer has another one."""

from collections.abc import Iterator
from typing import Annotated, Any

import pytest
import typer
from typer.core import TyperCommand

from scenario_usage_cli.cli.app import COMMANDS, find_declared
from scenario_usage_cli.cli.option_groups import OptionGroup, argument, flag, option
from scenario_usage_cli.cli.parsers import parse_count
from scenario_usage_cli.cli.typer_adapter import PlainCommand, build_command, spread
from tests.support import run


class Given(OptionGroup, panel="Things"):
    """An option of each kind."""

    thing: str = argument("THING", "One that must be there.")
    other: str | None = argument("OTHER", "One that need not.", default=None)
    text: str | None = option("--text -t TEXT", "Text.")
    texts: list[str] | None = option("--texts TEXT", "Texts.")
    number: int | None = option("--number N", "Parsed.", parse_count)
    default: int = option("--default N", "Parsed, unless it is the default.", int, default=7)
    wanted: bool = flag("--wanted", "A flag.")


def fill(command_class: type[TyperCommand], *argv: str) -> Any:
    """What a command of this class has in its group, or how it refuses the command line."""
    seen: list[Given] = []
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command(cls=command_class)(spread(lambda ctx, given: seen.append(given), {"given": Given}))
    try:
        typer.main.get_command(app)(args=list(argv), standalone_mode=False)
    except typer.TyperException as error:
        return error.format_message()
    [given] = seen
    return {name: getattr(given, name) for name in Given.declared}


@pytest.mark.parametrize(
    "argv",
    [
        ("x",),
        ("x", "-t", "a", "--texts", "b", "--texts", "c", "--number", "1", "--wanted"),
        ("x", "--text", "", "--texts", "", "--default", "8"),
        (),
        ("x", "--number", "many"),
        ("x", "--text"),
        ("x", "y"),
        ("x", "y", "z"),
    ],
    ids=" ".join,
)
def test_values_are_what_typer_makes_of_them(argv: tuple[str, ...]) -> None:
    """It is the way to the value that is shorter, not the value that differs."""
    assert fill(PlainCommand, *argv) == fill(TyperCommand, *argv)


def test_a_parser_that_fails_is_a_refusal_and_no_bug() -> None:
    """A plain ValueError too, as Typer has it, without pydantic's words before it."""
    expected = "Invalid value for '--default': invalid literal for int() with base 10: 'x'"
    assert fill(PlainCommand, "x", "--default", "x") == expected


def test_every_option_of_every_command_is_converted_plainly() -> None:
    """Also those of the group: one that is not makes every start import pydantic."""

    def list_params() -> Iterator[tuple[str, Any]]:
        for name in COMMANDS:
            command = build_command(name, find_declared(name))
            with typer.Context(command) as ctx:
                yield from ((f"{name} {param.name}", param) for param in command.get_params(ctx))

    slow = [
        name
        for name, param in list_params()
        if type(param.get_runtime_param()).__name__ != "_PlainConversion"
    ]
    assert slow == []


@pytest.mark.parametrize("annotation", [str, list[str]])
def test_the_callback_of_a_text_is_called(annotation: Any) -> None:
    """A conversion of ours leaves the rest of what Typer does with a value alone."""
    seen: list[Any] = []
    app = typer.Typer(add_completion=False)

    def keep(value: Any) -> Any:
        seen.append(value)
        return value

    @app.command(cls=PlainCommand)
    def command(value: Annotated[annotation, typer.Option(callback=keep)]) -> None: ...

    typer.main.get_command(app)(args=["--value", "x"], standalone_mode=False)

    assert seen == [["x"] if annotation == list[str] else "x"]


def test_what_would_need_pydantic_is_refused_when_it_is_declared() -> None:
    """A number without a parser of ours would be converted, and the start be slower by a third."""

    class Counted(OptionGroup):
        count: int | None = option("--count N", "How many.")

    with pytest.raises(TypeError, match=r"count: .*needs a parser"):
        spread(lambda ctx, counted: None, {"counted": Counted})


def test_an_option_of_a_child_takes_the_place_of_its_parents() -> None:
    """Help keeps the order, and nothing is told twice."""

    class Child(Given):
        text: str | None = option("--text TEXT", "Another text.")
        more: bool = flag("--more", "One more.", panel="Elsewhere")

    assert list(Child.declared) == [*Given.declared, "more"]
    assert [Child.declared[name].info.rich_help_panel for name in ("text", "more")] == [
        "Things",
        "Elsewhere",
    ]
    assert Child(thing="x", number=3, wanted=True).list_given() == ["THING", "--number", "--wanted"]


def test_commands_are_listed_in_order_and_suggested() -> None:
    """Typer suggests from the names alone, before any command is imported."""
    expected = "error: No such command 'repotr'. Did you mean 'report', 'export'?"
    assert run("repotr").error == expected
