"""The studio is always the same: across instances, clocks, processes and Python versions."""

import hashlib
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from scenario_usage_cli.sandbox.events import day_events, select_events
from tests.sandbox.probe import MAY, NOW, Probe, between, days_back

DIGEST = """
import hashlib
from scenario_usage_cli.sandbox.events import select_events
events = select_events(1777593600000, 1780271999999)
print(hashlib.sha256(repr(events).encode()).hexdigest())
"""


def test_two_instances_agree() -> None:
    """Two sandboxes, the second with nothing remembered, answer the same bytes."""
    first = Probe().get("/usages", **MAY).content
    day_events.cache_clear()

    assert first == Probe().get("/usages", **MAY).content


def test_asking_again_is_asking_the_same(probe: Probe) -> None:
    """No answer depends on what was asked before."""
    whole = probe.get("/usages", **days_back(120)).content
    day_events.cache_clear()
    probe.get("/usages", timeRange="last-hour")
    probe.get("/usages", **MAY, userIds="nobody")

    assert whole == probe.get("/usages", **days_back(120)).content


@pytest.mark.parametrize("later", [timedelta(milliseconds=1), timedelta(hours=9), timedelta(200)])
def test_later_clock_changes_no_earlier_day(probe: Probe, later: timedelta) -> None:
    """What was seen up to now is the same when it is looked at later."""
    dates = between(NOW - timedelta(days=40), NOW)

    assert probe.usages(**dates) == Probe(NOW + later).usages(**dates)


def test_nothing_after_now_is_seen() -> None:
    """The log of a day grows with the clock, and ends before it."""
    morning = datetime(2026, 5, 12, 8, tzinfo=UTC)
    day = between(morning.replace(hour=0), morning.replace(hour=23))
    early, late = (Probe(morning + timedelta(hours=hours)).activity(**day) for hours in (0, 24))

    assert early
    assert early == [row for row in late if row["time"] <= "2026-05-12T08:00:00.000Z"]
    assert len(early) < len(late)


def test_other_process_agrees() -> None:
    """The events do not depend on the process: neither on its hash seed nor on its time zone."""
    digests = {
        subprocess.run(
            [sys.executable, "-c", DIGEST],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        for seed, zone in (("1", "Asia/Tokyo"), ("2", "America/Montreal"))
    }

    here = select_events(1777593600000, 1780271999999)
    assert digests == {hashlib.sha256(repr(here).encode()).hexdigest()}


def test_studio_is_the_known_one() -> None:
    """The events of May 2026 are the same on every Python version and machine."""
    events = select_events(1777593600000, 1780271999999)

    assert len(events) == 4818
    assert sum(event.cost or 0 for event in events) == 25_975_075
    assert hashlib.sha256(repr(events).encode()).hexdigest()[:16] == "23a52c53d96ba2a7"
