"""The README's blocks of output: produced by the tool, never typed.

`python -m tests.readme` writes them anew.
"""

import re
import shlex
from pathlib import Path

from tests.support import run

README = Path(__file__).parent.parent / "README.md"
_BLOCK = re.compile(
    r"(<!-- produced by: python -m tests\.readme \((?P<command>.*)\) -->\n```console\n)"
    r"(?P<output>.*?)(```\n<!-- end -->)",
    re.DOTALL,
)
_MEASURED = re.compile(
    r"(<!-- measured by: python -m tests\.benchmarks --write -->\n```text\n).*?(```\n<!-- end -->)",
    re.DOTALL,
)
_WIDTH = 96


def produce(text: str) -> str:
    """The same page with every block's output as the tool prints it now."""
    return _BLOCK.sub(lambda found: found[1] + _run(found["command"]) + found[4], text)


def write_block(text: str, measured: str) -> str:
    """The same page with the last measurement in its place."""
    return _MEASURED.sub(lambda found: f"{found[1]}{measured}\n{found[2]}", text)


def _run(command: str) -> str:
    result = run(*shlex.split(command)[1:], environ={"NO_COLOR": "1"}, columns=_WIDTH)
    assert result.code == 0, result.stderr
    return f"$ {command}\n{result.stdout}"


if __name__ == "__main__":
    README.write_text(produce(README.read_text(encoding="utf-8")), encoding="utf-8")
