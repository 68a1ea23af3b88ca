"""Pages of the log that are read ahead: nothing is lost, doubled or asked for in vain."""

import threading
from collections.abc import Callable

import httpx
import pytest

from scenario_usage_cli.api.wire import Activity, UsagesAnswer
from scenario_usage_cli.collect import prefetch
from scenario_usage_cli.collect.activity import stream_activity
from scenario_usage_cli.errors import RequestFailed, UnreadableAnswer
from tests.collect.clients import connect
from tests.collect.event_log import EventLog, Row, answer, event, events
from tests.collect.test_activity import ask, jobs, read
from tests.support import run

PATIENCE_S = 120
"""How long a test waits for another thread before it fails."""


@pytest.fixture(autouse=True)
def every_page_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise a page that comes from memory would not be worth a thread."""
    monkeypatch.setattr(prefetch, "SLOW_S", 0.0)


class Gathering(EventLog):
    """A log some of whose pages come only when all of them have been asked for."""

    def __init__(self, rows: list[Row], offsets: set[str]) -> None:
        super().__init__(rows)
        self._offsets = offsets
        self._gate = threading.Barrier(len(offsets), timeout=PATIENCE_S)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.params.get("activityOffset") in self._offsets:
            self._gate.wait()
        return super().handle_request(request)


def offsets(api: EventLog) -> list[int]:
    """Where the pages begin that were asked for."""
    return sorted(int(query.get("activityOffset", "0")) for query in api.queries)


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 198, 199, 200, 298, 299, 397, 1000])
@pytest.mark.parametrize("many", [2, 4, 32])
def test_every_row_comes_once_and_in_order(count: int, many: int) -> None:
    """Wherever the last page begins."""
    rows, warnings = read(EventLog(events(count)), jobs=many)

    assert jobs(rows) == [f"job_{number}" for number in range(count, 0, -1)]
    assert warnings == []


def test_as_many_are_under_way_as_may_be() -> None:
    """One more with each page that came: the fourth waits for the fifth and the sixth."""
    api = Gathering(events(1000), {"298", "397", "496"})
    rows, _ = read(api, jobs=3)

    assert len(rows) == 1000


@pytest.mark.parametrize(
    ("count", "needed", "beyond"),
    [
        (50, [0], []),
        (150, [0, 100], []),
        (250, [0, 100, 199], [298]),
        (700, [0, 100, 199, 298, 397, 496, 595, 694], [793, 892, 991]),
    ],
)
def test_a_short_log_is_hardly_asked_for_beyond_its_end(
    count: int, needed: list[int], beyond: list[int]
) -> None:
    """A page ahead begins with the row that ends the one before it."""
    api = EventLog(events(count))
    read(api, jobs=4)

    asked = offsets(api)
    assert asked[: len(needed)] == needed
    assert set(asked[len(needed) :]) <= set(beyond)  # by threads that may come too late for it


def test_where_pages_come_fast_they_are_read_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread would cost more than it spares."""
    monkeypatch.setattr(prefetch, "SLOW_S", float("inf"))
    api = EventLog(events(450))
    read(api, jobs=4)

    assert [query.get("activityOffset", "0") for query in api.queries] == [
        str(offset) for offset in range(0, 500, 100)
    ]


@pytest.mark.parametrize("limit", [1, 100, 101, 200, 201, 298, 500, 999])
def test_nothing_is_asked_for_beyond_a_limit(limit: int) -> None:
    """No page that begins behind the row after the last, which tells whether there are more."""
    api = EventLog(events(2000))
    rows, _ = read(api, jobs=8, limit=limit)

    assert jobs(rows) == [f"job_{number}" for number in range(2000, 2000 - limit, -1)]
    assert all(offset <= limit for offset in offsets(api))
    assert len(api.queries) <= limit // prefetch.PAGE_ROWS + 2


@pytest.mark.parametrize("place", [0, 150, 199, 250, 298, 299])
@pytest.mark.parametrize("late", [1, 2, 5])
def test_late_events_between_two_pages_cost_no_row(place: int, late: int) -> None:
    """The page from 298 is answered first, then some arrive, then the page from 199: what these
    push out of it is on neither of the two.
    """
    log = events(600)
    is_answered = threading.Event()

    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/projects"):
            return answer({"projects": []})
        offset = int(request.url.params.get("activityOffset", "0"))
        if offset == 199 and not is_answered.is_set():
            assert is_answered.wait(PATIENCE_S)
            log[place:place] = [event(700 + number) for number in range(late)]
        response = answer({"activity": log[offset : offset + 100]})
        if offset == 298:
            is_answered.set()
        return response

    rows, _ = read(httpx.MockTransport(handle), jobs=4)

    old = [f"job_{number}" for number in range(600, 0, -1)]
    assert [job for job in jobs(rows) if job in old] == old


def test_a_page_that_fails_does_so_in_its_place() -> None:
    """All before it are handed out, though it failed before they were asked for."""

    def bend(request: httpx.Request) -> httpx.Response | None:
        is_bad = int(request.url.params.get("activityOffset", "0")) >= 298
        return answer({}, 500) if is_bad else None

    client = connect(Bent(events(900), bend))
    pages = stream_activity(ask(client), jobs=4, warnings=[])

    assert [len(next(pages)) for _ in range(3)] == [100, 100, 99]
    with pytest.raises(RequestFailed):
        next(pages)


@pytest.mark.parametrize("many", [2, 4, 32])
def test_what_fails_beside_others_is_asked_for_alone(many: int) -> None:
    """A server that wants one request at a time gets that from then on, and the log is whole."""

    def bend(request: httpx.Request) -> httpx.Response | None:
        is_ahead = int(request.url.params.get("activityOffset", "0")) % 100 > 0
        return answer({}, 429) if is_ahead else None

    api = Bent(events(2000), bend)
    rows, _ = read(api, jobs=many)

    assert jobs(rows) == [f"job_{number}" for number in range(2000, 0, -1)]
    assert len(api.queries) == 21


@pytest.mark.parametrize("many", [2, 4, 32])
def test_a_server_that_rounds_offsets_is_read_one_by_one(many: int) -> None:
    """All is told that is known of it: += 100 (api.md)."""
    log = events(2000)
    asked: list[int] = []

    def bend(request: httpx.Request) -> httpx.Response | None:
        if request.url.path.endswith("/projects"):
            return None
        offset = int(request.url.params.get("activityOffset", "0"))
        asked.append(offset)
        hundreds = offset // 100 * 100
        return answer({"activity": log[hundreds : hundreds + 100]})

    rows, _ = read(Bent(log, bend), jobs=many)

    assert jobs(rows) == [f"job_{number}" for number in range(2000, 0, -1)]
    assert len(asked) <= 21 + 3 * many


@pytest.mark.parametrize("many", [1, 2, 4, 32])
@pytest.mark.parametrize("late", [1, 8, 30, 60, 99])
def test_a_log_that_grows_all_the_time_is_read_once(late: int, many: int) -> None:
    """So many events arrive with each page that is used, and move all that follow."""
    log = events(1200)
    number = 3000
    found: list[str | None] = []
    for page in stream_activity(ask(connect(EventLog(log))), jobs=many, warnings=[]):
        found += jobs(page)
        if len(found) > 500:
            log[:0] = [event(number + late - n) for n in range(late)]
            number += late

    old = [f"job_{number}" for number in range(1200, 0, -1)]
    assert [job for job in found if job in set(old)] == old
    assert len(found) == len(set(found))


@pytest.mark.parametrize("twins", [range(297, 300), range(290, 310)])
def test_rows_that_are_the_same_are_kept_where_one_page_follows_the_other(twins: range) -> None:
    """The row that two pages share is one row, and those beside it are others."""
    log = events(900)
    for at in twins:
        log[at] = log[twins[0]]

    assert len(read(EventLog(log), jobs=4)[0]) == 900


def test_no_thread_stays_behind() -> None:
    """However the reading ends, and however often it began anew."""
    before = set(threading.enumerate())
    log = events(2000)
    for number, _ in enumerate(stream_activity(ask(connect(EventLog(log))), jobs=8, warnings=[])):
        log.insert(0, event(3000 + number))
    for _ in stream_activity(ask(connect(EventLog(log))), jobs=8, warnings=[]):
        break
    read(EventLog(log), jobs=8, limit=1234)

    for thread in set(threading.enumerate()) - before:
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


class Bent(EventLog):
    """A log that answers some requests for its pages otherwise, whenever they come."""

    def __init__(
        self, rows: list[Row], bend: Callable[[httpx.Request], httpx.Response | None]
    ) -> None:
        super().__init__(rows)
        self._bend = bend

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        is_page = request.url.path.endswith("/usages")
        return (self._bend(request) if is_page else None) or super().handle_request(request)


@pytest.mark.parametrize("good", [2, 3, 5])
def test_an_offset_that_is_no_longer_heeded_is_unreadable(good: int) -> None:
    """Also while several pages are under way."""
    log = events(3000)

    def bend(request: httpx.Request) -> httpx.Response | None:
        offset = int(request.url.params.get("activityOffset", "0"))
        return answer({"activity": log[:100]}) if offset >= 100 * good else None

    with pytest.raises(UnreadableAnswer, match="repeats a page"):
        read(Bent(log, bend), jobs=4)


def test_a_page_without_a_log_is_told() -> None:
    """Also one that was read ahead."""

    def bend(request: httpx.Request) -> httpx.Response | None:
        left_out = int(request.url.params.get("activityOffset", "0")) >= 298
        return answer({"activity": None}) if left_out else None

    rows, warnings = read(Bent(events(900), bend), jobs=4)

    assert len(rows) == 299
    assert warnings == ["the API left out activity: its rows are unknown"]


def test_few_pages_wait_however_many_there_are() -> None:
    """Those under way, and no more, while somebody takes his time with one."""
    answered: list[int] = []

    def fetch(offset: int) -> UsagesAnswer:
        answered.append(offset)
        return {"activity": [{"action": str(offset + n)} for n in range(100)]}

    reader = prefetch.PagePrefetcher(fetch, jobs=4)
    offset = 0
    before: list[Activity] = []
    for number in range(1, 200):
        offset, page = reader.read(offset, before)
        before = page.get("activity") or []
        assert before[0] == {"action": str(offset)}
        offset += len(before)
        reader.begin(offset)
        assert len(answered) <= number + 4


@pytest.mark.parametrize("name", ["ndjson", "csv", "json", "table"])
def test_the_command_writes_the_same_however_many_it_asks_for(name: str) -> None:
    """And asks for as many at a time as --jobs says."""
    argv = ("activity", "--all", "--period", "2026-11", "-f", name)
    api = Gathering(events(1000), {"298", "397", "496"})
    ahead_of_it = run(*argv, "--jobs", "3", transport=api)
    one_by_one = run(*argv, "--jobs", "1", transport=EventLog(events(1000)))

    assert (ahead_of_it.code, ahead_of_it.stderr) == (0, "")
    assert ahead_of_it.stdout == one_by_one.stdout
