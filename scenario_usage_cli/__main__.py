"""`scenario-usage` and `python -m scenario_usage_cli`."""

import sys

from scenario_usage_cli.cli.app import main as run
from scenario_usage_cli.cli.runtime import build_runtime


def main() -> int:
    """Run the command line of this process; returns the exit code."""
    return run(sys.argv[1:], build_runtime())


if __name__ == "__main__":
    sys.exit(main())
