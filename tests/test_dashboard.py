"""The dashboard: every panel asks a real Prometheus for gauges that the tool writes."""

import json
import re
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from tests.exposition import check_with_promtool, read_gauges
from tests.prometheus import run_prometheus
from tests.readme import RULES
from tests.support import CREDENTIALS, run

DASHBOARD: Any = json.loads(run("help", "dashboard").stdout)
QUERIES = {
    f"{panel['title']} {target['refId']}": target["expr"]
    for panel in DASHBOARD["panels"]
    for target in panel["targets"]
}
RUNS_OUT = "scenario_usage_quota_plan_runs_out_timestamp_seconds"
"""It has no sample where the plan lasts."""


@pytest.fixture(scope="module")
def gauges(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What cron writes beside each other into the folder of the textfile collector.

    The budget is one that will be used up.
    """
    config = tmp_path_factory.mktemp("config") / "config.toml"
    config.write_text('[[budgets]]\nname = "All"\namount = 25000\nperiod = "month"\n')
    environ = {**CREDENTIALS, "SCENARIO_USAGE_CONFIG": str(config)}
    texts = [
        run(*argv, "--demo", "--format", "openmetrics", environ=environ).stdout
        for argv in (("report", "--period", "this-month"), ("quota",))
    ]
    return "".join(text.removesuffix("# EOF\n") for text in texts) + "# EOF\n"


def test_gauges_of_a_report_and_of_quota_fit_in_one_folder(gauges: str) -> None:
    """The textfile collector reads all files as one, and refuses a series that comes twice."""
    assert read_gauges(gauges)
    check_with_promtool(gauges)


def test_the_rules_for_alerts_are_about_gauges_that_there_are(gauges: str) -> None:
    """Each name is one of them."""
    names = set(re.findall(r"scenario_usage_\w+", RULES))

    assert names
    assert names <= {name for name, _ in read_gauges(gauges)}


def test_panels_do_not_overlap() -> None:
    """Each has an id, and a place on the 24 columns of the page."""
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    cells = [
        {
            (place["x"] + x, place["y"] + y)
            for x in range(place["w"])
            for y in range(place["h"])
            if place["x"] + place["w"] <= 24
        }
        for place in (panel["gridPos"] for panel in panels)
    ]
    assert all(cells)
    assert not any(one & other for one, other in combinations(cells, 2))


def test_every_query_finds_something_in_a_real_prometheus(gauges: str, tmp_path: Path) -> None:
    """All but the day on which a plan runs out that lasts."""
    with run_prometheus(gauges, tmp_path) as prometheus:
        found = {name: prometheus.ask(query) for name, query in QUERIES.items()}

    empty = {QUERIES[name] for name, series in found.items() if not series}
    assert all(RUNS_OUT in query for query in empty)
    names = set(re.findall(r"scenario_usage_\w+", " ".join(QUERIES.values())))
    known = {name for name, _ in read_gauges(gauges)}
    assert names - known <= {RUNS_OUT}
