"""Raw answers of parts, made into one that says the same."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from scenario_usage_cli.api.body import parse_usages
from scenario_usage_cli.collect.merge import Merger
from scenario_usage_cli.collect.parts import Part
from scenario_usage_cli.collect.raw import RawAnswers
from scenario_usage_cli.collect.sections import SECTIONS
from scenario_usage_cli.collect.usage import Filters, Usage
from scenario_usage_cli.report.usage import build_report
from tests.report.builders import action, build, charge, kind, model, written
from tests.support import NOW, at, usages

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
MS = timedelta(milliseconds=1)


def dump(document: dict[str, Any]) -> bytes:
    """An answer as it comes."""
    return json.dumps(document).encode()


def parse(document: dict[str, Any]) -> Any:
    """An answer as it is understood."""
    return parse_usages(dump(document), source="the test")


def part(number: int, sections: tuple[str, ...] = SECTIONS) -> Part:
    """The part that asks for one of several days."""
    start = START + number * DAY
    return Part(start, start + DAY - MS, sections, Filters())


def on_day(number: int, document: dict[str, Any]) -> Any:
    """An answer with its points on the day of a part."""
    return at(f"{part(number).start:%Y-%m-%d}T00:00:00.000Z", document)


def merge(*documents: dict[str, Any], order: tuple[int, ...] = ()) -> Any:
    """Answers of adjacent days as one; `order` is that in which they arrive."""
    raw = RawAnswers(lambda: NOW)
    for number in order or range(len(documents)):
        raw.add(part(number), dump(on_day(number, documents[number])))
    return raw.merge()[0]


def report_parts(*documents: dict[str, Any]) -> Any:
    """The report of the answers as they are fetched, part by part."""
    usage = Usage(SECTIONS, None, Filters())
    merger = Merger(usage)
    for number, document in enumerate(documents):
        merger.add(parse(on_day(number, document)), part(number))
    return written(build_report(usage, generated_at=NOW).document)


FIRST = usages(
    consumption=[charge("u1", 0.1, 0.5), charge("u2", 3)],
    models=[model("m1", jobs=1, cost=0.1), model("m2", jobs=2, cost=5)],
    assets=[kind("image", 3)],
    actions=[action("upscale", "3", cost=0.1), action("custom", "1")],
    users=[{"id": "u1", "fullName": "Old", "email": None, "isApiKey": False}],
    model_names={"m1": "Old name", "m2": "Two"},
)
SECOND = usages(
    consumption=[charge("u1", 0.2), charge("u3", -1)],
    models=[model("m1", jobs=4, cost=0.2), model("m3", jobs=1, cost=-2)],
    assets=[kind("video", 7), kind("image", 4)],
    actions=[action("upscale", "2", cost=0.2)],
    users=[{"id": "u1", "fullName": "New", "email": None, "isApiKey": False}],
    model_names={"m1": "New name", "m3": "Three"},
)


def test_charges_of_a_user_are_added_up() -> None:
    """In decimal: 0.1 and 0.2 are 0.3."""
    rows = {row["userId"]: row for row in merge(FIRST, SECOND)["consumption"]}

    assert {key: row["value"] for key, row in rows.items()} == {"u1": 0.3, "u2": 3, "u3": -1}
    assert (rows["u1"]["discount"], rows["u1"]["total"]) == (0.5, 0.8)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_points_are_joined_in_order_of_time(order: tuple[int, ...]) -> None:
    """Whatever order the answers arrive in."""
    merged = merge(FIRST, SECOND, order=order)

    assert [row["modelId"] for row in merged["modelUsages"]] == ["m1", "m2", "m3"]
    assert [point["cost"] for point in merged["modelUsages"][0]["points"]] == [0.1, 0.2]
    assert [point["count"] for point in merged["assetUsages"][0]["points"]] == [3, 4]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_newest_of_each_entity_is_kept(order: tuple[int, ...]) -> None:
    """In order of time, not of arrival; those that only one answer has stay."""
    entities = merge(FIRST, SECOND, order=order)["entities"]

    assert [one["fullName"] for one in entities["users"]] == ["New"]
    assert {one["id"]: one["name"] for one in entities["models"]} == {
        "m1": "New name",
        "m2": "Two",
        "m3": "Three",
    }


def test_unknown_sections_are_kept() -> None:
    """Lists one after the other; of anything else the newest; of one that is alone, all."""
    merged = merge(
        FIRST | {"workflowUsages": [{"id": "w1"}], "note": "old", "once": {"a": 1}},
        SECOND | {"workflowUsages": [{"id": "w2"}], "note": "new"},
    )

    assert merged["workflowUsages"] == [{"id": "w1"}, {"id": "w2"}]
    assert (merged["note"], merged["once"]) == ("new", {"a": 1})


def test_rows_without_an_id_stay_on_their_own() -> None:
    """They are counted, so they are not joined."""
    nameless = usages(models=[{"modelId": "", "points": []}])

    assert len(merge(nameless, nameless)["modelUsages"]) == 2


def test_a_single_answer_is_kept_as_it_came() -> None:
    """Nothing is added to it, and nothing taken away."""
    assert merge(FIRST) == on_day(0, FIRST)


def test_what_is_unknown_is_kept_as_it_was_written() -> None:
    """Fields that this version passes over, and numbers without a point."""
    body = b'{"modelUsages": [{"modelId": "m", "tags": [1, 2.50], "points": [{"gpu": {"s": 7}}]}]}'
    raw = RawAnswers(lambda: NOW)
    raw.add(part(0, ("models",)), body)

    assert json.dumps(raw.merge()[0]) == body.decode().replace("2.50", "2.5")


def test_sections_that_were_asked_for_apart_come_together() -> None:
    """A part that was too large is one answer again."""
    raw = RawAnswers(lambda: NOW)
    raw.add(part(0, ("models",)), dump({"modelUsages": FIRST["modelUsages"]}))
    raw.add(part(0, ("consumption",)), dump({"consumption": FIRST["consumption"]}))

    assert {key: len(rows) for key, rows in raw.merge()[0].items() if rows} == {
        "modelUsages": 2,
        "consumption": 2,
    }


@pytest.mark.parametrize("count", [2, 3, 4])
def test_the_report_of_the_merged_is_that_of_the_parts(count: int) -> None:
    """Every figure, name, warning and the order of rows."""
    documents = [FIRST, SECOND, usages(), FIRST][:count]

    assert build(merge(*documents)) == report_parts(*documents)


def test_many_small_amounts_stay_exact() -> None:
    """A hundred tenths are ten."""
    tenth = usages(consumption=[charge("u", 0.1)], models=[model("m", jobs=1, cost=0.1)])
    report = build(merge(*[tenth] * 100))

    assert (report["totals"]["cost"], report["models"][0]["cost"]) == (Decimal(10), Decimal(10))


def test_a_section_that_one_answer_left_out_is_left_out_of_the_merged() -> None:
    """Otherwise --from would show a sum of some parts as that of the whole."""
    without = {key: rows for key, rows in SECOND.items() if key != "assetUsages"}

    assert report_parts(FIRST, without)["totals"]["assets"] is None
    assert build(merge(FIRST, without)) == report_parts(FIRST, without)


def test_a_total_that_one_answer_lacks_is_value_and_discount_there() -> None:
    """As in the report of the parts."""
    bare = usages(consumption=[{"userId": "u1", "value": 2.0, "discount": 1.0}])
    parts = report_parts(bare, FIRST)

    assert build(merge(bare, FIRST))["totals"] == parts["totals"]


def test_an_entity_that_lost_its_name_keeps_the_one_it_had() -> None:
    """As in the report of the parts."""
    unnamed = usages(models=[model("m1", jobs=1)])
    unnamed["entities"]["models"] = [{"id": "m1"}]

    assert build(merge(FIRST, unnamed))["models"] == report_parts(FIRST, unnamed)["models"]
