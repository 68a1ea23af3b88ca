"""What is said of changes, and of what is new."""

from decimal import Decimal

from scenario_usage_cli.report.story.changes import Change, Changes
from scenario_usage_cli.report.story.told import describe_changes


def describe(before: int, after: int, **parts: int) -> list[str]:
    """The sentences about a change; the largest part comes first."""
    changes = [Change(name.replace("_", " "), Decimal(delta)) for name, delta in parts.items()]
    return list(describe_changes(Changes(Decimal(before), Decimal(after), changes), []))


def test_the_first_sentence_tells_the_change_and_its_largest_part() -> None:
    """The part has the direction of the whole."""
    told = describe(3288, 3700, kling_in_project_P=380, x=112, lumen_in_project_A=-80)

    assert told == [
        "+412 CU, of which +380 CU from kling in project P.",
        "The cost was 3,288 CU in the period before, and is 3,700 CU now.",
        "Grew most: kling in project P, +380 CU; x, +112 CU.",
        "Shrank most: lumen in project A, -80 CU.",
    ]


def test_a_part_that_is_larger_than_the_whole_change() -> None:
    """What all others make of it is said as well, whatever of them is larger."""
    told = describe(3288, 3700, lumen_in_project_A=-900, kling_in_project_P=800, x=512)

    assert told[0] == "+412 CU: +800 CU from kling in project P, and -388 CU from all others."


def test_narrowed_changes_say_what_they_are_of() -> None:
    """Of some models; people are told with all of them."""
    changes = Changes(Decimal(1), Decimal(3), [Change("kling", Decimal(2))])
    told = list(describe_changes(changes, [Change("Ann", Decimal(-7))], is_narrowed=True))

    assert told == [
        "+2 CU, of which +2 CU from kling.",
        "The cost of these models was 1 CU in the period before, and is 3 CU now.",
        "Grew most: kling, +2 CU.",
        "Shrank most by person, with all models: Ann, -7 CU.",
    ]


def test_shrinking() -> None:
    """The same with less."""
    assert describe(50, 20, a=-20, b=-10)[0] == "-30 CU, of which -20 CU from a."


def test_less_than_one_cu() -> None:
    """It is a change like any other."""
    parts = [Change("a", Decimal("0.5")), Change("b", Decimal("-0.25"))]

    assert list(describe_changes(Changes(Decimal(1), Decimal("1.25"), parts), [])) == [
        "+0.25 CU: +0.5 CU from a, and -0.25 CU from all others.",
        "The cost was 1 CU in the period before, and is 1.25 CU now.",
        "Grew most: a, +0.5 CU.",
        "Shrank most: b, -0.25 CU.",
    ]


def test_nothing_changed() -> None:
    """It is said."""
    assert describe(50, 50) == ["Nothing changed: the cost is 50 CU, as in the period before."]


def test_parts_that_cancel_out() -> None:
    """The cost is the same, and what it is made of is not."""
    assert describe(50, 50, a=20, b=-20) == [
        "The cost is 50 CU in both periods.",
        "Grew most: a, +20 CU.",
        "Shrank most: b, -20 CU.",
    ]


def test_people_may_change_where_nothing_else_does() -> None:
    """They are told of after what changed, or alone."""
    people = [Change("Ann", Decimal(20)), Change("Ben", Decimal(-20))]

    assert list(describe_changes(Changes(Decimal(50), Decimal(50), []), people)) == [
        "The cost is 50 CU in both periods.",
        "Grew most by person: Ann, +20 CU.",
        "Shrank most by person: Ben, -20 CU.",
    ]


def test_all_others_are_summed() -> None:
    """At most five of each direction are named."""
    told = describe(0, 28, **{f"x{n}": n for n in range(7, 0, -1)})

    assert told[2:] == [
        "Grew most: x7, +7 CU; x6, +6 CU; x5, +5 CU; x4, +4 CU; x3, +3 CU.",
        "All others (2): +3 CU.",
    ]
