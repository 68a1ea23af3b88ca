"""`scenario-usage` and `python -m scenario_usage_cli`."""

import gc
import sys

_OBJECTS_PER_COLLECTION = 100_000


def main() -> int:
    """Run the command line of this process; returns the exit code."""
    # Imports make a hundred thousand objects that stay: the usual threshold, 700, looks for
    # garbage among them 150 times. They come after it, hence in here.
    gc.set_threshold(_OBJECTS_PER_COLLECTION)
    from scenario_usage_cli.cli.app import main as run
    from scenario_usage_cli.cli.runtime import build_runtime

    return run(sys.argv[1:], build_runtime())


if __name__ == "__main__":
    sys.exit(main())
