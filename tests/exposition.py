"""What Prometheus makes of a text: the two parsers of its Python client, and promtool."""

import shutil
import subprocess

import pytest
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families

Series = tuple[str, frozenset[tuple[str, str]]]
"""The name of a metric, and its labels."""


def series(name: str, /, **labels: str) -> Series:
    """One series, as it is looked up in what was read."""
    return name, frozenset(labels.items())


def read_gauges(text: str) -> dict[Series, float]:
    """Every sample by its series; all are gauges without a timestamp, and none comes twice."""
    families = list(openmetrics.text_string_to_metric_families(text))  # type: ignore[no-untyped-call]
    samples = [sample for family in families for sample in family.samples]
    found = {series(sample.name, **sample.labels): sample.value for sample in samples}
    assert {family.type for family in families} <= {"gauge"}
    assert {sample.timestamp for sample in samples} <= {None}
    assert len(found) == len(samples)
    assert found == {
        series(sample.name, **sample.labels): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    return found


def check_with_promtool(text: str) -> None:
    """Fails where promtool has anything to say; skips where there is none."""
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed here; .ci/run installs it")
    done = subprocess.run(
        [promtool, "check", "metrics"], input=text.encode(), capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
