"""The recipes for alerts do what they say, from the own text of README and help."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.readme import TEXT, find_blocks, serve_shell, strip_schedule
from tests.slack import read, serve_webhook

SLACK = [line for line in find_blocks("(?:sh|crontab)", TEXT) if "$SLACK_WEBHOOK" in line]


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A shell's environment with this command in its path and a sandbox to ask."""
    with serve_shell(tmp_path_factory.mktemp("bin")) as environ:
        yield environ


def run_cron(
    commands: str, environ: dict[str, str], folder: Path, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run the commands of a crontab as cron does, in a folder."""
    bare = {name: environ[name] for name in ("PATH", "SCENARIO_USAGE_CONFIG")}
    return subprocess.run(
        ["sh", "-c", strip_schedule(commands)],
        env=bare | variables,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("recipe", SLACK, ids=lambda recipe: recipe[:60])
def test_cron_posts_to_slack(recipe: str, environ: dict[str, str], tmp_path: Path) -> None:
    """One message that Slack takes, and no mail."""
    messages: list[dict[str, Any]] = []
    with serve_webhook(messages) as address:
        done = run_cron(recipe, environ, tmp_path, SLACK_WEBHOOK=address)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert [read(message).splitlines()[0] for message in messages] == ["Scenario usage"]


def test_cron_posts_nothing_of_a_report_that_failed(
    environ: dict[str, str], tmp_path: Path
) -> None:
    """It mails the error; what an earlier run has left behind is not posted again."""
    messages: list[dict[str, Any]] = []
    broken = {**environ, "SCENARIO_USAGE_CONFIG": os.devnull}
    with serve_webhook(messages) as address:
        ends = [
            run_cron(SLACK[0], one, tmp_path, SLACK_WEBHOOK=address) for one in (environ, broken)
        ]

    assert [end.returncode for end in ends] == [0, 3]
    assert ends[1].stderr.startswith("error: ")
    assert len(messages) == 1
