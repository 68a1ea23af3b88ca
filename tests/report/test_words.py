"""Words and numbers for people."""

from datetime import date
from decimal import Decimal

from scenario_usage_cli.report.words import cut_name, format_day, format_rate, write_sentence
from tests.cases import each


@each("size", [1, 59, 60, 61, 500])
def test_a_name_in_a_sentence_is_cut_to_60_letters(size: int) -> None:
    """The last of which says that there were more."""
    name = "x" * size

    assert cut_name(name) == (name if size <= 60 else "x" * 59 + "…")


@each(
    ("line", "sentence"),
    [
        ("the log is cut", "The log is cut."),
        ("is it?", "Is it?"),
        ("oh no!", "Oh no!"),
        ("so on…", "So on…"),
        ("it ends.", "It ends."),
        ("model_1 is gone", "model_1 is gone."),
        ("project: it is gone", "Project: it is gone."),
        ("2 are gone", "2 are gone."),
    ],
)
def test_a_line_becomes_a_sentence(line: str, sentence: str) -> None:
    """With a capital, unless it begins with an id, and with one mark at its end."""
    assert write_sentence(line) == sentence


@each(
    ("rate", "text"),
    [
        ("0", "0"),
        ("0.0000004", "0"),
        ("0.0000016", "0.000002"),
        ("0.00123456", "0.00123"),
        ("0.0123456", "0.0123"),
        ("1.2345", "1.23"),
        ("12.345", "12.3"),
        ("123.45", "123"),
        ("1234.5", "1,234"),
        ("99.96", "100"),
    ],
)
def test_a_rate_has_the_digits_that_it_means(rate: str, text: str) -> None:
    """Three, or all before the point; at most six after it."""
    assert format_rate(Decimal(rate)) == text


def test_a_day_has_an_english_month() -> None:
    """And its year, unless that is today's."""
    today = date(2026, 11, 22)

    days = [format_day(date(2026, month, month), today) for month in range(1, 13)]
    assert " ".join(days) == (
        "1 Jan 2 Feb 3 Mar 4 Apr 5 May 6 Jun 7 Jul 8 Aug 9 Sep 10 Oct 11 Nov 12 Dec"
    )
    assert format_day(date(2027, 1, 31), today) == "31 Jan 2027"
