"""The blocks of the README and of the topics of help: output is produced by the tool, never typed;
recipes are found, to be run.

`python -m tests.readme` writes the output anew.
"""

import os
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from scenario_usage_cli.sandbox import API_KEY, API_SECRET, Sandbox
from scenario_usage_cli.sandbox.server import build_server
from tests.support import Result, run
from tests.tables import build_dataset_table

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
TOPICS = sorted((ROOT / "scenario_usage_cli" / "help").glob("*.md"))
PAGES = {page: page.read_text(encoding="utf-8") for page in (README, *TOPICS)}
TEXT = "\n".join(PAGES.values())
"""All that is written for users."""

_BLOCK = re.compile(
    r"(<!-- produced by: python -m tests\.readme \((?P<command>[^\n]*)\) -->\n```console\n)"
    r"(?P<output>.*?)(```\n<!-- end -->)",
    re.DOTALL,
)
_DECLARED = re.compile(
    r"(<!-- declared in the package, written by: python -m tests\.readme -->\n).*?(\n<!-- end -->)",
    re.DOTALL,
)
_MEASURED = re.compile(
    r"(<!-- measured by: python -m tests\.benchmarks --write -->\n```text\n).*?(```\n<!-- end -->)",
    re.DOTALL,
)
_WIDTH = 96
_QUOTED = re.compile(r"""'[^']*'|"[^"$`\\]*\"""")
_FOR_A_SHELL = re.compile(r"[^\w\s.,:/'\"-]")


def produce(text: str) -> str:
    """The same page with every block's output as the tool prints it now, and the table of columns
    as they are declared.
    """
    text = _DECLARED.sub(lambda found: f"{found[1]}{build_dataset_table()}{found[2]}", text)
    return _BLOCK.sub(lambda found: found[1] + _run(found["command"]) + found[4], text)


def write_block(text: str, measured: str) -> str:
    """The same page with the last measurement in its place."""
    return _MEASURED.sub(lambda found: f"{found[1]}{measured}\n{found[2]}", text)


def find_blocks(language: str, text: str) -> list[str]:
    """The content of every block of a language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def strip_schedule(crontab: str) -> str:
    """The commands of a crontab, as cron hands them to a shell."""
    return re.sub(r"^[\d*/]+( [\d*/]+){4} ", "", crontab, flags=re.MULTILINE)


TODAY = datetime.now(UTC)
"""The present of commands that run here: the same for all, so that they ask the same."""

(RULES,) = (block for block in find_blocks("yaml", TEXT) if "alert: Scenario" in block)
"""The rules for Prometheus."""


@contextmanager
def serve_shell(folder: Path) -> Iterator[dict[str, str]]:
    """A shell's environment with this command in its path, and a sandbox over HTTP to ask.

    `folder` gets the script and a config file with the profile `studio` and a cost centre.
    """
    script = folder / "scenario-usage"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m scenario_usage_cli "$@"\n')
    script.chmod(0o755)
    server = build_server(Sandbox(), 0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    base_url = f"http://127.0.0.1:{server.server_port}/v1"
    config = folder / "config.toml"
    config.write_text(
        f'[profiles.studio]\napi_key = "{API_KEY}"\napi_secret = "{API_SECRET}"\n'
        f'base_url = "{base_url}"\n[cost_centres]\n"Films" = ["Marketing*"]\n'
    )
    config.chmod(0o600)
    try:
        yield {
            **os.environ,
            "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
            "SCENARIO_SDK_API_KEY": API_KEY,
            "SCENARIO_SDK_API_SECRET": API_SECRET,
            "SCENARIO_BASE_URL": base_url,
            "SCENARIO_USAGE_CONFIG": str(config),
        }
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def run_as_written(commands: str, environ: Mapping[str, str], folder: Path) -> Result:
    """Run what is written for a shell in a folder, with the environment of `serve_shell`.

    A shell runs it, unless it is nothing but commands of our own: these run in this process and
    ask a sandbox in it, which takes a fifth of the time.
    """
    lines = [line for line in commands.replace("\\\n", " ").splitlines() if line.strip()]
    bare = [_QUOTED.sub("", line) for line in lines]
    if any(_FOR_A_SHELL.search(line) or line.split()[0] != "scenario-usage" for line in bare):
        done = subprocess.run(
            ["sh", "-ec", commands], env=environ, cwd=folder, capture_output=True, text=True
        )
        return Result(done.returncode, done.stdout, done.stderr)
    stdout, stderr = "", ""
    with chdir(folder):
        for line in lines:
            result = run(
                *shlex.split(line)[1:],
                environ=environ,
                transport=httpx.WSGITransport(Sandbox(lambda: TODAY)),
                now=lambda: TODAY,
            )
            stdout, stderr = stdout + result.stdout, stderr + result.stderr
            if result.code:
                break
    return Result(result.code, stdout, stderr)


def _run(command: str) -> str:
    with TemporaryDirectory() as folder, chdir(folder):
        result = run(*shlex.split(command)[1:], environ={"NO_COLOR": "1"}, columns=_WIDTH)
    assert result.code == 0, result.stderr
    return f"$ {command}\n{result.stdout}"


if __name__ == "__main__":
    for page, text in PAGES.items():
        page.write_text(produce(text), encoding="utf-8")
