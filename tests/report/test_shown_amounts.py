"""Amounts as people see them: in whole cents that add up to the total, whatever is not known."""

from decimal import Decimal
from typing import Any

from scenario_usage_cli.report.fields import Field, Kind
from scenario_usage_cli.report.shown_amounts import round_section
from scenario_usage_cli.report.tables import AFTER, BEFORE, DELTA
from scenario_usage_cli.report.view import Section
from tests.cases import each
from tests.report.things import GROUPED, PLAIN, row

AMOUNT = Field[Decimal]("amount", "Amount", Kind.AMOUNT, 50, nullable=True)
SINGLE = PLAIN._replace(fields=(*PLAIN.fields, AMOUNT))
IN_GROUPS = GROUPED._replace(fields=(*GROUPED.fields, AMOUNT))


def build_rows(*amounts: str | None, group: str = "g") -> list[dict[str, Any]]:
    """A thing for each amount."""
    return [
        row(f"{group}{n}", 1, group, amount=None if one is None else Decimal(one))
        for n, one in enumerate(amounts)
    ]


def read(rows: Any) -> list[str | None]:
    """The amounts as they are written."""
    return [None if one["amount"] is None else str(one["amount"]) for one in rows]


@each(
    "amounts, currency, shown",
    [
        (("0.334", "0.333", "0.333"), "EUR", ["0.34", "0.33", "0.33"]),
        (("0.333", "0.333", "0.334"), "EUR", ["0.33", "0.33", "0.34"]),
        (("0.5", "0.5"), "JPY", ["1", "0"]),
        (("0.0055", None, "0.0055"), "EUR", ["0.01", None, "0.00"]),
        ((None,), "EUR", [None]),
        ((), "EUR", []),
    ],
)
def test_rows_add_up_to_the_rounded_sum(amounts: Any, currency: str, shown: Any) -> None:
    """What is not known is not shown as 0, and takes nothing of the others."""
    given = build_rows(*amounts)
    section = round_section(Section(SINGLE, given), currency)

    assert read(section.rows) == shown
    assert given == build_rows(*amounts)


def test_rows_that_do_not_add_up_are_rounded_each_on_its_own() -> None:
    """Limits, of which one may be within another."""
    table = SINGLE._replace(is_additive=False)
    rows = build_rows("0.334", "0.333", None, "0.333")

    assert read(round_section(Section(table, rows), "EUR").rows) == ["0.33", "0.33", None, "0.33"]


def test_groups_add_up_to_their_subtotals_and_these_to_all() -> None:
    """A cent that a subtotal is given goes on to one of its rows."""
    rows = [*build_rows("0.333", "0.173", group="a"), *build_rows("0.333", "0.177", group="b")]
    subtotals: Any = {("a",): {"amount": Decimal("0.506")}, ("b",): {"amount": Decimal("0.51")}}
    section = round_section(Section(IN_GROUPS, rows, subtotals=subtotals), "EUR")

    assert read(section.subtotals.values()) == ["0.51", "0.51"]
    assert read(section.rows) == ["0.34", "0.17", "0.33", "0.18"]
    assert subtotals["a",] == {"amount": Decimal("0.506")}


@each(
    "known, shown",
    [(["0.333", None], ["0.33", None]), (["0.333", "0.2"], ["0.33", "0.20"])],
)
def test_rows_that_are_not_all_of_a_group_add_up_to_themselves(known: Any, shown: Any) -> None:
    """Its subtotal has more than they have."""
    subtotals: Any = {("a",): {"amount": Decimal("9.999")}}
    section = Section(IN_GROUPS, build_rows(*known, group="a"), subtotals=subtotals)

    found = round_section(section, "EUR")
    assert (read(found.rows), read(found.subtotals.values())) == (shown, ["10.00"])


def test_groups_without_subtotals_are_rounded_together() -> None:
    """The sum of all is what people see."""
    rows = [*build_rows("0.334", group="a"), *build_rows("0.333", "0.333", group="b")]

    section = round_section(Section(IN_GROUPS, rows), "EUR")
    assert read(section.rows) == ["0.34", "0.33", "0.33"]


def test_a_difference_is_that_of_what_is_shown() -> None:
    """Of two amounts that are known."""
    keys = (BEFORE.amount, AFTER.amount, DELTA.amount)
    fields = tuple(Field[Decimal](key, key, Kind.AMOUNT, 50, nullable=True) for key in keys)
    table = PLAIN._replace(fields=(*PLAIN.fields, *fields))
    pairs: list[tuple[Any, Any]] = [("0.504", "1.006"), (None, "2"), ("3", None)]
    rows = [
        row("a", 1)
        | {
            key: None if one is None else Decimal(one)
            for key, one in zip(keys, (*pair, "7"), strict=True)
        }
        for pair in pairs
    ]

    found = round_section(Section(table, rows), "EUR").rows
    assert [tuple(one[key] for key in keys) for one in found] == [
        (Decimal("0.50"), Decimal("1.01"), Decimal("0.51")),
        (None, Decimal("2.00"), None),
        (Decimal("3.00"), None, None),
    ]
