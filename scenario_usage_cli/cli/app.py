"""The Typer app, and the one place where errors become exit codes."""

import contextlib
import decimal
import io
import os
import re
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TextIO

import typer

from scenario_usage_cli.cli.completion import find_asking_shell, replace_scripts_of_typer
from scenario_usage_cli.cli.help_page import show_help
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.cli.typer_adapter import (
    GlobalOptions,
    Group,
    PlainGroup,
    build_command,
    spread,
    summarise,
)
from scenario_usage_cli.errors import BadArgument, Ended, ExitCode, ScenarioUsageError

PROGRAM = "scenario-usage"
EXACT_DIGITS = 60
"""Sums are exact up to this many digits; the usual 28 are too few for absurd amounts."""

COMMANDS = (
    "report",
    "trend",
    "compare",
    "activity",
    "quota",
    "list",
    "export",
    "restatements",
    "doctor",
    "sandbox",
    "schema",
    "config",
    "completion",
    "help",
    "version",
)
"""In the order in which help shows them."""
_COMPLETIONS = ("install_completion", "show_completion")


class LazyGroup(PlainGroup):
    """Imports the commands when one is asked for."""

    def __init__(self, **attrs: Any) -> None:
        super().__init__(**attrs)
        self.commands = dict.fromkeys(COMMANDS)  # type: ignore[assignment]  # names to suggest

    def list_commands(self, ctx: Any) -> list[str]:
        """The names, in the order in which help shows them."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of this name, or None."""
        if cmd_name not in COMMANDS:
            return None
        return build_command(cmd_name, find_declared(cmd_name))

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write what each command is for, without building it with all of its options."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summarise(find_declared(name))) for name in COMMANDS])


def find_declared(name: str) -> Any:
    """What a command is declared as; those in groups are only imported for these."""
    if name == "config":
        from scenario_usage_cli.cli.commands.config import config

        return config
    if name == "list":
        from scenario_usage_cli.cli.commands.lists import lists

        return lists
    from scenario_usage_cli.cli import commands

    return getattr(commands, name.replace("-", "_"))


_ABOUT = "What did we spend on Scenario, on which models, by whom, and what did it make?"
_EXAMPLES = """
scenario-usage report --demo
scenario-usage report --period last-month --output october.csv
scenario-usage help periods
"""


def _start(ctx: typer.Context, everywhere: GlobalOptions) -> None:
    runtime: Runtime = ctx.obj
    runtime.program = ctx
    runtime.verbose = everywhere.verbose
    runtime.profile = everywhere.profile
    show_help(ctx)


app = typer.Typer(
    name=PROGRAM,
    cls=LazyGroup,
    rich_markup_mode=None,
    invoke_without_command=True,
    context_settings={"help_option_names": ["--help", "-h"]},
)
app.callback(help=_ABOUT, epilog=_EXAMPLES)(spread(_start, {"everywhere": GlobalOptions}))


def main(argv: Sequence[str], runtime: Runtime) -> int:
    """Run one command line; returns the exit code and lets no exception out."""
    if shell := find_asking_shell(runtime.environ):
        return _complete(shell, argv, runtime)
    code = _run_and_explain(argv, runtime)
    for stream in (runtime.stdout, runtime.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            _silence(stream)
    return code


def _complete(shell: str, argv: Sequence[str], runtime: Runtime) -> ExitCode:
    """Answer the script of a shell; whatever is wrong, its user sees nothing of it."""
    with contextlib.suppress(Exception):
        from scenario_usage_cli.cli.completion.answer import build_answer
        from scenario_usage_cli.cli.completion.place import Place

        program = Group("", {name: find_declared(name) for name in COMMANDS})
        runtime.stdout.write(build_answer(shell, argv, Place(runtime, program)))
        runtime.stdout.flush()
    return ExitCode.DONE


def _run_and_explain(argv: Sequence[str], runtime: Runtime) -> int:
    """Run the command, and explain an error in its two lines; returns the exit code."""
    try:
        return _run(argv, runtime)
    except ScenarioUsageError as error:
        return _fail(runtime, error.exit_code, error.message, error.hint)
    except typer.TyperException as error:
        # Imported when something is refused, as it knows what people try instead.
        from scenario_usage_cli.cli.refusals import explain_refusal

        message, hint = explain_refusal(error, argv, runtime.program, runtime.now().date())
        return _fail(runtime, ExitCode.BAD_ARGUMENT, message, hint)
    except BrokenPipeError:
        _silence(runtime.stdout)
        return ExitCode.DONE
    except (KeyboardInterrupt, typer.Abort):
        runtime.say("interrupted")
        return ExitCode.INTERRUPTED
    except Ended as ended:
        runtime.say(str(ended))
        return ended.exit_code
    except MemoryError as error:
        said = f": {error}" if str(error) else ""
        hint = "allow more (ulimit -v, or the limit of the container), or ask for less"
        return _fail(runtime, ExitCode.CONFIGURATION, f"there is not enough memory{said}", hint)
    except OSError as error:
        hint = "check the file or address that the message names"
        return _fail(runtime, ExitCode.CONFIGURATION, f"the system refused: {error}", hint)
    except Exception as error:  # whatever else fails is a bug of ours, and told as one
        message = f"unexpected {type(error).__name__}: {error}"
        hint = "this is a bug; please report it with the output of --verbose"
        return _fail(runtime, ExitCode.BUG, message, hint)


def _run(argv: Sequence[str], runtime: Runtime) -> int:
    """Let Typer run the command, and raise what it hides: a closed pipe, Ctrl-C, a file's end."""
    try:
        with (
            decimal.localcontext(prec=EXACT_DIGITS),
            contextlib.redirect_stdout(runtime.stdout),
            contextlib.redirect_stderr(runtime.stderr),
        ):
            command = typer.main.get_command(app)
            _refuse_other_shells(command)
            code = command(args=list(argv), prog_name=PROGRAM, standalone_mode=False, obj=runtime)
            runtime.stdout.flush()
    except SystemExit as leaving:
        if isinstance(leaving.__context__, BrokenPipeError):
            raise BrokenPipeError from leaving
        return int(leaving.code or ExitCode.DONE)
    except typer.Abort as aborted:
        if isinstance(aborted.__cause__, EOFError):  # the end of a file: nobody interrupted it
            raise aborted.__cause__ from None
        raise
    if code == ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    return int(code or ExitCode.DONE)


def _refuse_other_shells(command: Any) -> None:
    """Make the options for completion fail like all others if Typer does not know the shell.

    They raise BadArgument then, and write nothing to stdout.
    """
    for param in command.params:
        if param.name in _COMPLETIONS:
            param.callback = partial(_call_for_shell, param.callback)


def _call_for_shell(callback: Callable[..., Any], ctx: Any, param: Any, value: Any) -> Any:
    said = io.StringIO()
    if value:
        replace_scripts_of_typer()
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


def _fail(runtime: Runtime, code: ExitCode, message: str, hint: str) -> ExitCode:
    if runtime.verbose:
        for line in traceback.format_exc().splitlines():
            runtime.log(line)
    runtime.say(f"error: {message}")
    runtime.say(f"hint: {hint}")
    return code


def _silence(stream: TextIO) -> None:
    """Connect a stream to the null device, so that flushing it at exit does not fail again."""
    with contextlib.suppress(OSError, ValueError):  # tests have streams without a number
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
