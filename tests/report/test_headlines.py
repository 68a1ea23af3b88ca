"""What a report opens with: its totals, and sums that nothing else tells."""

import pytest

from tests.report.builders import action, charge, kind, model
from tests.support import CREDENTIALS, FakeApi, answer, model_row, point, run, usages

ANSWER = usages(
    consumption=[charge("u1", 12, 3)],
    models=[model("m1", jobs=2, cost=7, discount=1), model("m2", jobs=1, cost=2.5)],
    assets=[kind("image", 5), kind("video", 2)],
    actions=[action("run", "4", cost=9.5), action("download", "6")],
    moderation=[{"label": "x", "points": [point(count=3)]}],
    quality_gates=[{"verdict": "total", "points": [point(count=2)]}],
)


def opening(*argv: str, document: object = ANSWER) -> dict[str, str]:
    """The headlines of a report as people see them, by title."""
    result = run("report", "--period", "2026-11", *argv, transport=FakeApi(answer(document)))
    assert result.code == 0, result.stderr
    lines = result.stdout.split("\n\n")[0].splitlines()[2:]
    if not lines:
        return {}
    titles, values = lines
    return dict(zip(titles.split(), values.replace(" CU", "_CU").split(), strict=True))


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        ("consumption", {"Cost": "12_CU", "Discount": "3_CU", "Gross": "15_CU", "Users": "1"}),
        (
            "models",
            {
                "Cost": "9.5_CU",
                "Discount": "1_CU",
                "Gross": "10.5_CU",
                "Jobs": "3",
                "Models": "2",
            },
        ),
        ("assets", {"Assets": "7"}),
        ("actions", {"Cost": "9.5_CU", "Count": "10"}),
        ("moderation", {"Assets": "3"}),
        ("quality_gates", {}),
        (
            "models,assets,moderation",
            {
                "Cost": "9.5_CU",
                "Discount": "1_CU",
                "Gross": "10.5_CU",
                "Jobs": "3",
                "Assets": "7",
                "Models": "2",
            },
        ),
        ("models,actions", {"Jobs": "3", "Models": "2"}),
        (
            "consumption,models",
            {
                "Cost": "12_CU",
                "Discount": "3_CU",
                "Gross": "15_CU",
                "Jobs": "3",
                "Users": "1",
                "Models": "2",
            },
        ),
        ("assets,moderation", {"Assets": "7"}),
    ],
)
def test_a_section_alone_has_its_own_sums(sections: str, expected: dict[str, str]) -> None:
    """Of several, only one that has CU; what could be of two tables is of none."""
    assert opening("--section", sections) == expected


def test_the_sums_are_those_of_the_rows_that_are_shown() -> None:
    """As jobs are, where models are narrowed."""
    assert opening("--section", "models", "--model", "m2")["Cost"] == "2.5_CU"


def test_data_have_totals_of_consumption_only() -> None:
    """Null where that was not asked for."""
    api = FakeApi(answer(ANSWER))
    result = run("report", "--period", "2026-11", "--section", "models", "--json", transport=api)

    assert result.json["totals"]["cost"] is None


def test_what_the_api_left_out_has_no_sum() -> None:
    """It is unknown."""
    document = ANSWER | {"modelUsages": None}

    assert opening("--section", "models,assets", document=document) == {"Assets": "7"}


def test_a_breakdown_alone_has_the_sums_of_its_totals() -> None:
    """Whatever it is by."""
    whole = run("report", "--demo", "--last", "2d", environ=CREDENTIALS).stdout.splitlines()[3]
    for by in ("project", "user", "project,user"):
        asked = ("report", "--demo", "--last", "2d", "--section", "breakdown", "--by", by)
        text = run(*asked, environ=CREDENTIALS).stdout.splitlines()[3]
        assert text.split()[:8] == whole.split()[:8]


def test_exact_sums_have_no_noise() -> None:
    """Three times 0.1 is 0.3."""
    rows = [model_row(f"m{n}", point(jobs=1, cost=0.1)) for n in range(3)]

    assert opening("--section", "models", document=usages(models=rows))["Cost"] == "0.3_CU"


@pytest.mark.parametrize(
    ("asked", "measures"),
    [
        (("--section", "models"), ["Cost, CU", "Discount, CU", "Gross, CU", "Jobs", "Models"]),
        (("--section", "models", "--model", "m1"), None),
        (("--section", "assets"), ["Assets"]),
        (
            ("--section", "breakdown", "--by", "project"),
            ["Cost, CU", "Discount, CU", "Gross, CU", "Jobs", "Assets"],
        ),
    ],
)
def test_a_comparison_of_one_section_has_its_sums_too(
    asked: tuple[str, ...], measures: list[str] | None
) -> None:
    """In what people read; JSON and CSV stay as they are."""
    command = ("compare", "--demo", "--last", "3d", *asked)
    totals = run(*command).stdout.split("\n\n")[1].splitlines()[2:]
    document = run(*command, "--json").json

    if measures is not None:
        assert [line.strip().split("  ")[0] for line in totals] == measures
    assert {row["id"] for row in document["totals"]} <= {"jobs", "models", "assets"}
    assert ",cost," not in run(*command, "--csv").stdout.splitlines()[0]
