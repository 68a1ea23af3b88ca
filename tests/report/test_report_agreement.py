"""Every format says the same: CSV, TSV and the piped table against the JSON of one answer."""

import csv
import io
import re
import unicodedata
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report.strategies import SECTIONS, answers, bounded, exact, plain_ids, report, wild_ids


def disarmed(text: Any) -> str:
    """A value as a CSV cell has it: text that a spreadsheet would run has one more `'`."""
    if text is None:
        return ""
    if isinstance(text, bool):
        return "true" if text else "false"
    if isinstance(text, Decimal):
        return f"{text:f}"
    bare = text.lstrip("'")
    number = re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?", bare)
    visible = "".join(letter for letter in bare if unicodedata.category(letter)[0] not in "CZM")
    is_signed = unicodedata.normalize("NFKC", visible[:1]) in tuple("=+-@") and not number
    return f"'{text}" if is_signed or bare.startswith(("\t", "\r", "\n")) else str(text)


def cells(text: str, delimiter: str = ",") -> list[list[str]]:
    """The rows of a CSV, read by the standard library."""
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))


@bounded
@given(answers(wild_ids))
@pytest.mark.parametrize(("output_format", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_long_csv_has_every_number_of_the_json(
    output_format: str, delimiter: str, answer: dict[str, Any]
) -> None:
    """One row per number that is not null, in the order of the document."""
    document = exact(report(answer, "--json"))

    expected = [
        ["", "", name, disarmed(row[ours]), disarmed(row.get("name", row[ours])), key, f"{n:f}"]
        for name, (_, _, ours) in SECTIONS.items()
        for row in document[name]
        for key, n in row.items()
        if isinstance(n, Decimal)
    ]
    header, *found = cells(report(answer, "-f", output_format), delimiter)
    assert ",".join(header) == "period_start,period_end,section,id,name,measure,value"
    assert found == expected


@bounded
@given(st.sampled_from(sorted(SECTIONS)), answers(wild_ids))
def test_csv_of_a_section_is_its_json(section: str, answer: dict[str, Any]) -> None:
    """The same keys as header, the same values as cells."""
    document = exact(report(answer, "--json", "--section", section))

    header, *found = cells(report(answer, "--csv", "--section", section))
    assert found == [["", "", *map(disarmed, row.values())] for row in document[section]]
    assert header[:2] == ["period_start", "period_end"]
    assert [header[2:]] * len(found) == [list(row) for row in document[section]]


@bounded
@given(answers(plain_ids))
def test_the_table_in_a_pipe_has_every_number(answer: dict[str, Any]) -> None:
    """With --top 0, each row that is not all zero stands there, grouped, with its share."""
    document = exact(report(answer, "--json"))

    def show(key: str, value: Any) -> str:
        if value is None or isinstance(value, bool):
            return {None: "–", True: "yes", False: "no"}[value]
        if key == "share":
            return f"{value * 100:.2f} %"
        if key == "cost_per_job":
            return f"{round(value):,}" if abs(value) >= 100 else f"{round(value, 6):.3g}"
        return f"{value:,f}" if isinstance(value, Decimal) else str(value)

    expected = [
        [show(key, value) for key, value in row.items() if key not in ("user_id", "model_id")]
        for name in SECTIONS
        for row in document[name]
        if any(isinstance(v, Decimal) and v for v in row.values())
    ]
    blocks = report(answer, "--top", "0").split("\n\n")[1 : len(SECTIONS) + 1]
    lines = [line.rstrip("█▏▎▍▌▋▊▉ ") for block in blocks for line in block.splitlines()[2:]]
    lines = [line for line in lines if not line.startswith(" an asset scored")]
    assert [re.split(r"\s{2,}", line.strip()) for line in lines] == expected
