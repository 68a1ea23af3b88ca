"""The rules for Prometheus, as help has them: promtool runs them on made-up figures."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.readme import RULES

QUOTA = "scenario_usage_quota_"
DAY = 86400


@pytest.fixture
def promtool() -> str:
    """Debian's."""
    found = shutil.which("promtool")
    if found is None:
        pytest.skip("promtool is not installed here; .ci/run installs it")
    return found


def fire(promtool: str, folder: Path, at: str = "1h", **gauges: dict[str, float]) -> dict[str, Any]:
    """Let promtool compare what fires with nothing; returns the labels of each alert that does.

    `gauges` are samples by labels, which stay the same; the time begins at 0.
    """
    (folder / "rules.yml").write_text(RULES, encoding="utf-8")
    names = re.findall(r"alert: (\w+)", RULES)
    tests = {
        "rule_files": ["rules.yml"],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [
                    {"series": f"{QUOTA}{name}{{{labels}}}", "values": f"{value}+0x600"}
                    for name, samples in gauges.items()
                    for labels, value in samples.items()
                ],
                "alert_rule_test": [
                    {"eval_time": at, "alertname": name, "exp_alerts": []} for name in names
                ],
            }
        ],
    }
    (folder / "tests.yml").write_text(json.dumps(tests), encoding="utf-8")  # JSON is YAML, too
    done = subprocess.run(
        [promtool, "test", "rules", "tests.yml"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    found = re.findall(r"alertname: ?(\w+).*?got:\[(.*?)\n? *\]\n", said, re.DOTALL)
    assert bool(found) == bool(done.returncode), said
    return {name: sorted(re.findall(r'\bname="(\w+)"', got)) for name, got in found}


def test_promtool_reads_the_rules(promtool: str, tmp_path: Path) -> None:
    """Nothing is wrong with them."""
    (tmp_path / "rules.yml").write_text(RULES, encoding="utf-8")

    done = subprocess.run(
        [promtool, "check", "rules", "rules.yml"], cwd=tmp_path, capture_output=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr


def label(kind: str, name: str) -> str:
    """The labels of a limit."""
    return f'kind="{kind}", id="{name}", name="{name}"'


def test_what_is_nearly_used_fires(promtool: str, tmp_path: Path) -> None:
    """More than 80 % of any limit but of packs, which are there to be used."""
    limits = {
        label("plan", "plan"): (81, 100),
        label("project", "exact"): (80, 100),
        label("budget", "budget"): (801, 1000),
        label("key", "none"): (1, 0),
        label("user", "unused"): (0, 0),
        label("pack", "pack"): (99, 100),
    }
    found = fire(
        promtool,
        tmp_path,
        used_compute_units={key: used for key, (used, _) in limits.items()},
        limit_compute_units={key: limit for key, (_, limit) in limits.items()},
        generated_timestamp_seconds={"": 3600},
    )

    assert found == {"ScenarioLimitNearlyUsed": ["budget", "none", "plan"]}


def test_what_is_used_up_or_expires_soon_fires(promtool: str, tmp_path: Path) -> None:
    """Within a week, or a month with CU left."""
    found = fire(
        promtool,
        tmp_path,
        reached_timestamp_seconds={label("plan", "soon"): 7 * DAY, label("user", "late"): 8 * DAY},
        expires_timestamp_seconds={
            label("pack", "left"): 30 * DAY,
            label("pack", "empty"): 2 * DAY,
            label("pack", "later"): 31 * DAY,
        },
        remaining_compute_units={
            label("pack", "left"): 5,
            label("pack", "empty"): 0,
            label("pack", "later"): 5,
        },
    )

    assert found == {"ScenarioLimitReachedSoon": ["soon"], "ScenarioPackExpires": ["left"]}


@pytest.mark.parametrize(("at", "fires"), [("1h", False), ("70m", False), ("2h", True)])
def test_old_figures_fire(at: str, fires: bool, promtool: str, tmp_path: Path) -> None:
    """After an hour and a quarter."""
    found = fire(promtool, tmp_path, at, generated_timestamp_seconds={"": 0})

    assert set(found) == ({"ScenarioFiguresOld"} if fires else set())
