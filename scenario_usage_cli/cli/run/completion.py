"""What `completion` does: print the script that makes a shell complete."""

from scenario_usage_cli.cli.completion import SHELLS, read_script
from scenario_usage_cli.cli.options import CompletionOptions
from scenario_usage_cli.cli.output import write_output
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.errors import BadArgument


def run_completion(options: CompletionOptions, runtime: Runtime) -> None:
    """Write the script; raises BadArgument for no shell, and for one that is not known."""
    shells = ", ".join(SHELLS)
    if options.shell is None:
        raise BadArgument(
            "completion of which shell?",
            hint=f"name one of {shells}, as in: scenario-usage completion bash",
        )
    shell = options.shell.lower()
    if shell not in SHELLS:
        raise BadArgument(f"there is no completion for {options.shell!r}", hint=f"one of {shells}")
    write_output(None, runtime, lambda out: print(read_script(shell), end="", file=out))
