"""The plan in one line: sensible words for whatever is known, and short figures."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from scenario_usage_cli.report.quota_line import (
    PlanFigures,
    build_line,
    fill_template,
    format_age,
    parse_template,
)
from tests.cases import each

TODAY = date(2026, 11, 22)


def figures(**values: Any) -> PlanFigures:
    """Figures of a plan that runs out in December; numbers are CU, texts are days."""
    found = {
        "used": 18234.5,
        "limit": 30000,
        "packs_left": 0,
        "per_day": 850,
        "forecast": 33000,
        "plan_runs_out_on": "2026-12-11",
        "packs_run_out_on": None,
        "last_day": "2026-12-20",
        **values,
    }
    read: dict[str, Any] = {name: _read(value) for name, value in found.items()}
    return PlanFigures(**read)


def _read(value: Any) -> date | Decimal | None:
    if isinstance(value, str):
        return date.fromisoformat(value)
    return None if value is None else Decimal(str(value))


LASTS = {"plan_runs_out_on": None, "forecast": 20000}
UNFORESEEN = {"plan_runs_out_on": None, "forecast": None, "per_day": None}
NO_LIMIT = {"limit": None, "plan_runs_out_on": None}


@each(
    ("values", "expected"),
    [
        ({}, "CU 18.2k/30k 61 % · out 11 Dec"),
        ({"plan_runs_out_on": "2027-01-02"}, "CU 18.2k/30k 61 % · out 2 Jan 2027"),
        (LASTS, "CU 18.2k/30k 61 % · lasts to 20 Dec"),
        ({**LASTS, "packs_left": 50}, "CU 18.2k/30k 61 % · lasts to 20 Dec"),
        ({**LASTS, "last_day": None}, "CU 18.2k/30k 61 % · lasts"),
        (UNFORESEEN, "CU 18.2k/30k 61 % · no forecast"),
        ({**LASTS, "last_day": "2020-11-30"}, "CU 18.2k/30k 61 % · period over"),
        (
            {"used": 31000, "packs_left": 5, "last_day": "2020-11-30"},
            "CU 31k/30k 103 % · period over",
        ),
        ({"last_day": "2020-11-30"}, "CU 18.2k/30k 61 % · period over"),
        ({"packs_left": 500}, "CU 18.2k/30k 61 % · out 11 Dec, packs last"),
        (
            {"packs_left": 500, "packs_run_out_on": "2026-12-13"},
            "CU 18.2k/30k 61 % · out 11 Dec, packs out 13 Dec",
        ),
        ({**NO_LIMIT}, "CU 18.2k, no limit"),
        ({**NO_LIMIT, "used": None}, "CU ?, no limit"),
        ({"used": None, **UNFORESEEN}, "CU ?/30k · ?"),
        ({"limit": 0, "used": 0, **UNFORESEEN}, "CU 0/0 · used up"),
        ({"limit": 0, "used": 12, **LASTS}, "CU 12/0 · used up"),
        ({"used": 31000, **LASTS}, "CU 31k/30k 103 % · used up"),
        (
            {"used": 30000, "plan_runs_out_on": None, "packs_left": 50},
            "CU 30k/30k 100 % · used up, packs last",
        ),
        (
            {"used": 31000, "packs_left": 250, "packs_run_out_on": "2026-11-30"},
            "CU 31k/30k 103 % · used up, packs out 30 Nov",
        ),
        (
            {"used": 31000, "packs_left": 27350.5, **UNFORESEEN},
            "CU 31k/30k 103 % · used up, packs 27.4k left",
        ),
        ({"used": 29999.9, **LASTS}, "CU 30k/30k 99 % · lasts to 20 Dec"),
        ({"used": -120, **LASTS}, "CU -120/30k 0 % · lasts to 20 Dec"),
        ({"used": -900, **LASTS}, "CU -900/30k -3 % · lasts to 20 Dec"),
    ],
)
def test_the_line_has_words_for_whatever_is_known(values: dict[str, Any], expected: str) -> None:
    """No limit, a plan of 0, one that is passed, packs, refunds, no forecast."""
    assert build_line(figures(**values), TODAY) == expected


@each(
    ("number", "expected"),
    [
        (0, "0"),
        (0.1234, "0.123"),
        (9.075, "9.08"),
        (950, "950"),
        (999.4, "999"),
        (999.6, "1k"),
        (1000, "1k"),
        (18234.5, "18.2k"),
        (999_499, "999k"),
        (999_600, "1M"),
        (-1_254_000, "-1.25M"),
        (2.5e9, "2.5G"),
        (2.5e12, "2.5T"),
        (2.5e15, "2,500T"),
    ],
)
def test_figures_have_three_digits(number: float, expected: str) -> None:
    """And a suffix above 1,000."""
    template = parse_template("{used}")

    assert fill_template(template, figures(used=number), TODAY, timedelta()) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, "18.2k|30k|11.8k|61 %|0|850|33k|11 Dec|no packs|20 Dec"),
        (NO_LIMIT, "18.2k|no limit|no limit|no limit|0|850|33k|no limit|no packs|20 Dec"),
        ({"used": 31000, **LASTS}, "31k|30k|-1k|103 %|0|850|20k|used up|no packs|20 Dec"),
        ({"limit": 0, **UNFORESEEN}, "18.2k|0|-18.2k|over|0|?|no forecast|used up|no packs|20 Dec"),
        (
            {"packs_left": 5, "limit": 0, "used": 0, **LASTS},
            "0|0|0|full|5|850|20k|used up|lasts|20 Dec",
        ),
        (
            {"packs_left": 5, "last_day": "2020-11-30"},
            "18.2k|30k|11.8k|61 %|5|850|33k|period over|period over|30 Nov 2020",
        ),
        (
            {"packs_left": None, "used": None, "last_day": None, **UNFORESEEN},
            "?|30k|?|?|?|?|no forecast|?|no packs|?",
        ),
    ],
)
def test_each_field_has_a_word_where_it_has_no_figure(
    values: dict[str, Any], expected: str
) -> None:
    """A prompt with any format makes sense."""
    fields = (
        *("{used}", "{limit}", "{left}", "{share}", "{packs}", "{per_day}", "{forecast}"),
        *("{runs_out}", "{packs_run_out}", "{ends}"),
    )
    template = parse_template("|".join(fields))

    assert fill_template(template, figures(**values), TODAY, timedelta()) == expected


def test_a_template_has_fields_braces_and_other_text() -> None:
    """Everything else stands there as it is, also what looks like other languages' fields."""
    template = parse_template('{{"text": "{used} %s $HOME #[fg=red]", "age": "{age}"}}')

    line = fill_template(template, figures(), TODAY, timedelta(minutes=7))

    assert line == '{"text": "18.2k %s $HOME #[fg=red]", "age": "7 min"}'


@pytest.mark.parametrize("text", ["{", "}", "{used", "used}", "{us{ed}", "{{}", "{{{used}}"])
def test_a_single_brace_is_refused(text: str) -> None:
    """What it stands for cannot be guessed."""
    with pytest.raises(ValueError, match=r"[{}]"):
        parse_template(text)


@pytest.mark.parametrize("text", ["{}", "{Used}", "{ used }", "{used:>8}", "{used.real}", "{0}"])
def test_other_fields_are_refused(text: str) -> None:
    """A field is a name, and nothing else."""
    with pytest.raises(KeyError):
        parse_template(text)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0 min"),
        (59, "0 min"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (7199, "1 h"),
        (86_399, "23 h"),
        (86_400, "1 d"),
        (180_000, "2 d"),
    ],
)
def test_an_age_is_in_its_largest_unit(seconds: int, expected: str) -> None:
    """Rounded down."""
    assert format_age(timedelta(seconds=seconds)) == expected
