"""`scenario-usage` and `python -m scenario_usage_cli`."""

import gc
import os
import sys

_OBJECTS_PER_COLLECTION = 100_000


def main() -> int:
    """Run the command line of this process; returns the exit code."""
    # Before the imports, which make fifty thousand objects that stay, and read what is set.
    gc.set_threshold(_OBJECTS_PER_COLLECTION)
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"  # no search among all that is installed
    from scenario_usage_cli.cli.app import main as run
    from scenario_usage_cli.cli.runtime import build_runtime

    code = run(sys.argv[1:], build_runtime())
    gc.freeze()  # else the interpreter looks for garbage among all of them, twice, when it ends
    return code


if __name__ == "__main__":
    sys.exit(main())
