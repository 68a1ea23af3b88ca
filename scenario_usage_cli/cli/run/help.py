"""What `help` does: show a topic, the options of a command, or the names of all of them.

The topics are the Markdown files of the package's folder `help`.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from importlib.resources import files
from typing import Any

import typer

from scenario_usage_cli.cli.help_page import embolden, fit_to_reader
from scenario_usage_cli.cli.options import HelpOptions
from scenario_usage_cli.cli.output import write_output
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.errors import BadArgument
from scenario_usage_cli.render.help import render_help


def run_help(options: HelpOptions, runtime: Runtime) -> None:
    """Write the topic, the command's help, or the list; raises BadArgument for another name.

    Case does not matter, nor does `_` for `-`.
    """
    topic = options.topic
    context: typer.Context = runtime.program
    group: Any = context.command
    topics = read_topics()
    name = (topic or "").lower().replace("_", "-")
    if topic is None:
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
        near = get_close_matches(name, [*topics, *group.list_commands(context)], n=1)
        listed = f"{context.command_path} help lists the topics and commands"
        hint = f"try {context.command_path} help {near[0]}" if near else listed
        raise BadArgument(f"there is no help on {topic!r}", hint=hint)
    write_output(None, runtime, lambda out: print(text, file=out))


def read_topics() -> dict[str, str]:
    """The Markdown of each topic by its name, in alphabetical order."""
    pages = files("scenario_usage_cli").joinpath("help").iterdir()
    return {
        page.name.removesuffix(".md"): page.read_text(encoding="utf-8")
        for page in sorted(pages, key=lambda page: page.name)
        if page.name.endswith(".md")
    }


def _format_list(context: typer.Context, topics: Mapping[str, str]) -> str:
    """Topics with their headings, and commands with their summaries as --help lists them."""
    fit_to_reader(context)
    group: Any = context.command
    formatter = context.make_formatter()
    formatter.write_text(
        f"{context.command_path} help NAME explains a topic, or lists a command's options."
    )
    with formatter.section("Topics"):
        formatter.write_dl(
            [(name, text.partition("\n")[0].removeprefix("# ")) for name, text in topics.items()]
        )
    group.format_commands(context, formatter)
    page = formatter.getvalue().rstrip("\n")
    return embolden(page) if context.color else page
