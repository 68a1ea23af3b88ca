"""Which models, people and API keys are told of as seen for the first time."""

from typing import Any

import pytest

from scenario_usage_cli.report.story.firsts import build_firsts
from scenario_usage_cli.report.usage import Report
from tests.report.builders import Document, charge, model
from tests.report.test_comparison import report
from tests.support import usages

SECTIONS = ("consumption", "models")
SINCE = "New is what was not used in the time before, 2026-09-01 to 2026-09-30, UTC."


def read(period: str, answer: Document, sections: tuple[str, ...] = SECTIONS) -> Report:
    """The report of an answer."""
    return report(answer, period, sections)


def tell(
    now: Document,
    before: Document,
    sections: tuple[str, ...] = SECTIONS,
    labels: dict[str, str] | None = None,
) -> tuple[str, ...]:
    """The sentences about October, beside September."""
    chapter = build_firsts(
        read("2026-10", now, sections), read("2026-09", before, sections), labels or {}
    )
    assert chapter is not None
    return chapter.sentences


def test_what_was_not_used_before_is_new() -> None:
    """Models, people and API keys, with what they cost; a row of zeros is no use."""
    now = usages(
        models=[model("old", cost=1), model("m", jobs=1, cost=2.5), model("zero")],
        consumption=[charge("user_a", 5), charge("user_b", 1), charge("apiu_c", 3), charge("k", 2)],
        users=[{"id": "k", "isApiKey": True}],
        model_names={"m": "Kling V3"},
    )
    before = usages(
        models=[model("old", cost=1), model("m"), model("gone", cost=1)],
        consumption=[charge("user_b", 7), charge("user_a", 0)],
    )

    labels = {"k": "Renderer (API key)", "user_a": "Ann"}
    assert tell(now, before, labels=labels) == (
        SINCE,
        "New model: Kling V3 (2.5 CU).",
        "New person: Ann (5 CU).",
        "New API keys: apiu_c (3 CU), Renderer (2 CU).",
    )


def test_nothing_is_new() -> None:
    """It is said of each sort."""
    assert tell(usages(), usages()) == (
        SINCE,
        "No model is new.",
        "No person is new.",
        "No API key is new.",
    )


def test_a_report_of_one_section_tells_of_no_other() -> None:
    """Nor is there a chapter for a report that has neither."""
    now = usages(models=[model("m", cost=1)])

    assert tell(now, usages(), ("models",)) == (SINCE, "New model: m (1 CU).")
    assets = read("2026-10", usages(), ("assets",))
    assert build_firsts(assets, assets, {}) is None


@pytest.mark.parametrize("lacking", [0, 1])
def test_what_did_not_come_is_not_taken_for_new(lacking: int) -> None:
    """In the period, or in the time before."""
    answers: list[dict[str, Any]] = [
        usages(models=[model("m", cost=1)], consumption=[charge("u", 1)]) for _ in range(2)
    ]
    del answers[lacking]["modelUsages"]

    told = tell(answers[0], answers[1])

    assert told[1:4] == (
        "Which models are new is not known.",
        "No person is new.",
        "No API key is new.",
    )
    of_before = [one for one in told if one.startswith("Of the time before: the API left out")]
    assert len(of_before) == lacking


@pytest.mark.parametrize(
    ("count", "end"),
    [(20, "m18 (1 CU), m19 (1 CU)."), (21, "m18 (1 CU), and 2 others.")],
)
def test_the_first_of_many_are_named(count: int, end: str) -> None:
    """At most 20 names, or 19 and how many more there are."""
    now = usages(models=[model(f"m{number:02}", cost=1) for number in range(count)])

    told = tell(now, usages(), ("models",))[1]

    assert told.startswith("New models: m00 (1 CU), m01 (1 CU), ")
    assert told.endswith(end)
