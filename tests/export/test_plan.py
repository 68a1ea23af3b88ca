"""Which days are fetched, and in which queries."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_usage_cli.export.checksum import hash_bytes
from scenario_usage_cli.export.entries import Entry
from scenario_usage_cli.export.inspect import inspect_dataset, read_contents
from scenario_usage_cli.export.layout import MANIFEST, TABLES, Place, format_path, parse_path
from scenario_usage_cli.export.look import finish_look, glance, list_wanted
from scenario_usage_cli.export.manifest import Manifest
from scenario_usage_cli.export.manifest_text import dump_manifest
from scenario_usage_cli.export.plan import Days, Plan, Stretch, build_plan
from scenario_usage_cli.export.request import ExportRequest
from scenario_usage_cli.export.states import Found, State, read_stamps

NOW = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)
SETTLE = timedelta(days=3)
FIRST = date(2026, 11, 1)


class Shelf:
    """A store of bytes in memory that tells how often it was read."""

    writes_whole = True

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = dict(files)
        self.reads: list[str] = []

    def read(self, path: str) -> bytes | None:
        self.reads.append(path)
        return self.files.get(path)

    def stamp(self, path: str) -> str | None:
        return f"stamp of {self.files[path]!r}" if path in self.files else None

    def expect(self, paths: Sequence[str]) -> None:
        """Nothing."""

    def find_obstacle(self, path: str) -> None:
        """Nothing is in the way."""


def day(number: int) -> date:
    """A day of November."""
    return date(2026, 11, number)


def entry(body: bytes, fetched_at: datetime | None, *, stamp: str | None = None) -> Entry:
    """What the manifest says of a partition."""
    return Entry(fetched_at, 1, hash_bytes(body), stamp or f"stamp of {body!r}")


def ask(shelf: Shelf, days: Days, *, repair: bool = False) -> ExportRequest:
    """A request for models."""
    return ExportRequest(
        store=shelf,  # type: ignore[arg-type]  # what a plan needs of a store
        tables=("models",),
        days=days,
        scope=None,
        file_format=None,
        by_project=False,
        repair=repair,
        now=NOW,
    )


def look(shelf: Shelf, manifest: Manifest, days: Days, *, repair: bool = False) -> Plan:
    """The plan for models."""
    request = ask(shelf, days, repair=repair)
    found = read_stamps(request.store, manifest, list_wanted(request, manifest))
    contents = read_contents(request.store, manifest, found, read_all=repair)
    return finish_look(request, manifest, contents).plan


def plan(
    files: Mapping[str, bytes],
    manifest: Manifest,
    *,
    first: date = FIRST,
    last: date = FIRST,
    repair: bool = False,
    goes_on: bool = False,
) -> tuple[Plan, Shelf]:
    """The plan for models, and the store that it was made from."""
    shelf = Shelf(files)
    return look(shelf, manifest, Days(first, last, SETTLE, goes_on), repair=repair), shelf


PATH = "models/date=2026-11-01/part.csv"
KNOWN = Manifest(days={"models": {day(1): entry(b"rows", NOW)}})


def test_what_is_final_and_as_it_was_is_left_alone_unread() -> None:
    """A stamp is enough."""
    found, shelf = plan({PATH: b"rows"}, KNOWN)

    assert (found.wanted, found.edited, shelf.reads) == ({}, [], [])


def test_what_is_missing_is_wanted() -> None:
    """Whether the manifest knows it or not."""
    assert plan({}, KNOWN)[0].wanted == {day(1): ("models",)}
    assert plan({}, Manifest())[0].wanted == {day(1): ("models",)}


def test_what_was_only_touched_is_not_edited() -> None:
    """Its checksum tells."""
    manifest = Manifest(days={"models": {day(1): entry(b"rows", NOW, stamp="older")}})
    found, shelf = plan({PATH: b"rows"}, manifest)

    assert (found.wanted, found.edited, shelf.reads) == ({}, [], [PATH])


@pytest.mark.parametrize(
    ("files", "is_enough"),
    [
        ({PATH: b"rows"}, True),
        ({}, True),
        ({PATH: b"edited"}, False),
    ],
    ids=["intact", "missing", "unclear"],
)
def test_a_glance_reads_the_manifest_and_nothing_else(
    files: Mapping[str, bytes], is_enough: bool
) -> None:
    """It tells all that a full look does, or nothing."""
    shelf = Shelf({MANIFEST: dump_manifest(KNOWN, SETTLE), **files})
    request = ask(shelf, Days(FIRST, FIRST, SETTLE))
    found = glance(request)

    assert shelf.reads == [MANIFEST]
    assert found == (inspect_dataset(request) if is_enough else None)


@pytest.mark.parametrize("damage", [{}, {MANIFEST: b"{"}], ids=["no manifest", "damaged"])
def test_a_glance_tells_nothing_without_a_manifest(damage: Mapping[str, bytes]) -> None:
    """It takes the partitions to make a new one; nor with --repair, which reads all of them."""
    days = Days(FIRST, FIRST, SETTLE)
    whole = Shelf({MANIFEST: dump_manifest(KNOWN, SETTLE), PATH: b"rows"})

    assert glance(ask(Shelf(damage), days)) is None
    assert glance(ask(whole, days, repair=True)) is None


def test_a_stamp_is_not_enough_for_repair() -> None:
    """Who edits a file may keep its size and its time."""
    manifest = Manifest(
        days={"models": {day(1): entry(b"rows", NOW, stamp=Shelf({PATH: b"edit"}).stamp(PATH))}}
    )

    assert plan({PATH: b"edit"}, manifest)[0].wanted == {}
    assert plan({PATH: b"edit"}, manifest, repair=True)[0].wanted == {day(1): ("models",)}


@pytest.mark.parametrize("pending", [{}, {PATH: (hash_bytes(b"rows"),)}], ids=["none", "begun"])
def test_where_files_are_written_in_place_only_what_was_begun_is_ours(
    pending: Mapping[str, tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anything else is as strange there as elsewhere."""
    monkeypatch.setattr(Shelf, "writes_whole", False)
    found, _ = plan({PATH: b"ro"}, Manifest(pending=dict(pending)))

    assert (found.edited == []) is bool(pending)


@pytest.mark.parametrize("manifest", [KNOWN, Manifest()])
def test_what_somebody_else_wrote_is_left_and_reported(manifest: Manifest) -> None:
    """Also where the manifest knows of no partition; with --repair it is wanted."""
    found, _ = plan({PATH: b"edited"}, manifest)
    assert (found.wanted, found.edited) == ({}, [PATH])

    found, _ = plan({PATH: b"edited"}, manifest, repair=True)
    assert (found.wanted, found.edited) == ({day(1): ("models",)}, [])


def test_what_a_killed_run_wrote_is_known() -> None:
    """It is wanted again, whatever came of it, because nobody knows when it was fetched."""
    manifest = Manifest(
        days={"models": {day(1): entry(b"rows", NOW)}}, pending={PATH: (hash_bytes(b"newer"),)}
    )

    assert plan({PATH: b"newer"}, manifest)[0].wanted == {day(1): ("models",)}
    assert plan({PATH: b"rows"}, manifest)[0].wanted == {day(1): ("models",)}
    assert plan({}, manifest, first=day(2), last=day(2))[0].wanted == {
        day(1): ("models",),
        day(2): ("models",),
    }
    assert plan({PATH: b"other"}, manifest)[0].edited == [PATH]


def test_half_a_file_is_ours_where_files_are_written_in_place() -> None:
    """If a run had begun to write it; nobody else is blamed for what it left."""
    manifest = Manifest(pending={PATH: (hash_bytes(b"rows"),)})
    shelf = Shelf({PATH: b"ro"})
    shelf.writes_whole = False
    found = look(shelf, manifest, Days(FIRST, FIRST, SETTLE))

    assert (found.wanted, found.edited) == ({FIRST: ("models",)}, [])


def test_what_was_fetched_nobody_knows_when_is_wanted_whatever_is_asked_for() -> None:
    """Of other days and tables as well, as after a manifest was lost; but nothing to come."""
    manifest = Manifest(days={"assets": {day(n): entry(b"rows", None) for n in (3, 22, 23)}})

    assert plan({}, manifest)[0].wanted == {
        day(1): ("models",),
        day(3): ("assets",),
        NOW.date(): ("assets",),
    }


def test_what_is_wanted_whatever_is_asked_for_comes_in_order_of_time() -> None:
    """So that paths that somebody else wrote are told in this order, too."""
    numbers = (20, 4, 16, 8, 12, 2, 18, 6, 14, 10)
    manifest = Manifest(days={"models": {day(n): entry(b"rows", None) for n in numbers}})
    files = {f"models/date=2026-11-{n:02}/part.csv": b"other rows" for n in numbers}

    assert plan(files, manifest)[0].edited == sorted(files)


def test_a_stamp_that_is_new_is_known_from_then_on() -> None:
    """A copied file is read once."""
    manifest = Manifest(days={"models": {day(1): entry(b"rows", NOW, stamp="older")}})

    assert [plan({PATH: b"rows"}, manifest)[1].reads for _ in range(2)] == [[PATH], []]


@pytest.mark.parametrize(
    ("fetched_at", "is_final"),
    [
        (datetime(2026, 11, 5, tzinfo=UTC), True),
        (datetime(2026, 11, 4, 23, 59, 59, tzinfo=UTC), False),
        (NOW, True),
        (NOW + timedelta(seconds=1), False),
        (None, False),
    ],
)
def test_a_day_is_final_when_it_was_fetched_late_enough(
    fetched_at: datetime | None, is_final: bool
) -> None:
    """Three days after its end, by a clock that was not ahead of the present one."""
    manifest = Manifest(days={"models": {day(1): entry(b"rows", fetched_at)}})

    assert (plan({PATH: b"rows"}, manifest)[0].wanted == {}) is is_final


def test_partitions_from_the_future_are_counted() -> None:
    """So that somebody looks at the clock."""
    manifest = Manifest(days={"models": {day(1): entry(b"rows", NOW + timedelta(days=1))}})
    plan({PATH: b"rows"}, manifest)
    plan({PATH: b"rows"}, KNOWN)

    assert (manifest.from_the_future, KNOWN.from_the_future) == (1, 0)


def test_without_a_first_day_it_goes_on_from_the_first_there_is() -> None:
    """And with one, nothing before it is looked at."""
    manifest = Manifest(days={"models": {day(3): entry(b"rows", NOW)}})

    assert min(plan({}, manifest, first=day(10), last=day(12))[0].wanted) == day(10)
    for first in (day(1), day(10)):
        found = plan({}, manifest, first=first, last=day(12), goes_on=True)[0]
        assert min(found.wanted) == day(3)


def test_a_table_that_began_later_goes_on_from_its_own_first_day() -> None:
    """Nothing is extended back to the first day of the others."""
    days = {
        "models": {day(n): entry(b"rows", NOW) for n in (9, 5)},
        "assets": {day(3): entry(b"rows", NOW)},
    }

    found = plan({}, Manifest(days=days), last=day(12), goes_on=True)[0]
    assert min(found.wanted) == day(5)


@pytest.mark.parametrize("first", [day(1), day(10)])
def test_a_table_that_is_new_goes_on_from_the_first_day_of_the_dataset(first: date) -> None:
    """Whatever table that is of; only where there is none, from the day of the default."""
    others = {"assets": {day(3): entry(b"rows", NOW)}, "actions": {day(5): entry(b"rows", NOW)}}

    found = plan({}, Manifest(days=others), first=first, last=day(12), goes_on=True)[0]
    assert list(found.wanted) == [day(number) for number in range(3, 13)]

    found = plan({}, Manifest(), first=first, last=day(12), goes_on=True)[0]
    assert min(found.wanted) == first


def test_days_are_wanted_in_order_of_time() -> None:
    """Also where an earlier day is wanted of a later table only."""
    unknown = Manifest(days={"assets": {day(1): entry(b"rows", None)}})

    assert list(plan({}, unknown, first=day(2), last=day(4))[0].wanted.items()) == [
        (day(1), ("assets",)),
        *((day(number), ("models",)) for number in (2, 3, 4)),
    ]


def test_days_with_consumption_stand_alone_and_others_together() -> None:
    """Long stretches first; a day with consumption tells all of its tables."""
    found = Plan(
        {
            day(1): ("models", "assets"),
            day(2): ("models", "assets"),
            day(3): ("models", "consumption"),
            day(4): ("models", "assets"),
            day(6): ("models", "assets"),
            day(7): ("models", "assets", "activity"),
            day(8): ("activity",),
        }
    )

    assert found.stretches == [
        Stretch(day(1), day(2), ("models", "assets")),
        Stretch(day(4), day(4), ("models", "assets")),
        Stretch(day(6), day(7), ("models", "assets")),
        Stretch(day(3), day(3), ("models", "consumption")),
    ]
    assert found.log_days == [day(7), day(8)]


def test_a_plan_is_made_without_a_look_at_anything() -> None:
    """It follows from the manifest and from what was found, and leaves both as they were."""
    manifest = Manifest(days={"models": {day(1): entry(b"rows", NOW), day(2): entry(b"", NOW)}})
    before = deepcopy(manifest)
    found = {
        ("models", day(1)): Found(State.INTACT, "a new stamp"),
        ("models", day(2)): Found(State.UNREADABLE, reason="it is a folder"),
        ("models", day(3)): Found(State.MISSING),
        ("assets", day(3)): Found(State.PENDING),
        ("assets", day(2)): Found(State.EDITED),
    }
    lost = ["models/date=2026-11-02/part.csv", "assets/date=2026-11-02/part.csv"]
    unreadable = {lost[0]: "it is a folder"}

    assert build_plan(manifest, found, SETTLE) == Plan(
        {day(3): ("models", "assets")}, lost, unreadable=unreadable
    )
    assert build_plan(manifest, found, SETTLE, repair=True) == Plan(
        {day(2): ("models", "assets"), day(3): ("models", "assets")}, [], unreadable=unreadable
    )
    assert manifest == before


wanted = st.dictionaries(
    st.integers(1, 30).map(day),
    st.sets(st.sampled_from(TABLES), min_size=1).map(
        lambda names: tuple(name for name in TABLES if name in names)
    ),
).map(lambda days: dict(sorted(days.items())))


@given(wanted)
def test_stretches_are_what_is_wanted_each_once(days: dict[date, tuple[str, ...]]) -> None:
    """No day or table is lost, and none is asked for twice."""
    plan = Plan(days)
    asked = [(d, table) for s in plan.stretches for d in s.days for table in s.tables]
    asked += [(d, "activity") for d in plan.log_days]

    assert sorted(asked) == sorted((d, table) for d, tables in days.items() for table in tables)


@given(st.sampled_from(TABLES), st.dates(), st.sampled_from(["csv", "parquet"]))
def test_a_path_tells_what_it_is_of(table: str, on: date, file_format: str) -> None:
    """Hive's way, there and back."""
    path = format_path(table, on, file_format)

    assert path == f"{table}/date={on}/part.{file_format}"
    assert parse_path(path) == Place(table, on, file_format)


@pytest.mark.parametrize(
    "path",
    [
        "models/date=2026-02-30/part.csv",
        "models/date=2026-11-01/part-2.csv",
        "models/date=2026-11-01/.part.csv.tmp",
        "others/date=2026-11-01/part.csv",
        "models/2026-11-01/part.csv",
        "_manifest.json",
    ],
)
def test_any_other_file_is_no_partition(path: str) -> None:
    """Whoever put it there."""
    assert parse_path(path) is None
