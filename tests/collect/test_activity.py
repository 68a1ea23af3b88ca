"""The event log: paged, cut into parts, named, each event once, and never more than needed."""

import gc
import weakref
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from scenario_usage_cli.api.client import Client
from scenario_usage_cli.api.wire import UsagesAnswer
from scenario_usage_cli.collect.activity import Event, stream_activity
from scenario_usage_cli.collect.request import ACTIVITY, Request
from scenario_usage_cli.collect.usage import Filters
from scenario_usage_cli.errors import UnreadableAnswer
from scenario_usage_cli.periods import Period
from tests.cases import each
from tests.collect.clients import connect
from tests.collect.event_log import EventLog, answer, event, events
from tests.sandbox.probe import Probe, between
from tests.support import NOW

PERIOD = Period(datetime(2026, 11, 1, tzinfo=UTC), NOW, UTC, provisional=True)


def ask(client: Client, period: Period = PERIOD, *project_ids: str) -> Request:
    """A request for the log."""
    return Request(client, period, Filters(project_ids=project_ids), ACTIVITY)


def read(
    transport: httpx.BaseTransport, period: Period = PERIOD, **options: Any
) -> tuple[list[Event], list[str]]:
    """The whole stream, and its warnings."""
    warnings: list[str] = []
    options = {"jobs": 1} | options
    pages = stream_activity(ask(connect(transport), period), warnings=warnings, **options)
    return [row for page in pages for row in page], warnings


def jobs(rows: list[Event]) -> list[str | None]:
    """What tells rows apart."""
    return [row.job_id for row in rows]


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 250, 300])
def test_every_row_comes_once_and_a_short_page_is_the_last(count: int) -> None:
    """One request more than there are full pages."""
    api = EventLog(events(count))
    rows, warnings = read(api)

    assert jobs(rows) == [f"job_{number}" for number in range(count, 0, -1)]
    assert [query.get("activityOffset", "0") for query in api.queries] == [
        str(offset) for offset in range(0, count + 1, 100)
    ]
    assert {query["type"] for query in api.queries} == {"activity"}
    assert warnings == []


def test_over_120_days_the_newest_part_comes_first() -> None:
    """Parts are adjacent, each has its own offsets, and together they are the studio's log."""
    end = datetime(2026, 6, 17, 15, 42, tzinfo=UTC)
    start = end - timedelta(days=250)
    probe = Probe(end)
    only = "project_tanHBLOQ4bRi2pp62hKfTy"
    expected: list[Any] = []
    for days in (50, 100, 150, 200, 250):
        last = end - timedelta(days=days - 50, milliseconds=1 if days > 50 else 0)
        expected += probe.activity(**between(end - timedelta(days=days), last), projectIds=only)
    warnings: list[str] = []
    pages = stream_activity(
        ask(
            connect(httpx.WSGITransport(probe.app)),
            Period(start, end, UTC, provisional=True),
            only,
        ),
        jobs=1,
        warnings=warnings,
    )
    rows = [row for page in pages for row in page]

    assert [(row.time, row.action, row.user_id, row.cost) for row in rows] == [
        (
            row["time"].replace(".000Z", "Z"),
            row["action"],
            row["userId"],
            row.get("creativeUnitsCost"),
        )
        for row in expected
    ]
    assert len(rows) > 1000
    assert warnings == []


@pytest.mark.parametrize(("limit", "requests"), [(1, 1), (99, 1), (100, 2), (101, 2), (200, 3)])
def test_a_limit_asks_for_no_page_that_it_does_not_need(limit: int, requests: int) -> None:
    """Not ahead either; a limit at the end of a page needs the next to tell whether it is all."""
    api = EventLog(events(1000))
    rows, _ = read(api, limit=limit)

    assert len(rows) == limit
    assert len(api.queries) == requests


def test_a_limit_counts_rows_after_the_filter() -> None:
    """Actions are compared whole, ignoring case; one page more tells whether there are others."""
    log = events(400)
    for row in log[::100]:
        row["action"] = "Refunds"
    api = EventLog(log)
    rows, _ = read(api, actions=("refunds", "refund"), limit=3)

    assert jobs(rows) == ["job_400", "job_300", "job_200"]
    assert len(api.queries) == 4


def test_an_action_that_never_comes_is_told() -> None:
    """It may be a slip of the pen."""
    _, warnings = read(EventLog(events(3)), actions=("images-generation", "refund"))

    assert warnings == ["no event of this period has the action refund"]


def test_names_come_from_entities_and_projects() -> None:
    """An id without a name is its own name; nothing is made up for what is missing."""
    entities = {
        "users": [{"id": "user_a", "fullName": "Ann"}, {"id": "user_b", "fullName": None}],
        "models": [{"id": "model_a", "name": "Flux"}],
    }
    log = [
        event(3),
        event(2, userId="user_b", projectId="project_b", data={"modelId": "m", "isApiKey": True}),
        {"action": None, "time": None, "userId": "", "data": None},
    ]
    api = EventLog(log, entities=entities)
    rows, _ = read(api)

    assert rows == [
        ("2026-11-01T00:00:00.003Z", "images-generation", "project_a", "Alpha", "user_a", "Ann",
         False, "model_a", "Flux", "job_3", None, None, Decimal("0.375")),
        ("2026-11-01T00:00:00.002Z", "images-generation", "project_b", "project_b", "user_b",
         "user_b", True, "m", "m", None, None, None, Decimal("0.25")),
        (None,) * 13,
    ]  # fmt: skip
    assert api.calls[0] == "page 1"
    assert sorted(api.calls[1:]) == ["projects", "teams"]


def test_a_name_learned_on_one_page_holds_on_the_next() -> None:
    """Entities of an answer may be those of its own rows only."""
    log = events(150)
    named = {"users": [{"id": "user_a", "fullName": "Ann"}]}
    api = EventLog(
        log,
        before=lambda n: answer({"activity": log[:100], "entities": named}) if n == 1 else None,
    )
    rows, _ = read(api)

    assert {row.user for row in rows} == {"Ann"}


def test_projects_are_not_asked_for_without_need() -> None:
    """A log of rows without a project."""
    api = EventLog([event(1, projectId=None)])

    assert read(api)[0][0].project is None
    assert api.calls == ["page 1"]


def test_a_key_that_may_not_list_projects_gets_ids() -> None:
    """The refusal is told, whatever it is: a name is worth no failure."""
    rows, warnings = read(EventLog(events(2), projects=answer({}, 403)))

    assert [row.project for row in rows] == ["project_a"] * 2
    assert warnings == [
        "this key may not list projects (403): their ids are shown instead of names"
    ]
    rows, warnings = read(EventLog(events(2), projects=answer({}, 500)))
    assert [row.project for row in rows] == ["project_a"] * 2
    assert "500" in warnings[0]


@pytest.mark.parametrize("late", [1, 7, 99])
def test_late_events_push_no_row_in_twice(late: int) -> None:
    """While pages are read, some arrive at the top, and once one in the midst of the last page."""
    log = events(350)

    def arrive(number: int) -> None:
        if number == 2:
            log[:0] = [event(400 + n) for n in range(late, 0, -1)]
        if number == 3:
            log.insert(150 + late, event(9, time="2026-11-01T00:00:00.151Z"))
            log.insert(0, event(999))

    rows, _ = read(EventLog(log, before=arrive))

    expected = [f"job_{number}" for number in range(350, 0, -1)]
    assert [job for job in jobs(rows) if job != "job_9"] == [j for j in expected if j != "job_9"]


def test_twins_on_one_page_are_two_rows() -> None:
    """Only what was on the page before is left out."""
    log = [event(5), event(5), event(4)]

    assert len(read(EventLog(log))[0]) == 3


@pytest.mark.parametrize("cycle", [1, 3])
def test_a_page_that_repeats_is_unreadable(cycle: int) -> None:
    """An offset that the server ignores, or loses after a while: one far behind tells."""
    log = events(1000)

    def bend(number: int) -> httpx.Response:
        first = (number - 1) % cycle * 100
        return answer({"activity": log[first : first + 100]})

    api = EventLog(log, before=bend)
    with pytest.raises(UnreadableAnswer, match="repeats a page"):
        read(api)
    assert len(api.queries) == cycle + 2


def test_the_first_page_is_handed_out_before_the_second_is_asked_for() -> None:
    """And each of those that follow: nothing is asked for that is not needed."""
    api = EventLog(events(450))
    pages = stream_activity(ask(connect(api)), jobs=1, warnings=[])

    next(pages)
    assert api.calls == ["page 1", "projects"]
    next(pages)
    assert api.calls == ["page 1", "projects", "page 2"]


def test_few_pages_are_in_memory_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are: the one in use, and the one before."""

    class Page(list[Any]):
        """A list that can be watched."""

    log = events(100)
    alive: weakref.WeakSet[Page] = weakref.WeakSet()
    asked: list[int] = []

    def usages(self: Client, query: Any) -> UsagesAnswer:
        asked.append(query.activity_offset)
        size = 100 if len(asked) < 300 else 5
        page = Page(
            {**row, "data": {"jobId": f"{len(asked)}-{n}"}} for n, row in enumerate(log[:size])
        )
        alive.add(page)
        return {"activity": page}

    monkeypatch.setattr(Page, "__hash__", object.__hash__)
    monkeypatch.setattr(Client, "usages", usages)
    client = connect(EventLog([]))
    most = rows = 0
    for page in stream_activity(ask(client), jobs=1, warnings=[]):
        rows += len(page)
        if len(asked) % 50 == 0:
            gc.collect()
        most = max(most, len(alive))

    assert rows == 29_905
    assert most <= 4


@each(
    ("text", "time"),
    [
        ("2026-11-05T08:30:00.123Z", "2026-11-05T08:30:00.123Z"),
        ("2026-11-05T08:30:00.000Z", "2026-11-05T08:30:00Z"),
        ("2026-11-05T08:30:00Z", "2026-11-05T08:30:00Z"),
        ("2026-11-05T08:30:00.123987+02:00", "2026-11-05T06:30:00.123Z"),
        ("2026-11-05T08:30:00.000001Z", "2026-11-05T08:30:00Z"),
        ("2026-11-05T08:30:00", "2026-11-05T08:30:00Z"),
        ("2026-10-31T23:59:59.000Z", "2026-10-31T23:59:59Z"),
        ("2026-11-22T18:30:01.000Z", "2026-11-22T18:30:01Z"),
        ("2026-11-23T02:30:00+08:00", "2026-11-22T18:30:00Z"),
        ("yesterday", "yesterday"),
        ("2026-13-01T08:30:00.123Z", "2026-13-01T08:30:00.123Z"),
        ("", None),
        (None, None),
    ],
)
def test_times_are_utc_or_as_they_came(text: str | None, time: str | None) -> None:
    """A row with a time that is none is a row all the same."""
    assert [row.time for row in read(EventLog([event(1, time=text)]))[0]] == [time]


@each(
    "time",
    [
        "2026-10-31T23:59:58.999Z",
        "2026-11-22T18:30:01.001Z",
        "2026-11-22T18:30:01.5",
        "2026-11-23T00:30:00+02:00",
        "2020-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "0001-01-01T00:00:00",
    ],
)
@each("many", [1, 4])
def test_events_of_another_time_are_an_answer_to_another_question(time: str, many: int) -> None:
    """Whoever ignores the dates would have them in every part; a second may be rounding."""
    log = events(250)
    log[150]["time"] = time

    with pytest.raises(UnreadableAnswer, match="to another query") as caught:
        read(EventLog(log), jobs=many)
    assert time in caught.value.message
    assert caught.value.message.endswith("2026-11-01T00:00:00Z to 2026-11-22T18:30:00Z")


def test_a_server_that_ignores_the_dates_is_found_out_in_the_second_part() -> None:
    """The message has the part once."""
    period = Period(datetime(2026, 4, 1, tzinfo=UTC), NOW, UTC, provisional=True)

    with pytest.raises(UnreadableAnswer, match="to another query") as caught:
        read(EventLog(events(3)), period)
    assert caught.value.message.count("2026-04-01T00:00:00Z") == 1


@pytest.mark.parametrize(
    ("cost", "expected"), [(0.1, "0.1"), (0, "0"), (-2.5, "-2.5"), (1e-7, "1E-7"), (None, None)]
)
def test_costs_are_exact_and_null_is_not_zero(cost: float | None, expected: str | None) -> None:
    """As they were written."""
    rows, _ = read(EventLog([event(1, creativeUnitsCost=cost)]))

    assert rows[0].cost == (None if expected is None else Decimal(expected))


def test_a_log_that_is_left_out_is_told() -> None:
    """Every section may be absent or null."""
    api = EventLog([], before=lambda number: answer({"activity": None}))

    assert read(api) == ([], ["the API left out activity: its rows are unknown"])
