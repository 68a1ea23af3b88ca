"""One probe and one server for all tests of the sandbox."""

from collections.abc import Iterator

import pytest

from scenario_usage_cli.sandbox import Sandbox
from tests.sandbox.probe import NOW, Probe, serving


@pytest.fixture(scope="session")
def probe() -> Iterator[Probe]:
    probe = Probe()
    yield probe
    probe.client.close()


@pytest.fixture(scope="session")
def port() -> Iterator[int]:
    with serving(Sandbox(lambda: NOW)) as port:
        yield port
