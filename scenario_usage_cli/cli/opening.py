"""`--open`: a page in a file, and in the browser if there is one."""

from contextlib import suppress
from pathlib import Path

from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.errors import BadArgument
from scenario_usage_cli.render import FORMATS


def check_open(chosen: str, command: str, target: str | None, *, to_stdout: bool) -> None:
    """Raise BadArgument if --open is given, and there would be no page, or none in a file."""
    if not FORMATS[chosen].is_page:
        raise BadArgument(
            f"--open shows a page, and the format is {chosen}",
            hint=f"add --format html, or --output {command}.html",
        )
    if target is not None and to_stdout:
        raise BadArgument(
            f"--open and --output {target} contradict each other",
            hint="name a file, or leave --output out",
        )


def make_place(name: str) -> str:
    """A path for a new file in a new folder that only its owner may use; raises OSError."""
    # Imported here, as it brings random numbers and checksums to every start.
    import tempfile

    return str(Path(tempfile.mkdtemp(prefix="scenario-usage-"), name))


def show_page(target: str, runtime: Runtime) -> None:
    """Open a file in the browser, and tell its path; where none can be shown, say what to do."""
    path = Path(target).absolute()
    is_shown = False
    with suppress(OSError):
        is_shown = runtime.open_page(path.as_uri())
    if is_shown:
        runtime.say(f"the page is open in the browser, from {path}")
        return
    runtime.say(f"the page is {path}; there is no display to open it on")
    runtime.say("hint: open it in a browser, or copy it to a machine that has one")
