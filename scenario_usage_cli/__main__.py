"""`scenario-usage` and `python -m scenario_usage_cli`."""

import contextlib
import gc
import sys

from scenario_usage_cli.errors import Ended, ExitCode
from scenario_usage_cli.signals import EndingSignals

_OBJECTS_PER_COLLECTION = 200_000


def main() -> int:
    """Run the command line of this process; returns the exit code."""
    signals = EndingSignals()
    try:
        signals.mind()
        _prepare_imports()
        from scenario_usage_cli.cli.app import main as run
        from scenario_usage_cli.cli.runtime import build_runtime

        code = run(sys.argv[1:], build_runtime())
    except KeyboardInterrupt:  # during the imports
        code = _end("interrupted", ExitCode.INTERRUPTED)
    except Ended as ended:
        code = _end(str(ended), ended.exit_code)
    signals.leave()
    gc.freeze()  # otherwise the interpreter searches all objects for garbage, twice, at its end
    return code


def _end(line: str, code: ExitCode) -> ExitCode:
    with contextlib.suppress(OSError):  # nobody to read it is no reason to fail
        print(line, file=sys.stderr, flush=True)
    return code


def _prepare_imports() -> None:
    """Leave out work of imports that is of no use here."""
    # Imports and a large answer make a hundred thousand objects, most of which stay. Fewer
    # collections, and none at the end, save 6 % of the instructions of `report --json`.
    gc.set_threshold(_OBJECTS_PER_COLLECTION)
    # httpx would import its own command line, and with it rich, where click is installed.
    sys.modules["httpx._main"] = None  # type: ignore[assignment]  # None: an ImportError


if __name__ == "__main__":
    sys.exit(main())
