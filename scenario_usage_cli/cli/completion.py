"""--install-completion and --show-completion, for the shells that there is a completion for."""

import contextlib
import io
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import typer

from scenario_usage_cli.errors import BadArgument

_NAMES = ("install_completion", "show_completion")


def refuse_other_shells(command: Any) -> None:
    """Have the two options of a program fail as all others do, where Typer does not know the
    shell: by BadArgument, and with nothing on stdout.
    """
    for param in command.params:
        if param.name in _NAMES:
            param.callback = partial(_call, param.callback)


def _call(callback: Callable[..., Any], ctx: Any, param: Any, value: Any) -> Any:
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            return callback(ctx, param, value)
    except typer.Exit as leaving:
        if not leaving.exit_code:
            raise
        found = re.match(r"Shell (\S+) (?:is )?not", said.getvalue())
        name = f" ({found[1]})" if found and found[1] != "None" else ""
        said = io.StringIO()
        raise BadArgument(
            f"{param.opts[0]} does not know the shell that it is run from{name}",
            hint="run it from bash, zsh, fish or PowerShell",
        ) from None
    finally:
        if text := said.getvalue():
            typer.echo(text, nl=False)
