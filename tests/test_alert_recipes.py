"""The recipes for alerts do what they say, from the own text of README and help."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.readme import TEXT, find_blocks, serve_shell, strip_schedule
from tests.slack import read, serve_webhook

CRONTABS = find_blocks("crontab", TEXT)
SLACK = [block for block in CRONTABS if "$SLACK_WEBHOOK" in block and "--fail-over" not in block]
(SLACK_ALERT,) = (b for b in CRONTABS if "$SLACK_WEBHOOK" in b and "--fail-over" in b)
(MAIL,) = (block for block in CRONTABS if "lead@example.com" in block)
(STEP,) = (block for block in find_blocks("yaml", TEXT) if "GITHUB_STEP_SUMMARY" in block)


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


def at_threshold(recipe: str, threshold: str) -> str:
    """The same recipe with another threshold, which the studio's figures are certainly on one side
    of.
    """
    found = recipe.replace("80\\%", threshold).replace("80%", threshold)
    assert found != recipe
    return found


def test_cron_mails_what_is_over(environ: dict[str, str], tmp_path: Path) -> None:
    """A line for each, and the table; nothing else is mailed."""
    done = run_cron(at_threshold(MAIL, "0"), environ, tmp_path)

    lines = done.stderr.splitlines()
    assert lines
    assert [line for line in lines if not line.startswith("over 0 CU: ")] == []
    assert done.stdout.startswith("Scenario quota\n")


def test_cron_mails_nothing_when_all_is_well(environ: dict[str, str], tmp_path: Path) -> None:
    """Not even an empty line."""
    done = run_cron(at_threshold(MAIL, "900000000"), environ, tmp_path)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_percents_are_escaped_for_cron() -> None:
    """Cron takes a bare one for the end of the line."""
    lines = [line for block in CRONTABS for line in block.splitlines()]

    assert [line for line in lines if "%" in line.replace("\\%", "")] == []


@pytest.mark.parametrize(("threshold", "posted"), [("1", 1), ("900000000", 0)])
def test_slack_hears_only_of_what_is_over(
    threshold: str, posted: int, environ: dict[str, str], tmp_path: Path
) -> None:
    """As the exit code says; the budgets are those of the config file."""
    config = tmp_path / "config.toml"
    own = Path(environ["SCENARIO_USAGE_CONFIG"]).read_text(encoding="utf-8")
    budget = '[[budgets]]\nname = "All"\namount = 5\nperiod = "month"\n'
    config.write_text(budget + own, encoding="utf-8")
    config.chmod(0o600)
    messages: list[dict[str, Any]] = []
    recipe = at_threshold(SLACK_ALERT, threshold)
    with serve_webhook(messages) as address:
        variables = {"SLACK_WEBHOOK": address, "SCENARIO_USAGE_CONFIG": str(config)}
        done = run_cron(recipe, environ, tmp_path, **variables)

    assert done.returncode == 0
    assert [read(message).splitlines()[0] for message in messages] == ["Scenario quota"] * posted


@pytest.mark.parametrize(("threshold", "code"), [("0", 8), ("900000000", 0)])
def test_the_step_of_github_fails_with_the_command(
    threshold: str, code: int, environ: dict[str, str], tmp_path: Path
) -> None:
    """And the page of the run has its table."""
    (command,) = re.findall(r"^  run: (.*)$", at_threshold(STEP, threshold), re.MULTILINE)
    names = re.findall(r"^    (\w+): \$\{\{ secrets\.\1 \}\}$", STEP, re.MULTILINE)
    summary = tmp_path / "summary.md"

    done = subprocess.run(
        ["bash", "-e", "-c", command],
        env={
            **{name: environ[name] for name in ("PATH", "SCENARIO_BASE_URL", *names)},
            "GITHUB_STEP_SUMMARY": str(summary),
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (code, "")
    assert summary.read_text(encoding="utf-8").startswith("# Scenario quota\n")
    assert bool(done.stderr) is bool(code)
