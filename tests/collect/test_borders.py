"""Equal events on both sides of a page's border: all kept, whatever late events move meanwhile."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_usage_cli.api.wire import Activity, UsagesAnswer
from scenario_usage_cli.collect.borders import can_tell_moves, count_moved, find_again
from scenario_usage_cli.collect.query_pages import QueryPages
from scenario_usage_cli.errors import UnreadableAnswer
from tests.cases import each
from tests.collect.event_log import EventLog, answer, event, events
from tests.collect.test_activity import jobs, read

PATIENCE = 3000
"""More requests than any of these logs needs."""


def leave(number: int, log: list[Activity]) -> None:
    """No events come late."""


def put(at: int, new: list[Activity]) -> Callable[[int, list[Activity]], None]:
    """Events that come late, at the top, with one of the requests."""

    def change(number: int, log: list[Activity]) -> None:
        if number == at:
            log[:0] = new

    return change


class Server:
    """A log by offset; `change` is called with the number of each request, from 1, and the log."""

    def __init__(
        self,
        log: list[Activity],
        change: Callable[[int, list[Activity]], None] = leave,
        *,
        round_offset: Callable[[int], int] = lambda offset: offset,
    ) -> None:
        self.offsets: list[int] = []
        self._log = list(log)
        self._change = change
        self._round = round_offset
        self._lock = threading.Lock()

    def fetch(self, offset: int) -> UsagesAnswer:
        """A page, as rows that are equal to those of the log and not the same."""
        with self._lock:
            self.offsets.append(offset)
            assert len(self.offsets) < PATIENCE
            self._change(len(self.offsets), self._log)
            begins = self._round(offset)
            return {"activity": [row.copy() for row in self._log[begins : begins + 100]]}


def read_pages(server: Server, many: int = 1) -> list[str]:
    """All new rows, as text."""
    pages = QueryPages(server.fetch, many)
    rows = [str(row) for _, fresh in pages.read() for row in fresh]
    pages.close()
    return rows


def hundreds(offset: int) -> int:
    """How a server may round an offset."""
    return offset // 100 * 100


def row(number: int, action: str = "custom") -> Activity:
    """A row of the wire; the higher the number, the newer it is."""
    minutes, seconds = divmod(number, 60)
    return {
        "action": action,
        "time": f"2026-11-01T{minutes // 60:02}:{minutes % 60:02}:{seconds:02}.000Z",
    }


@pytest.mark.parametrize(
    ("first", "beyond"), [(99, 101), (98, 102), (0, 101), (99, 250), (50, 399)]
)
@pytest.mark.parametrize("many", [1, 4])
def test_equal_rows_on_both_sides_of_a_border_are_kept(first: int, beyond: int, many: int) -> None:
    """Two of them, or pages full."""
    log = events(450)
    log[first:beyond] = [log[first]] * (beyond - first)

    assert jobs(read(EventLog(log), jobs=many)[0]) == [r["data"]["jobId"] for r in log]


@each("count", [100, 101, 199, 200, 201, 250, 1000])
@each("many", [1, 4])
def test_a_log_of_equal_rows_has_as_many_as_it_has(count: int, many: int) -> None:
    """Where nothing can be told apart, offsets count."""
    assert len(read(EventLog([event(1)] * count), jobs=many)[0]) == count


def test_a_server_that_refuses_offsets_beyond_its_end_has_its_equal_rows() -> None:
    """It has read the offset, so that it does not ignore it."""

    class Strict(EventLog):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            is_far = int(request.url.params.get("activityOffset", "0")) > 1000
            return answer({}, 400) if is_far else super().handle_request(request)

    assert len(read(Strict([event(1)] * 250))[0]) == 250


@pytest.mark.parametrize("late", [1, 60, 101, 1000])
@pytest.mark.parametrize("is_equal", [False, True])
@pytest.mark.parametrize("run", [1, 3, 220])
def test_late_events_push_no_equal_row_in_twice(late: int, is_equal: bool, run: int) -> None:
    """However many they are, and though they are equal to the newest."""
    log = [row(900 - number // run) for number in range(600)]
    new = [row(900) if is_equal else row(901 + late - number) for number in range(late)]
    rows = read_pages(Server([row(900), *log], put(4, new)))

    assert [text for text in rows if text in set(map(str, log[run:]))] == [*map(str, log[run:])]


@pytest.mark.parametrize("sizes", [(100, 150), (100, 100, 100), (1, 99, 250), (300, 300)])
@pytest.mark.parametrize("many", [1, 4])
def test_pages_of_equal_rows_are_told_apart_by_their_borders(
    sizes: tuple[int, ...], many: int
) -> None:
    """One more of the first comes late, and moves all that follow."""
    log = [row(900 - place) for place, size in enumerate(sizes) for _ in range(size)]
    expected = Counter(map(str, log))

    for at in range(2, 9):
        found = Counter(read_pages(Server(log, put(at, [row(900)])), many))
        assert found - expected in (Counter(), Counter([str(row(900))]))
        assert expected - found == Counter()


KINDS: dict[str, Callable[[int, list[int]], Activity]] = {
    "distinct": lambda place, _: row(5000 - place),
    "pairs": lambda place, _: row(5000 - place // 2),
    "equal": lambda place, _: row(5000),
    "runs": lambda place, draws: row(5000 - sum(place > border for border in draws)),
    "one second": lambda place, draws: row(5000 - place // 40, "abc"[draws[place % 9] % 3]),
    "in turns": lambda place, _: row(5000, "abc"[place % 2 if place else 2]),
    "disorder": lambda place, draws: row(draws[place % 9] * place % 3),
}


@given(
    kind=st.sampled_from(sorted(KINDS)),
    count=st.integers(0, 5).map(lambda pages: pages * 100) | st.integers(0, 520),
    draws=st.lists(st.integers(0, 500), min_size=9, max_size=9),
    late=st.integers(1, 320),
    at=st.integers(2, 12),
    is_rounding=st.booleans(),
    many=st.sampled_from([1, 4]),
)
@settings(max_examples=150, deadline=None)
def test_every_event_comes_once(
    kind: str, count: int, draws: list[int], late: int, at: int, is_rounding: bool, many: int
) -> None:
    """Those that were there, as often as they were; those that come late, never twice."""
    log = [KINDS[kind](place, draws) for place in range(count)]
    new = [row(5000 + late - number) for number in range(late)]
    old, added = Counter(map(str, log)), Counter(map(str, new))
    whole = hundreds if is_rounding else lambda offset: offset

    assert Counter(read_pages(Server(log, round_offset=whole), many)) == old
    found = Counter(read_pages(Server(log, put(at, new), round_offset=whole), many))
    assert (old - found, found - old - added) == (Counter(), Counter())


@pytest.mark.parametrize("rows", [events(100), [event(1)] * 100, events(50) * 2, events(101)[:100]])
@pytest.mark.parametrize("many", [1, 4])
def test_an_offset_that_is_ignored_is_found_out(rows: list[Any], many: int) -> None:
    """A page that comes again is no proof, but one far behind any end is."""
    server = Server(rows, round_offset=lambda offset: 0)

    with pytest.raises(UnreadableAnswer, match="repeats a page"):
        read_pages(server, many)
    assert len(server.offsets) <= 3 + many


def test_an_offset_that_is_ignored_while_events_arrive_is_found_out() -> None:
    """Though no page is as the one before it."""

    def arrive(number: int, log: list[Activity]) -> None:
        log.insert(0, row(200 + number))

    server = Server([row(100 - at) for at in range(100)], arrive, round_offset=lambda offset: 0)

    with pytest.raises(UnreadableAnswer, match="repeats a page"):
        read_pages(server)


def test_late_events_between_old_ones_push_no_row_in_twice() -> None:
    """One comes in the midst of the rows that it and others push to the next page."""
    log = [row(500 - 2 * number) for number in range(230)]
    late = row(303)

    def change(number: int, log: list[Activity]) -> None:
        if number == 2:
            log[98:98] = [late]
            log[:0] = [row(600), row(599), row(598)]

    rows = read_pages(Server(log, change))

    assert [text for text in rows if text != str(late)] == [*map(str, log)]
    assert rows.count(str(late)) <= 1


A, B, C, D = (row(number) for number in (4, 3, 2, 1))


@pytest.mark.parametrize(
    ("rows", "before", "moved"),
    [
        ([C, D], [A, B], 0),
        ([B, C], [A, B], 0),  # B may have come twice
        ([A, B, C], [A, B], 2),
        ([A, B, B], [A, B], 2),
        ([B, C, D], [A, B, C], 2),
        ([A, A], [B, A], 0),  # no order to rely on
        ([A, C], [B, D], 0),
    ],
)
def test_order_proves_what_was_moved(
    rows: list[Activity], before: list[Activity], moved: int
) -> None:
    """Only where a page begins with what is newer than the end of the one before."""
    assert count_moved(rows, before) == moved


@pytest.mark.parametrize(
    ("rows", "can_tell"),
    [
        ([A, B, C], True),
        ([A, A, B], True),
        ([A, B, A], False),
        ([A, B, A, B], False),
        ([A, A, A], False),
    ],
)
def test_rows_that_repeat_themselves_tell_nothing(rows: list[Activity], can_tell: bool) -> None:
    """They look the same wherever they are moved to."""
    assert can_tell_moves(rows) == can_tell


@pytest.mark.parametrize(
    ("rows", "among", "moved"),
    [
        ([A, B], [A, B, C], 0),
        ([A, B], [C, D, A, B], 2),
        ([A, B, D], [A, A, B, C, D], 2),
        ([A, B], [A, C], None),
        ([A, B], [B, A], None),
    ],
)
def test_rows_are_found_again(
    rows: list[Activity], among: list[Activity], moved: int | None
) -> None:
    """In one piece, or with others between them."""
    assert find_again(rows, among) == moved
