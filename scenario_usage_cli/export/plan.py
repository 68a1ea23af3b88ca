"""Which partitions to fetch: those that are missing or not final, and nobody else's."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import Enum, auto
from types import MappingProxyType
from typing import NamedTuple

from scenario_usage_cli.export.layout import TABLES, format_path, parse_path
from scenario_usage_cli.export.manifest import Manifest, hash_bytes
from scenario_usage_cli.export.store import Store, Unreadable

_DAY = timedelta(days=1)


class Days(NamedTuple):
    """From the first to the last, both included; with `goes_on`, from the first that there is
    of a table, or was to be, or else of the dataset: then no gap is left, however long nothing
    was exported, and nothing is extended back unasked.
    """

    first: date
    last: date
    settle: timedelta
    goes_on: bool = False

    def since(self, table: str, manifest: Manifest) -> date:
        """The first day of a table that this is about."""
        if not self.goes_on:
            return self.first
        firsts = [day for one in TABLES if (day := find_first(one, manifest))]
        return find_first(table, manifest) or min(firsts, default=self.first)


def find_first(table: str, manifest: Manifest) -> date | None:
    """The first day of a table that there is, or was to be; None where nobody wanted any."""
    since = manifest.since.get(table)
    return min([*([since] if since else []), *manifest.days.get(table, {})], default=None)


class Stretch(NamedTuple):
    """Adjacent days of which the same tables are wanted, so that they may share queries."""

    first: date
    last: date
    tables: tuple[str, ...]

    @property
    def days(self) -> list[date]:
        """Each of its days."""
        return list_days(self.first, self.last)


class Plan(NamedTuple):
    """Tables to fetch, by day. `edited` are paths of partitions that are left as they are:
    their content is nobody's that the manifest knows of. `unreadable` says why some of them
    cannot be read, and `blocked` why no file can be put where others belong.
    """

    wanted: Mapping[date, tuple[str, ...]]
    edited: Sequence[str] = ()
    from_the_future: int = 0
    """How many partitions were fetched later than now, as it seems: they are not trusted."""
    unreadable: Mapping[str, str] = MappingProxyType({})
    blocked: Mapping[str, str] = MappingProxyType({})

    @property
    def log_days(self) -> list[date]:
        """Those whose events are wanted."""
        return [day for day, tables in self.wanted.items() if "activity" in tables]

    @property
    def stretches(self) -> list[Stretch]:
        """What to ask for, without events. Consumption has no time axis, so that a day with it
        is asked for on its own, and then tells all else at once; the long stretches come first.
        """
        days = {d: tuple(t for t in ts if t != "activity") for d, ts in self.wanted.items()}
        alone = {day for day, tables in days.items() if "consumption" in tables}
        long = join_days({day: days[day] for day in days if days[day] and day not in alone})
        return [*long, *(Stretch(day, day, days[day]) for day in days if day in alone)]


def build_plan(
    manifest: Manifest,
    store: Store,
    tables: tuple[str, ...],
    days: Days,
    *,
    now: datetime,
    repair: bool = False,
) -> Plan:
    """What is missing or not final, in order of time; of any table and day, also what another
    run has begun and not finished, and what was fetched nobody knows when.

    With `repair`, every file is read, and what somebody edited is fetched again as well. Raises
    the store's errors.
    """
    from_the_future = _distrust(manifest, now)
    wanted: dict[date, list[str]] = {}
    edited: list[str] = []
    unreadable: dict[str, str] = {}
    unfinished = [found[:2] for path in manifest.pending if (found := parse_path(path))]
    for table in TABLES:
        entries = manifest.days.get(table, {})
        asked = list_days(days.since(table, manifest), days.last) if table in tables else []
        begun = {day for of, day in unfinished if of == table}
        left = begun | {day for day, entry in entries.items() if not entry.fetched_at}
        for day in [*asked, *sorted({day for day in left if day <= now.date()} - set(asked))]:
            entry = entries.get(day)
            path = format_path(table, day, manifest.file_format)
            try:
                state = _look_at(path, day, manifest, store, at_content=repair)
            except Unreadable as error:
                state, unreadable[path] = State.EDITED, error.reason
            if state is State.EDITED and not repair:
                edited.append(path)
                continue
            is_done = entry and state is State.INTACT and entry.is_final(day, days.settle)
            if not is_done or day in begun:
                wanted.setdefault(day, []).append(table)
    in_order = {day: tuple(wanted[day]) for day in sorted(wanted)}
    return Plan(in_order, edited, from_the_future, unreadable)


def leave_out_blocked(plan: Plan, store: Store, file_format: str) -> Plan:
    """Want nothing that could not be put in its place, so that it keeps nothing else from being
    written.
    """
    paths = {
        format_path(table, day, file_format): (table, day)
        for day, tables in plan.wanted.items()
        for table in tables
    }
    found = {path: store.find_obstacle(path) for path in [*paths, *plan.unreadable]}
    blocked = {path: reason for path, reason in found.items() if reason}
    if not blocked:
        return plan
    wanted: dict[date, tuple[str, ...]] = {}
    for path, (table, day) in paths.items():
        if path not in blocked:
            wanted[day] = (*wanted.get(day, ()), table)
    edited = [path for path in plan.edited if path not in blocked]
    return plan._replace(wanted=wanted, edited=edited, blocked=blocked)


class State(Enum):
    """What became of a partition since it was written."""

    MISSING = auto()
    INTACT = auto()
    PENDING = auto()
    """Written by a run that ended before it could say so."""
    EDITED = auto()


def _distrust(manifest: Manifest, now: datetime) -> int:
    """Forget when partitions were fetched that were so later than now: a clock was wrong."""
    found = 0
    for days in manifest.days.values():
        for day, entry in days.items():
            if entry.fetched_at and entry.fetched_at > now:
                days[day] = entry._replace(fetched_at=None)
                found += 1
    return found


def _look_at(path: str, day: date, manifest: Manifest, store: Store, *, at_content: bool) -> State:
    """Read a file to tell, if its stamp does not; if only that is new, as in a copy, it is known
    from then on. Raises Unreadable.
    """
    table = path.partition("/")[0]
    entry = manifest.find(table, day)
    stamp = store.stamp(path)
    if stamp is None:
        return State.MISSING
    if entry and entry.stamp == stamp and not at_content:
        return State.INTACT
    checksum = hash_bytes(store.read(path) or b"")
    if entry and entry.sha256 == checksum:
        manifest.days[table][day] = entry._replace(stamp=stamp)
        return State.INTACT
    pending = manifest.pending.get(path, ())
    is_ours = checksum in pending or (pending and not store.writes_whole)
    return State.PENDING if is_ours else State.EDITED


def list_days(first: date, last: date) -> list[date]:
    """Every day from the first to the last."""
    return list(map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1)))


def join_days(wanted: Mapping[date, tuple[str, ...]]) -> Iterator[Stretch]:
    """Days in order, adjacent ones of which the same is wanted in one stretch."""
    stretch: Stretch | None = None
    for day, tables in wanted.items():
        if stretch and stretch.tables == tables and day - stretch.last == _DAY:
            stretch = Stretch(stretch.first, day, tables)
            continue
        if stretch:
            yield stretch
        stretch = Stretch(day, day, tables)
    if stretch:
        yield stretch
