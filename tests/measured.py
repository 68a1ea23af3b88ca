"""What `--cov` measures of a run: imports, and the tests that go ways of their own.

Whatever runs while it measures takes twice its time, pytest and libraries too, so it does only
where it finds something. What is left out finds lines that others find as well: the figure is at
most a little lower than it could be.
"""

import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Protocol

import pytest
from hypothesis import is_hypothesis_test

import scenario_usage_cli

ROOT = Path(__file__).parent
REPEATED = frozenset(
    ROOT / name
    for name in (
        "api/test_bad_weather_answers.py",
        "api/test_bad_weather_secrets.py",
        "cli/test_absent_sections.py",
        "cli/test_compare.py",
        "cli/test_focus_from.py",
        "cli/test_list_odd.py",
        "cli/test_openmetrics.py",
        "cli/test_pairs.py",
        "cli/test_quota.py",
        "cli/test_saved.py",
        "cli/test_sort.py",
        "cli/test_trend.py",
        "cli/test_trend_split.py",
        "cli/test_xlsx.py",
        "collect/test_borders.py",
        "collect/test_parts_in_bad_weather.py",
        "collect/test_prefetch.py",
        "export/test_bad_api.py",
        "export/test_bad_manifest.py",
        "export/test_bad_weather.py",
        "export/test_crash_points.py",
        "export/test_engines.py",
        "export/test_focus.py",
        "export/test_history.py",
        "export/test_odd_api.py",
        "export/test_sums.py",
        "forecast/test_studios.py",
        "render/test_columns_that_leave.py",
        "render/test_escapes.py",
        "render/test_html.py",
        "render/test_openmetrics.py",
        "render/test_slack.py",
        "render/test_svg.py",
        "render/test_table.py",
        "render/test_xlsx.py",
        "report/test_chapters.py",
        "sandbox/test_parameters.py",
        "sandbox/test_reconciliation.py",
        "sandbox/test_vendor_sdk.py",
        "test_invariance.py",
        "test_oracle.py",
        "test_readme.py",
        "test_recipes.py",
    )
)
"""These go ways that others go as well, some of them hundreds of times, as properties do."""

Phase = Generator[None, object, object]


class Controller(Protocol):
    """What measures, as `pytest-cov` has it."""

    def pause(self) -> None: ...
    def resume(self) -> None: ...


class Measuring:
    """A plugin of pytest beside `pytest-cov`, which alone measures everything."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    def begin(self, *, imports: bool) -> None:
        """Measure imports of the whole package if asked to, and then nothing until a test does.

        Where `-n` is in `addopts`, `pytest-cov` 7.1 takes a worker of `pytest-xdist` for the first
        process as well, and measures it twice: the other would go on wherever this one pauses.
        """
        from coverage import Coverage  # there only where pytest-cov is

        if imports:
            for module in walk_packages(scenario_usage_cli.__path__, "scenario_usage_cli."):
                import_module(module.name)
        self._controller.pause()
        while other := Coverage.current():
            other.stop()

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Phase:
        """Fixtures of a measured test are a part of it."""
        return (yield from self._measure(item))

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Phase:
        """The test itself."""
        return (yield from self._measure(item))

    def _measure(self, item: pytest.Item) -> Phase:
        if item.path in REPEATED or is_hypothesis_test(getattr(item, "function", None)):
            return (yield)
        self._controller.resume()
        try:
            return (yield)
        finally:
            self._controller.pause()


@contextmanager
def left_out() -> Iterator[None]:
    """What this thread does in here is not measured, whatever the test."""
    trace = sys.gettrace()
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(trace)
