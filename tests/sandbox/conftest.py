"""One probe and one server for all tests of the sandbox."""

from collections.abc import Iterator

import pytest

from scenario_usage_cli.sandbox import Sandbox, app
from scenario_usage_cli.sandbox.answers import build_answer
from tests.sandbox.probe import NOW, Probe, serving


@pytest.fixture(scope="package", autouse=True)
def _answers_each_time() -> Iterator[None]:
    """What is tested here is not remembered, as it is for all other tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app, "build_answer", build_answer)
        yield


@pytest.fixture(scope="session")
def probe() -> Iterator[Probe]:
    probe = Probe()
    yield probe
    probe.client.close()


@pytest.fixture(scope="session")
def port() -> Iterator[int]:
    with serving(Sandbox(lambda: NOW)) as port:
        yield port
