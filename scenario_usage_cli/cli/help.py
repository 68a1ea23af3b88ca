"""`scenario-usage help`: the topics, which are Markdown files in the folder `help`."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from scenario_usage_cli.cli.command import build_app, define_command
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.errors import BadArgument

app = build_app()


@define_command(app, "help")
def show_help(
    runtime: Runtime,
    topic: Annotated[
        str | None,
        typer.Argument(metavar="TOPIC", help="A topic or a command; without one, list them."),
    ] = None,
) -> None:
    """Explain a topic, or list the options of a command.

    scenario-usage help export
    """
    # Imported when it runs: the app imports this module, and --help does not wait for the rest.
    from scenario_usage_cli.cli.app import PROGRAM
    from scenario_usage_cli.cli.app import app as program
    from scenario_usage_cli.cli.output import write_output
    from scenario_usage_cli.render.help import render_help

    group: Any = typer.main.get_command(program)
    context = group.make_context(PROGRAM, [], resilient_parsing=True)
    topics = read_topics()
    name = (topic or "").lower().replace("_", "-")
    if not name:
        text = _format_list(context, topics)
    elif name in topics:
        medium = runtime.build_medium(to_stdout=True, top=None)
        write_output(None, runtime, lambda out: render_help(topics[name], out, medium))
        return
    elif command := group.get_command(context, name):
        text = command.get_help(
            command.make_context(name, [], parent=context, resilient_parsing=True)
        )
    else:
        raise _refuse(topic or "", name, [*topics, *group.list_commands(context)])
    write_output(None, runtime, lambda out: print(text, file=out))


def read_topics() -> dict[str, str]:
    """The Markdown of each topic by its name, in alphabetical order."""
    # Imported when it runs, so that the list of all commands does not wait for it.
    from importlib.resources import files

    pages = files("scenario_usage_cli").joinpath("help").iterdir()
    texts = {page.name.removesuffix(".md"): page.read_text(encoding="utf-8") for page in pages}
    return dict(sorted(texts.items()))


def _format_list(context: typer.Context, topics: Mapping[str, str]) -> str:
    """Topics with their headings and commands with their summaries, as --help lists commands."""
    group: Any = context.command
    formatter = context.make_formatter()
    formatter.write_text("scenario-usage help NAME explains a topic, or lists a command's options.")
    with formatter.section("Topics"):
        formatter.write_dl(
            [(name, text.partition("\n")[0].removeprefix("# ")) for name, text in topics.items()]
        )
    group.format_commands(context, formatter)
    return formatter.getvalue().rstrip("\n")


def _refuse(topic: str, name: str, names: list[str]) -> BadArgument:
    # Imported when it runs, as few ask for what there is not.
    from difflib import get_close_matches

    near = get_close_matches(name, names, n=1)
    listed = "scenario-usage help lists the topics and commands"
    hint = f"try scenario-usage help {near[0]}" if near else listed
    return BadArgument(f"there is no help on {topic!r}", hint=hint)
