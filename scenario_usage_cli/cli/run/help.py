"""What `help` does: show a topic, the options of a command, or the names of all of them.

The topics are the Markdown files of the package's folder `help`; one may have JSON of its name.
"""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from importlib.resources import files
from importlib.resources.abc import Traversable
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

    A topic about a file is that file in a pipe. Case does not matter, nor does `_` for `-`.
    """
    words = [word for word in (options.topic, options.command) if word]
    names = [word.lower().replace("_", "-") for word in words]
    context: typer.Context = runtime.program
    topics = read_topics()
    if not names:
        text = _format_list(context, topics)
    elif names[0] in topics and not names[1:]:
        medium = runtime.build_medium(to_stdout=True, top=None)
        data = None if medium.is_terminal else _read_data(names[0])
        if data is not None:
            write_output(None, runtime, lambda out: print(data, end="", file=out))
        else:
            write_output(None, runtime, lambda out: render_help(topics[names[0]], out, medium))
        return
    elif found := _find_command(context, names):
        text = found.command.get_help(found)
    else:
        known = [*topics, *_list_commands(context)]
        near = [
            one for text in (" ".join(names), names[0]) for one in get_close_matches(text, known)
        ]
        listed = f"{context.command_path} help lists the topics and commands"
        hint = f"try {context.command_path} help {near[0]}" if near else listed
        raise BadArgument(f"there is no help on {' '.join(words)!r}", hint=hint)
    write_output(None, runtime, lambda out: print(text, file=out))


def read_topics() -> dict[str, str]:
    """The Markdown of each topic by its name, in alphabetical order."""
    pages = _find_pages().iterdir()
    return {
        page.name.removesuffix(".md"): page.read_text(encoding="utf-8")
        for page in sorted(pages, key=lambda page: page.name)
        if page.name.endswith(".md")
    }


def _find_command(context: typer.Context, names: Sequence[str]) -> typer.Context | None:
    """The context of a command, which may be one below another; None if there is no such one."""
    found = context
    for name in names:
        group: Any = found.command
        command = hasattr(group, "get_command") and group.get_command(found, name)
        if not command:
            return None
        found = command.make_context(name, [], parent=found, resilient_parsing=True)
    return found


def _list_commands(context: typer.Context) -> Iterator[str]:
    """The names of all commands; those below another with the name of that, too."""
    group: Any = context.command
    for name in group.list_commands(context):
        yield name
        inner = group.get_command(context, name)
        for own in getattr(inner, "commands", ()):
            yield f"{name} {own}"


def _find_pages() -> Traversable:
    return files("scenario_usage_cli").joinpath("help")


def _read_data(topic: str) -> str | None:
    """The JSON that a topic is about, for a pipe or a file; None if it is about none."""
    file = _find_pages().joinpath(f"{topic}.json")
    return file.read_text(encoding="utf-8") if file.is_file() else None


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
