"""Chapters that need more than a report: days, what is new, and what is narrowed to models."""

from typing import Any

import pytest

from tests.report.builders import charge
from tests.report.story.test_days import BESIDE, build_course
from tests.report.story.test_tell import OCTOBER, divide, read, report, tell
from tests.support import usages

LACKING: Any = {key: value for key, value in OCTOBER.items() if key != "consumption"}


@pytest.mark.parametrize(
    ("charged", "sections", "expected"),
    [
        (12, ("consumption", "models"), True),
        (10, ("consumption", "models"), False),
        (12, ("models",), False),
    ],
)
def test_days_tell_of_what_has_no_model(
    charged: float, sections: tuple[str, ...], expected: bool
) -> None:
    """Where more was charged than what models cost."""
    usage = read({**OCTOBER, "consumption": [charge("u", charged)]}, sections=sections)

    days = tell(usage, course=build_course(1, 2))["Cost by day"]

    assert (BESIDE in days.sentences) is expected


def test_days_without_cost_are_no_chapter() -> None:
    """Nor is the time before, for a report of neither models nor people."""
    assets = read(sections=("assets",))

    chapters = tell(assets, course=build_course(0), earlier=report(assets))

    assert {"Cost by day", "Seen for the first time"}.isdisjoint(chapters)
    new = tell(read(), earlier=report(read(usages(), "2026-09")))["Seen for the first time"]
    assert new.sentences[1] == "New models: kling (7 CU), flux (3 CU)."


def test_warnings_of_days_are_told_once() -> None:
    """Those that the report has as well are its own."""
    usage = read(LACKING)
    (own,) = report(usage).warnings
    course = build_course(1)._replace(warnings=[own, "something is odd"])

    told = tell(usage, course=course)["Reconciliation and warnings"].sentences

    assert (len(told), told[1:]) == (2, ("By day: something is odd.",))


def test_matrices_of_some_models_have_no_other_column() -> None:
    """Nor what was charged without a model; nor have those where that is not known."""
    narrowed = tell(read(), models=("kl*",), projects=divide(a=read(), b=read()))
    unknown = tell(read(), projects=divide(a=read(), b=read(LACKING)))

    for chapters, columns in ((narrowed, ("kling",)), (unknown, ("kling", "flux"))):
        by_model = chapters["Projects by model and person"].matrices[0]
        assert (by_model.title, by_model.columns) == ("Cost of projects by model", columns)
