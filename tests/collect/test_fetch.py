"""Parts made one: what only some answers say holds for the whole, in whatever order they come."""

import threading
from typing import Any

import httpx
import pytest

from tests.support import Result, at, model_row, point, run, usages

TWO_PARTS = ("--start", "2026-02-01", "--end", "2026-07-31")
FIRST = "2026-02-01T00:00:00.000Z"
SECOND = "2026-06-01T00:00:00.000Z"


class ByStart(httpx.BaseTransport):
    """Answers each part by where it begins; `later` is the one that waits for all the others."""

    def __init__(self, answers: dict[str, Any], later: str = "") -> None:
        self._answers, self._later = answers, later
        self._others_done = threading.Event()
        self.asked: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        start = request.url.params["startDate"]
        self.asked.append(start)
        if start == self._later:
            assert self._others_done.wait(20)
        else:
            self._others_done.set()
        return httpx.Response(200, json=at(start, self._answers[start]))


def report(first: Any, second: Any, later: str = "") -> Result:
    """The report of two parts with these answers."""
    transport = ByStart({FIRST: first, SECOND: second}, later)
    result = run("report", "--json", *TWO_PARTS, transport=transport)
    assert sorted(transport.asked) == [FIRST, SECOND]
    return result


def test_entities_of_the_last_part_name_the_rows_of_all() -> None:
    """A model that is named only there has its name, and so has a user."""
    charged = [{"userId": "user_a", "value": 1, "discount": 0, "total": 1}]
    first = usages(models=[model_row("model_a", point(cost=1, jobs=1))], consumption=charged)
    users = [{"id": "user_a", "fullName": "Ada", "email": "a@b"}]
    document = report(first, usages(model_names={"model_a": "Flux"}, users=users)).json

    assert document["models"][0]["name"] == "Flux"
    assert (document["consumption"][0]["name"], document["consumption"][0]["email"]) == (
        "Ada",
        "a@b",
    )


def test_a_user_of_one_part_only_is_counted_once() -> None:
    """And one of both parts as well: users are counted after merging, charges are added."""
    ada = {"userId": "ada", "value": 1.5, "discount": 0.25, "total": 1.75}
    bob = {"userId": "bob", "value": 2, "discount": 0, "total": 2}
    document = report(usages(consumption=[ada]), usages(consumption=[ada, bob])).json

    assert [(row["user_id"], row["cost"]) for row in document["consumption"]] == [
        ("ada", 3),
        ("bob", 2),
    ]
    assert document["totals"]["users"] == 2


@pytest.mark.parametrize("later", [FIRST, SECOND])
def test_the_newest_name_wins_whichever_answer_comes_last(later: str) -> None:
    """A model that was renamed in the middle is called as it is now."""
    rows = [model_row("model_a", point(cost=1, jobs=1))]
    first = usages(models=rows, model_names={"model_a": "Old"})
    second = usages(models=rows, model_names={"model_a": "New"})

    assert report(first, second, later=later).json["models"][0]["name"] == "New"


@pytest.mark.parametrize("later", [FIRST, SECOND])
def test_what_is_known_of_a_user_is_not_forgotten(later: str) -> None:
    """An answer that says less of somebody takes nothing away, as in what --save-raw keeps."""
    row = {"userId": "ada", "value": 1, "discount": 0, "total": 1}
    known = {"id": "ada", "fullName": "Ada", "email": "old@x", "isApiKey": False}
    for nothing in (None, ""):
        sparse = {"id": "ada", "fullName": nothing, "email": "new@x"}
        first = usages(consumption=[row], users=[known])
        second = usages(consumption=[row], users=[sparse])
        (user,) = report(first, second, later=later).json["consumption"]

        assert (user["name"], user["email"], user["is_api_key"]) == ("Ada", "new@x", False)


@pytest.mark.parametrize("later", [FIRST, SECOND])
def test_the_first_unreadable_point_is_the_earliest(later: str) -> None:
    """So that the warnings are the same in whatever order the answers come."""
    first = usages(models=[model_row("model_a", point("early", cost=1))])
    second = usages(models=[model_row("model_a", point("late", cost=1))])
    (warning,) = report(first, second, later=later).json["warnings"]

    assert warning.startswith("2 points could not be read, left out; the first is modelUsages[0]")
    assert "'early'" in warning


def test_refunds_may_make_a_total_negative() -> None:
    """It is shown as it is, and no share is made of it."""
    refunded = {"userId": "ada", "value": -7.5, "discount": 0, "total": -7.5}
    charged = {"userId": "ada", "value": 2.25, "discount": 0, "total": 2.25}
    document = report(usages(consumption=[charged]), usages(consumption=[refunded])).json

    assert document["totals"]["cost"] == -5.25
    assert document["consumption"][0]["share"] == 0
    assert document["reconciliation"]["difference"] == -5.25


def test_a_section_that_one_part_left_out_is_unknown() -> None:
    """Half of it would look like the whole."""
    first = usages(assets=[{"kind": "image", "points": [point(count=3, countApiKey=0)]}])
    document = report(first, usages() | {"assetUsages": None}).json

    assert document["assets"] == []
    assert document["totals"]["assets"] is None
    assert [line for line in document["warnings"] if "left out assets" in line]


def test_parts_touch_without_a_gap_or_an_overlap() -> None:
    """The end of one and one millisecond is the start of the next; both ends are the period's."""
    bounds: list[tuple[str, str]] = []

    class Listening(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            bounds.append((request.url.params["startDate"], request.url.params["endDate"]))
            return httpx.Response(200, json=usages())

    run("report", "--start", "2025-12-01", "--end", "2026-10-31", transport=Listening())

    assert sorted(bounds) == [
        ("2025-12-01T00:00:00.000Z", "2026-03-30T23:59:59.999Z"),
        ("2026-03-31T00:00:00.000Z", "2026-07-28T23:59:59.999Z"),
        ("2026-07-29T00:00:00.000Z", "2026-10-31T23:59:59.999Z"),
    ]
