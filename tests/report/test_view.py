"""What people are shown of the rows of a section, and of a figure with the one before."""

from decimal import Decimal
from typing import Any

from scenario_usage_cli.report.view import Headline, Section
from tests.cases import each
from tests.report.things import COST, FOUR, GROUP, GROUP_NAME, GROUPED, HIDDEN, NAME, PLAIN, row


def names(section: Section) -> list[str]:
    """What the rows are called."""
    return [NAME.of(one) for one in section.rows]


def test_rows_beyond_the_top_are_one_with_their_sums() -> None:
    """Its figures are sums, what is made of others is made anew, and its share is of the whole."""
    shown = Section(PLAIN, FOUR).for_table(2)

    assert names(shown) == ["A", "B", "other (2)"]
    assert (set(shown.summed), shown.rests) == ({2}, {2: 2})
    rest = shown.rows[2]
    assert [rest[key] for key in ("id", "jobs", "cost", "double", "course", "share", "hidden")] == [
        *("other (2)", 2, 30, 60, [30, 2], Decimal("0.3"), None)
    ]
    assert Section(PLAIN, FOUR, whole=Decimal(60)).for_table(2).rows[2]["share"] == Decimal("0.5")


@each(("top", "count"), [(0, 4), (3, 4), (4, 4), (5, 4), (1, 2)])
def test_no_row_is_left_out_without_a_rest(top: int, count: int) -> None:
    """As many rows as fit stay; a rest of one row is summed up as well."""
    assert len(Section(PLAIN, FOUR).for_table(top).rows) == count


def test_rows_that_do_not_add_up_are_all_shown() -> None:
    """Neither are those of a timeline left out."""
    for section in (
        Section(PLAIN._replace(is_additive=False), FOUR),
        Section(PLAIN, FOUR, is_timeline=True),
    ):
        assert names(section.for_table(1)) == ["A", "B", "C", "D"]


def test_rows_of_zeros_are_those_of_inventories_and_timelines_only() -> None:
    """Texts and courses are no figures."""
    rows = [row("a", 40), row("z", 0)]

    assert names(Section(PLAIN, rows).for_table(0)) == ["A"]
    assert names(Section(PLAIN, rows, is_inventory=True).for_table(0)) == ["A", "Z"]
    assert names(Section(PLAIN, rows, is_timeline=True).for_table(0)) == ["A", "Z"]


def test_what_is_kept_is_behind_the_rest() -> None:
    """It is not summed up with others, however small it is."""
    shown = Section(PLAIN, FOUR, kept=frozenset("d")).for_table(1)

    assert names(shown) == ["A", "other (2)", "D"]
    assert shown.rests == {1: 2}


def test_each_group_has_its_own_rest_and_total() -> None:
    """The rest has the group's name; the total stands last, and is told from other rows."""
    rows = [row("a", 4), row("b", 3), row("c", 2), row("x", 9, "h")]
    total = row("", 9, jobs=3) | {"name": "in all"}
    labels = {"group": {"g": "The first"}}
    section = Section(GROUPED, rows, subtotals={("g",): total}, labels=labels)

    shown = section.for_table(1)

    assert names(shown) == ["A", "other (2)", "in all", "X"]
    assert [GROUP_NAME.of(one) for one in shown.rows] == ["The first"] * 3 + ["H"]
    assert [GROUP.of(one) for one in shown.rows] == ["g", "g", "g", "h"]
    assert (set(shown.summed), shown.rests, set(shown.totals)) == ({1}, {1: 2}, {2})


def test_rows_are_prepared_before_some_are_chosen() -> None:
    """Amounts are made to add up over all rows, whether shown or not."""

    def prepare(section: Section) -> Section:
        return section._replace(rows=[{**one, "cost": COST.of(one) + 1} for one in section.rows])

    shown = Section(PLAIN, FOUR, prepare=prepare).for_table(1)

    assert [COST.of(one) for one in shown.rows] == [41, 63]


def test_a_row_is_identified_by_the_parts_that_it_has() -> None:
    """In one text; a table without ids, by its first column."""
    assert Section(GROUPED, ()).identify(FOUR[0]) == ("g/a", "G / A")
    assert Section(GROUPED, ()).identify({**FOUR[0], "group": None, "group_name": None}) == (
        ("a", "A")
    )
    bare = PLAIN._replace(ids=(), names=(), fields=(NAME, COST))
    assert Section(bare, ()).identify(FOUR[0]) == ("A", "")


def test_columns_without_weight_are_not_for_people() -> None:
    """Nor those that a section does not show."""
    columns = [field.key for field in Section(PLAIN, ()).columns]

    assert columns == ["id", "name", "jobs", "cost", "double", "course", "share"]
    assert Section(PLAIN, (), shown=(HIDDEN, COST)).columns == (COST,)


@each(
    ("value", "before", "change"),
    [
        (30, 20, "0.5"),
        (15, 20, "-0.25"),
        (20, 20, "0"),
        (Decimal("0.0000001"), Decimal("0.0000002"), None),
        (20, 0, None),
        (0, 20, "-1"),
        (None, 20, None),
        (20, None, None),
        (None, None, None),
    ],
)
def test_a_change_is_a_fraction_of_what_was_before(
    value: Any, before: Any, change: str | None
) -> None:
    """Null where one of them is not known, or nothing was before."""
    found = Headline("Cost", value, before=before).change

    assert found == (None if change is None else Decimal(change))
