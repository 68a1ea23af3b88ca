"""The chapters of a story: which there are, and what is said in those that check and explain."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from scenario_usage_cli.api.body import parse_usages
from scenario_usage_cli.collect.breakdown import Breakdown
from scenario_usage_cli.collect.merge import Merger
from scenario_usage_cli.collect.usage import Filters, Usage
from scenario_usage_cli.report.labels import NO_LABELS
from scenario_usage_cli.report.story.checks import build_checks
from scenario_usage_cli.report.story.material import Before, Making, Material
from scenario_usage_cli.report.story.tell import tell_story
from scenario_usage_cli.report.usage import Report, build_report
from scenario_usage_cli.report.usage_view import build_usage_view
from scenario_usage_cli.report.view import Chapter
from tests.report.builders import Document, charge, kind, model
from tests.support import NOW, usages
from tests.test_periods import parse

SECTIONS = ("consumption", "models")
OCTOBER = usages(
    consumption=[charge("u", 12)],
    models=[model("kling", jobs=1, cost=7), model("flux", jobs=1, cost=3)],
)


def read(
    document: Document = OCTOBER,
    period: str | None = "2026-10",
    sections: tuple[str, ...] = SECTIONS,
    filters: Filters | None = None,
) -> Usage:
    """The usage of an answer."""
    usage = Usage(sections, parse(period=period) if period else None, filters or Filters())
    Merger(usage).add(parse_usages(json.dumps(document).encode(), source="the test"))
    return usage


def report(usage: Usage, models: tuple[str, ...] = ()) -> Report:
    """What it adds up to."""
    return build_report(usage, models=models, generated_at=NOW)


def divide(**parts: Usage) -> Breakdown:
    """A breakdown by project."""
    named: Mapping[tuple[str, ...], tuple[str, ...]] = {(one,): (one.upper(),) for one in parts}
    return Breakdown(("project",), {(one,): usage for one, usage in parts.items()}, named)


def tell(
    usage: Usage, answers: int = 2, models: tuple[str, ...] = (), **more: Any
) -> dict[str, Chapter]:
    """The chapters by their titles, in order."""
    own = report(usage, models)
    material = Material(Making("1.2.3", answers), usage, more.pop("labels", NO_LABELS), **more)
    view = tell_story(build_usage_view(own), own, material)
    return {chapter.title: chapter for chapter in view.chapters}


def before(
    usage: Usage,
    projects: Breakdown | None = None,
    note: str | None = None,
    models: tuple[str, ...] = (),
) -> Before:
    """The period before."""
    return Before(parse(period="2026-09"), usage, report(usage, models), projects, note)


def test_a_story_of_a_report_alone() -> None:
    """Its own tables, and how they were made."""
    chapters = tell(read())

    assert list(chapters) == [
        *("At a glance", "Models", "People and API keys", "Reconciliation and warnings"),
        "How these figures were made",
    ]
    assert chapters["At a glance"].sentences == ()
    assert [title for title, one in chapters.items() if one.is_folded] == list(chapters)[-1:]


def test_tables_without_a_chapter_of_their_own_share_one() -> None:
    """It is after all others."""
    document = usages(assets=[kind("image", 1)])
    chapters = tell(read(document, sections=("assets", "moderation", "quality_gates")))

    assert list(chapters)[1:3] == ["Kinds of assets", "Other tables"]
    assert len(chapters["Other tables"].sections) == 2


def test_the_first_chapter_tells_what_it_is_compared_with() -> None:
    """And that nothing was used, if so."""
    nothing = read(usages(), "2026-09")

    chapters = tell(read(), before=before(nothing, note="it has 30 days, not 31"))
    assert chapters["At a glance"].sentences == (
        "Changes are against 2026-09-01 to 2026-09-30, UTC.",
        "It has 30 days, not 31.",
    )
    cost = chapters["At a glance"].headlines[0]
    assert (cost.title, cost.value, cost.before) == ("Cost", 12, 0)
    assert tell(nothing)["At a glance"].sentences == ("Nothing was used in this period.",)


@pytest.mark.parametrize(
    ("costs", "expected"),
    [
        ({"kling": 3, "flux": 7.5, "lumen": 0}, "Of 2 models with a cost, flux cost most: 7.5 CU."),
        ({"kling": 3, "lumen": 0.0000001}, "kling is the only model with a cost: 3 CU."),
        ({"kling": 0}, None),
    ],
)
def test_the_ranking_of_models_is_described(costs: dict[str, float], expected: str | None) -> None:
    """By those that cost anything; there is none where none does. Other tables have no ranking."""
    models = [model(name, jobs=1, cost=cost) for name, cost in costs.items()]
    chapters = tell(read(usages(models=models, consumption=[charge("u", 5)])))

    charts = chapters["Models"].charts
    assert [one.description for one in charts] == ([expected] if expected else [])
    assert chapters["People and API keys"].charts == ()


@pytest.mark.parametrize(
    ("charged", "expected"),
    [
        (
            12,
            "12 CU were charged, and models cost 10 CU: the difference of 2 CU is operations "
            "without a model, and refunds.",
        ),
        (10, "10 CU were charged, and models cost as much."),
    ],
)
def test_what_models_do_not_explain_is_told(charged: float, expected: str) -> None:
    """Where both are known."""
    document: Any = {**OCTOBER, "consumption": [charge("u", charged)]}

    told = tell(read(document))["Reconciliation and warnings"].sentences
    assert told == (expected, "There are no warnings.")
    alone = tell(read(document, sections=("models",)))["Reconciliation and warnings"].sentences
    assert alone == ("There are no warnings.",)


@pytest.mark.parametrize(
    ("lacking", "expected"),
    [
        (Decimal("1234.5"), ["1,234.5 CU are in no row of the breakdown."]),
        (Decimal("0.0000004"), []),
        (Decimal(0), []),
    ],
)
def test_what_is_in_no_row_of_a_breakdown_is_told(lacking: Decimal, expected: list[str]) -> None:
    """If it is as much as is shown."""
    own = report(read())
    assert own.reconciliation
    row = {**own.reconciliation, "breakdown_difference": lacking}
    material = Material(Making("1.2.3", 1), read(), NO_LABELS)

    checks = build_checks(
        build_usage_view(own), own._replace(reconciliation=row), None, material
    ).sentences

    assert list(checks[1:-1]) == expected


def test_warnings_of_the_period_before_are_told_as_such() -> None:
    """And no sentence says that there are none."""
    lacking: Any = {key: value for key, value in OCTOBER.items() if key != "modelUsages"}

    told = tell(read(), before=before(read(lacking, "2026-09")))

    (warning,) = told["Reconciliation and warnings"].sentences[1:]
    assert warning.startswith("Before: the API left out models")


@pytest.mark.parametrize(
    ("answers", "source"), [(0, "a saved answer"), (1, "one answer"), (1234, "1,234 answers")]
)
def test_what_figures_were_made_of(answers: int, source: str) -> None:
    """A saved answer tells when it was fetched, or it is not known."""
    made = tell(read(), answers)["How these figures were made"].sentences

    assert made[0] == f"scenario-usage 1.2.3 made them from {source} of Scenario's usage API."
    fetched = [one for one in made if one.startswith("The figures were fetched")]
    now = ["The figures were fetched at 2026-11-22T18:30:00Z."]
    assert fetched == (now if answers else [])
    saved = replace(read(), fetched_at=datetime(2026, 11, 3, tzinfo=UTC))
    assert "The figures were fetched at 2026-11-03T00:00:00Z." in (
        tell(saved, answers)["How these figures were made"].sentences
    )


def test_period_and_filters_are_told() -> None:
    """As far as they are known."""
    filters = Filters(project_ids=("project_a", "project_b"))
    made = tell(read(filters=filters), missing=("It lacks that.",))

    assert made["How these figures were made"].sentences[3:] == (
        "The period is from 2026-10-01T00:00:00Z to 2026-10-31T23:59:59.999Z (UTC), both included; "
        "its days begin in the time zone UTC.",
        "The figures were fetched at 2026-11-22T18:30:00Z.",
        "Only these are in them: projects project_a, project_b.",
        "It lacks that.",
    )
    assert tell(read(period=None))["How these figures were made"].sentences[3:] == (
        "The figures were fetched at 2026-11-22T18:30:00Z.",
        "No filter was set.",
    )
    running = tell(read(period="today"))["How these figures were made"].sentences
    assert running[4] == "The period contains the running day: its figures still change."


def test_what_a_project_lacks_is_told_in_the_place_of_its_matrix() -> None:
    """The other matrix is there; without projects there is no chapter."""
    lacking: Any = {key: value for key, value in OCTOBER.items() if key != "modelUsages"}
    projects = divide(a=read(), b=read(lacking))

    crossed = tell(read(), projects=projects)["Projects by model and person"]

    assert crossed.sentences == ("Projects by model cannot be shown: models of B did not come.",)
    assert [matrix.title for matrix in crossed.matrices] == ["Cost of projects by person"]
    whole = tell(read(lacking), projects=divide(a=read(), b=read()))
    assert whole["Projects by model and person"].sentences == (
        "Projects by model cannot be shown: models of the whole did not come.",
    )
    alone = tell(read(sections=("models",)), projects=projects)["Projects by model and person"]
    assert (alone.sentences, alone.matrices) == (crossed.sentences, ())


def test_what_projects_and_cost_centres_lack_is_a_warning() -> None:
    """Also what cost centres have more of than the whole."""
    lacking: Any = {key: value for key, value in OCTOBER.items() if key != "modelUsages"}
    less = read(usages(consumption=[charge("u", -3)]))
    named: Any = {(name,): (name,) for name in ("Films", "(unassigned)")}
    centres = Breakdown(("cost-centre",), dict(zip(named, (change(15), less), strict=True)), named)

    told = tell(read(), projects=divide(a=read(), b=read(lacking)), centres=centres)

    found = told["Reconciliation and warnings"].sentences
    assert "The API left out models of B." in found
    excess = "Consumption of u: cost centres have more than the whole, by cost 3, gross 3."
    assert excess in found


def test_one_project_has_a_row_and_no_matrix() -> None:
    """It would be that of the whole."""
    chapters = tell(read(), projects=divide(a=read()))

    assert "Projects by model and person" not in chapters
    assert len(chapters["Projects"].sections[0].rows) == 1


def test_a_table_that_the_report_has_is_not_made_again() -> None:
    """Of a report by project."""
    usage, projects = read(), divide(a=read(), b=read())
    own = build_report(usage, breakdowns=[projects], generated_at=NOW)
    view = build_usage_view(own)
    material = Material(Making("1.2.3", 1), usage, NO_LABELS, projects=projects)

    told = tell_story(view, own, material).chapters

    (chapter,) = [one for one in told if one.title == "Projects"]
    assert chapter.sections[0] in view.table_sections
    assert [id(chapter.sections[0])] == [id(view.table_sections[0])]


def test_a_matrix_is_of_what_was_asked_for() -> None:
    """A report of models alone has no people."""
    chapters = tell(read(sections=("models",)), projects=divide(a=read(), b=read()))

    (matrix,) = chapters["Projects by model and person"].matrices
    assert (matrix.title, matrix.columns) == ("Cost of projects by model", ("kling", "flux"))
    both = tell(read(), projects=divide(a=read(), b=read()))["Projects by model and person"]
    assert [(one.title, one.columns) for one in both.matrices] == [
        ("Cost of projects by model", ("kling", "flux", "(no model: operations and refunds)")),
        ("Cost of projects by person", ("u",)),
    ]


def test_changes_are_by_project_where_both_periods_have_them() -> None:
    """Of a period without them, or without all of a project, changes are those of models."""
    twice: Any = {
        **OCTOBER,
        "consumption": [charge("u", 17)],
        "modelUsages": [model("kling", jobs=1, cost=12), model("flux", jobs=1, cost=3)],
    }
    lacking: Any = {key: value for key, value in OCTOBER.items() if key != "modelUsages"}
    old = read(period="2026-09")
    found = []
    for projects in (divide(a=read(), b=read()), divide(a=read(), b=read(lacking)), None):
        chapters = tell(
            read(twice),
            projects=divide(a=read(twice), b=read()),
            before=before(old, projects),
        )
        sentences = chapters["What changed most"].sentences
        found.append(sentences[0])
        assert not sentences[-1].startswith("Of ")

    assert found == [
        "+5 CU, of which +5 CU from kling in project A.",
        "+5 CU, of which +5 CU from kling.",
        "+5 CU, of which +5 CU from kling.",
    ]


def change(cost: float, charged: float | None = None, name: str = "kling") -> Usage:
    """What one model cost, of all that was charged."""
    return read(
        usages(
            consumption=[charge("u", cost if charged is None else charged)],
            models=[model(name, jobs=1, cost=cost)],
        )
    )


def test_changes_of_some_models_are_of_these_alone() -> None:
    """Whatever else was charged, in all projects and in each."""
    both = divide(a=read(), b=read(usages()))
    names = ("kling",)

    chapters = tell(
        read(),
        models=names,
        projects=both,
        before=before(change(2, 100), divide(a=change(2, 100), b=read(usages())), models=names),
    )

    changed = chapters["What changed most"]
    assert changed.sentences[:3] == (
        "+5 CU, of which +5 CU from kling in project A.",
        "The cost of these models was 2 CU in the period before, and is 7 CU now.",
        "Grew most: kling in project A, +5 CU.",
    )


def test_changes_of_what_has_no_model() -> None:
    """Beside models, or where these were not asked for."""
    for sections, name in (
        (SECTIONS, "operations and refunds without a model"),
        (("consumption",), "all together"),
    ):
        now, old = (
            read(
                usages(consumption=[charge("u", cost)], models=OCTOBER["modelUsages"]),
                one,
                sections,
            )
            for one, cost in (("2026-10", 12), ("2026-09", 10))
        )
        told = tell(now, before=before(old))["What changed most"].sentences
        assert told[0] == f"+2 CU, of which +2 CU from {name}."


def test_what_one_period_alone_has_changed_by_all_of_it() -> None:
    """People have the names of either period."""
    now, old = change(5, name="kling"), change(3, name="flux")

    changed = tell(
        now,
        labels=NO_LABELS._replace(users={"u": "Ann"}),
        projects=divide(a=now, b=read(usages())),
        before=before(old, divide(a=old, b=read(usages()))),
    )["What changed most"]

    assert changed.sentences[2:] == (
        "Grew most: kling in project A, +5 CU.",
        "Shrank most: flux in project A, -3 CU.",
        "Grew most by person: Ann, +2 CU.",
    )


def test_parts_that_do_not_add_up_as_they_are_shown_are_not_told() -> None:
    """Two projects of less than is shown are a model of more: then it is told by model."""
    cost, half = 0.0000008, 0.0000004

    chapters = tell(
        change(cost),
        projects=divide(a=change(half), b=change(half)),
        before=before(change(0), divide(a=change(0), b=change(0))),
    )

    assert chapters["What changed most"].sentences[0] == (
        "+0.000001 CU, of which +0.000001 CU from kling."
    )


@pytest.mark.parametrize("sections", [("assets",), ("models",)])
def test_changes_without_any_cost_have_no_sentence(sections: tuple[str, ...]) -> None:
    """Where it was not asked for, or did not come."""
    lacking: Any = {key: value for key, value in OCTOBER.items() if key != "modelUsages"}
    usage = read(lacking, sections=sections)

    chapters = tell(usage, before=before(read(lacking, "2026-09", sections)))

    assert chapters["What changed most"].sentences == ()


def test_changes_of_the_same_size_are_told_by_name() -> None:
    """The larger ones come first, whether more or less."""
    now, old = (
        read(
            usages(
                consumption=[charge("u", sum(costs))],
                models=[
                    model(one, jobs=1, cost=cost) for one, cost in zip("bacd", costs, strict=True)
                ],
            )
        )
        for costs in ((5, 5, 9, 1), (3, 3, 1, 7))
    )

    told = tell(now, before=before(old))["What changed most"].sentences

    assert told[2:4] == ("Grew most: c, +8 CU; a, +2 CU; b, +2 CU.", "Shrank most: d, -6 CU.")


def test_what_is_in_no_project_changes_as_well() -> None:
    """Of each model, and without one."""
    whole = usages(consumption=[charge("u", 30)], models=[model("kling", jobs=1, cost=20)])
    part = usages(consumption=[charge("u", 12)], models=[model("kling", jobs=1, cost=12)])
    nothing = read(usages(), "2026-09")

    told = tell(
        read(whole),
        projects=divide(a=read(part)),
        before=before(nothing, divide(a=read(usages(), "2026-09"))),
    )["What changed most"].sentences

    assert told[2] == (
        "Grew most: kling in project A, +12 CU; operations and refunds without a model in other "
        "projects, +10 CU; kling in other projects, +8 CU."
    )


def test_projects_of_one_period_only_are_no_table_of_changes() -> None:
    """What they cost is known of that one alone."""
    found = []
    for own in (divide(a=read(), b=read(usages())), divide(a=read(), c=read(usages()))):
        chapters = tell(
            read(),
            projects=divide(a=read(), b=read(usages())),
            before=before(read(period="2026-09"), own),
        )
        found.append([one.table.title for one in chapters["What changed most"].sections])

    assert [titles[0] for titles in found] == [
        "Changes of cost by project, CU",
        "Changes of cost by user, CU",
    ]
