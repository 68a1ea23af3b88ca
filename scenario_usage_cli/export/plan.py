"""Which partitions to fetch: those that are missing or not final, but none that was edited."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from scenario_usage_cli.export.layout import (
    ALL_TABLES,
    COST_AND_USAGE,
    find_last_day,
    list_days,
    parse_path,
)
from scenario_usage_cli.export.manifest import Manifest
from scenario_usage_cli.export.states import Finds, State

_DAY = timedelta(days=1)


class Days(NamedTuple):
    """From the first to the last day, both included.

    With `goes_on`, they begin with the first day of a table that is there or was to be fetched,
    or else with that of the dataset. So no gap is left, however long nothing was exported, and
    the dataset grows backwards only when somebody asks for it.
    """

    first: date
    last: date
    settle: timedelta
    goes_on: bool = False

    def since(self, table: str, manifest: Manifest) -> date:
        """The first of these days for a table."""
        if not self.goes_on:
            return self.first
        firsts = [day for one in ALL_TABLES if (day := find_first(one, manifest))]
        return find_first(table, manifest) or min(firsts, default=self.first)


def find_first(table: str, manifest: Manifest) -> date | None:
    """The first day of a table that is there or was to be fetched; None if there is none."""
    since = manifest.since.get(table)
    return min([*([since] if since else []), *manifest.days.get(table, {})], default=None)


class Stretch(NamedTuple):
    """Adjacent days of which the same tables are wanted, so that they may share queries."""

    first: date
    last: date
    tables: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.first}" if self.first == self.last else f"{self.first} to {self.last}"

    @property
    def days(self) -> list[date]:
        """Each of its days."""
        return list_days(self.first, self.last)


class Plan(NamedTuple):
    """Tables to fetch, by day.

    `edited` are paths of partitions that are left as they are, because something else wrote what
    is there now. `unreadable` says why some of them cannot be read, and `blocked` why others
    cannot be written.
    """

    wanted: Mapping[date, tuple[str, ...]]
    edited: Sequence[str] = ()
    unreadable: Mapping[str, str] = MappingProxyType({})
    blocked: Mapping[str, str] = MappingProxyType({})
    checks: Sequence[tuple[date, tuple[str, ...]]] = ()
    """Final days, with the tables to look at again: first those that have waited longest."""

    def with_checks(self, number: int) -> "Plan":
        """The plan that fetches the first ones of these as well."""
        wanted = dict(self.wanted)
        for day, tables in self.checks[:number]:
            wanted[day] = tuple(t for t in ALL_TABLES if t in (*wanted.get(day, ()), *tables))
        return self._replace(wanted={day: wanted[day] for day in sorted(wanted)}, checks=())

    def list_paths(self, manifest: Manifest) -> dict[str, list[tuple[str, date]]]:
        """The path of each partition that is wanted, with its table and days."""
        paths: dict[str, list[tuple[str, date]]] = {}
        for day, tables in self.wanted.items():
            for table in tables:
                paths.setdefault(manifest.locate(table, day), []).append((table, day))
        return paths

    @property
    def log_days(self) -> list[date]:
        """The days whose events are wanted."""
        return [day for day, tables in self.wanted.items() if "activity" in tables]

    @property
    def stretches(self) -> list[Stretch]:
        """What to ask for, without events; the long stretches come first.

        Consumption has no time axis, so a day with it, or with what is made of it, is asked for on
        its own, together with all
        other tables of that day.
        """
        days = {d: tuple(t for t in ts if t != "activity") for d, ts in self.wanted.items()}
        alone = {d for d, ts in days.items() if {"consumption", COST_AND_USAGE}.intersection(ts)}
        long = join_days({day: days[day] for day in days if days[day] and day not in alone})
        return [*long, *(Stretch(day, day, days[day]) for day in days if day in alone)]


def list_partitions(
    manifest: Manifest, tables: tuple[str, ...], days: Days, today: date
) -> list[tuple[str, date]]:
    """The partitions that a plan must consider, by table and day.

    These are the ones asked for and, of any table and day, those that another run began and did not
    finish, and those whose fetch time is unknown. All days of a month that is one file go together.
    """
    begun = _list_begun(manifest)
    found: list[tuple[str, date]] = []
    for table in ALL_TABLES:
        asked = list_days(days.since(table, manifest), days.last) if table in tables else []
        left = {day for of, day in begun if of == table}
        left |= {d for d, entry in manifest.days.get(table, {}).items() if not entry.fetched_at}
        left |= _list_neighbours(manifest, table, [*asked, *left])
        others = sorted({day for day in left if day <= today} - set(asked))
        found += [(table, day) for day in [*asked, *others]]
    return found


def build_plan(
    manifest: Manifest,
    found: Finds,
    settle: timedelta,
    *,
    repair: bool = False,
    anew: Sequence[str] = (),
) -> Plan:
    """What is missing or not final among the partitions that were found, in order of time.

    With `repair`, edited partitions are fetched again as well. All of the tables `anew` are.
    """
    begun = _list_begun(manifest)
    wanted: dict[date, list[str]] = {}
    edited: dict[str, None] = {}
    unreadable: dict[str, str] = {}
    for (table, day), (state, _, reason) in found.items():
        entry = manifest.find(table, day)
        is_final = state is State.INTACT and entry is not None and entry.is_final(day, settle)
        if is_final and (table, day) not in begun and table not in anew:
            continue
        path = manifest.locate(table, day)
        if state is State.UNREADABLE:
            unreadable[path] = reason
        if state in (State.EDITED, State.UNREADABLE) and not repair:
            edited[path] = None
        else:
            wanted.setdefault(day, []).append(table)
    in_order = {day: tuple(wanted[day]) for day in sorted(wanted)}
    return Plan(in_order, list(edited), unreadable=unreadable)


def list_checks(
    manifest: Manifest, plan: Plan, tables: Sequence[str], days: Days, age: timedelta
) -> list[tuple[date, tuple[str, ...]]]:
    """The final days up to an age, with those of these tables that are as written.

    Events are not looked at again. The days that were fetched longest ago come first.
    """
    found: list[tuple[datetime, date, tuple[str, ...]]] = []
    known = {day for table in tables for day in manifest.days.get(table, ())}
    for day in (day for day in known if timedelta() <= days.last - day <= age):
        entries = {
            table: entry
            for table in tables
            if table != "activity"
            and (entry := manifest.find(table, day))
            and entry.is_final(day, days.settle)
            and day >= days.since(table, manifest)
            and table not in plan.wanted.get(day, ())
            and manifest.locate(table, day) not in (*plan.edited, *plan.blocked)
        }
        times = [entry.fetched_at for entry in entries.values() if entry.fetched_at]
        if times:
            found.append((min(times), day, tuple(entries)))
    return [(day, of_day) for _, day, of_day in sorted(found)]


def list_due(
    manifest: Manifest, settle: timedelta, edited: Collection[str] = ()
) -> dict[str, list[date]]:
    """The months to be joined, by table: all of their days are there, and final.

    A dataset's first month begins with its first day. Months with `edited` partitions wait.
    """
    due: dict[str, list[date]] = {}
    for table, days in manifest.days.items():
        first = find_first(table, manifest) or date.max
        months = {day.replace(day=1) for day, entry in days.items() if not entry.in_month}
        for month in sorted(months):
            whole = list_days(max(month, first), find_last_day(month))
            if all(
                (entry := days.get(day)) is not None
                and entry.is_final(day, settle)
                and manifest.locate(table, day) not in edited
                for day in reversed(whole)
            ):
                due.setdefault(table, []).append(month)
    return due


def leave_out_blocked(plan: Plan, blocked: Mapping[str, str], manifest: Manifest) -> Plan:
    """The plan without the partitions that cannot be written; all others still are.

    `blocked` says why, by path.
    """
    left_out = {
        place
        for path, places in plan.list_paths(manifest).items()
        if path in blocked
        for place in places
    }
    wanted = {
        day: left
        for day, tables in plan.wanted.items()
        if (left := tuple(table for table in tables if (table, day) not in left_out))
    }
    edited = [path for path in plan.edited if path not in blocked]
    return plan._replace(wanted=wanted, edited=edited, blocked=blocked)


def _list_begun(manifest: Manifest) -> set[tuple[str, date]]:
    """The days of partitions that a run has begun to write and not finished."""
    begun: set[tuple[str, date]] = set()
    for place in filter(None, map(parse_path, manifest.pending)):
        days = manifest.list_month(place.table, place.day) if place.is_month else (place.day,)
        begun.update((place.table, day) for day in days)
    return begun


def _list_neighbours(manifest: Manifest, table: str, days: Iterable[date]) -> set[date]:
    """All days of the months that are one file and have one of these."""
    months = {d.replace(day=1) for d in days if (e := manifest.find(table, d)) and e.in_month}
    return {day for month in months for day in manifest.list_month(table, month)}


def join_days(wanted: Mapping[date, tuple[str, ...]]) -> Iterator[Stretch]:
    """Stretches of adjacent days for which the same tables are wanted, in order."""
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
