"""Completion in bash, zsh and fish: their scripts ask this process what may stand at the cursor."""

from collections.abc import Mapping

SHELLS = ("bash", "zsh", "fish")

_VARIABLE = "_SCENARIO_USAGE_COMPLETE"


def find_asking_shell(environ: Mapping[str, str]) -> str | None:
    """The shell whose script started this process; None without one.

    Scripts of Typer set the variable to other words than the name of a shell.
    """
    return shell if (shell := environ.get(_VARIABLE)) in SHELLS else None


def read_script(shell: str) -> str:
    """What makes a shell complete: to be evaluated, or kept in its folder for completions."""
    # Imported when a script is wanted, which is rare.
    from importlib.resources import files

    return files(__package__).joinpath("scripts", f"scenario-usage.{shell}").read_text("utf-8")


def replace_scripts_of_typer() -> None:
    """Let Typer show and install these scripts: in its own, not every value survives.

    PowerShell keeps that of Typer.
    """
    from typer import _completion_shared

    # Typer fills them in by %.
    ours = {shell: read_script(shell).replace("%", "%%") for shell in SHELLS}
    _completion_shared._completion_scripts.update(ours)
