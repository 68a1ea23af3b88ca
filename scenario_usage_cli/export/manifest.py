"""The manifest: which partitions there are, when they were fetched, and what they contain."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from scenario_usage_cli.export.entries import Entry, LedgerFile
from scenario_usage_cli.export.layout import FORMATS, find_last_day, format_path, list_days

SCHEMA_VERSION = 2
"""The newest version that is understood, which only datasets with months have: an older tool
does not know these. Datasets of days only are written as version 1 has them.
"""
VERSION_OF_DAYS = 1
SOME_ALIASES = "unknown"
"""What is known of the secret of aliases where the manifest was lost: that there was one."""


class Scope(NamedTuple):
    """Where the whole dataset comes from, and what it was narrowed to; empty means all."""

    team: str | None = None
    projects: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    source: str = ""
    """`demo`, `loopback`, or the origin of the API: figures of different sources never mix."""


@dataclass
class Manifest:
    """What is known of a dataset, by table and day.

    `pending` are checksums of partitions that were about to be written after the manifest was last
    complete. A file with one of these checksums was written by this tool, in a run that ended
    before it could note it.
    """

    file_format: str = FORMATS[0]
    by_project: bool = False
    scope: Scope = field(default_factory=Scope)
    days: dict[str, dict[date, Entry]] = field(default_factory=dict)
    pending: dict[str, tuple[str, ...]] = field(default_factory=dict)
    project_ids: tuple[str, ...] | None = None
    """The ids of the scope's projects, once they have been looked up."""
    since: dict[str, date] = field(default_factory=dict)
    """The first day that any run had to fetch, by table; a missing day after it is a gap."""
    cost_centres: Mapping[str, Any] | None = None
    """The definition of those that rows tell, if they do."""
    user_ids: tuple[str, ...] | None = None
    team_id: str | None = None
    """The same of the scope's users and of its team, unless these are ids themselves."""
    prices: list[Any] | None = None
    """The definitions of prices by which amounts were made, if rows have these: the last one, and
    those before it by which some may still be.
    """
    pseudonyms: str | None = None
    """What tells the secret of the aliases that rows have in the place of people, if they do."""
    rebuilt_from: int = 0
    """How many partitions were found when a lost manifest was rebuilt."""
    was_damaged: bool = False
    """Whether there was a manifest that could not be trusted."""
    from_the_future: int = 0
    """How many partitions seem to have been fetched after now: a clock was wrong."""
    by_month: bool = False
    """Whether settled months are one file each; then every row has its date."""
    undated: tuple[str, ...] = ()
    """The tables whose rows have no date yet, because they were begun by day."""
    focus: Mapping[str, str] | None = None
    """Of a dataset of FOCUS: the `version` of FOCUS, and the id of the `account`, once known."""
    account: Mapping[str, str] | None = None
    """The `id` and the `name` of the team that all of it is of, if the key told it."""
    merging: dict[str, dict[str, str]] = field(default_factory=dict)
    """By table, the checksums by path of the files that are about to replace others all at once.

    These replace the partitions of all other days that the months among them have.
    """
    restatements: dict[str, LedgerFile] = field(default_factory=dict)
    """The files of restatements, by run."""
    restating: Mapping[str, Any] | None = None
    """The restatements that are about to be written: the run, its records, and by path the
    checksums of the partitions that they are about.
    """

    @property
    def version(self) -> int:
        """The oldest version of the schema that has all of it."""
        is_new = self.by_month or self.focus or self.restatements or self.restating
        return SCHEMA_VERSION if is_new else VERSION_OF_DAYS

    @property
    def has_amounts(self) -> bool:
        """Whether rows tell what they cost in money."""
        return self.prices is not None

    @property
    def currencies(self) -> list[str]:
        """Those in which there are, or may still be, amounts: the oldest first."""
        return list(dict.fromkeys(one["currency"] for one in self.prices or ()))

    def find(self, table: str, day: date) -> Entry | None:
        """The entry of a table and day; None if there is none."""
        return self.days.get(table, {}).get(day)

    def has_dates(self, table: str) -> bool:
        """Whether the rows of a table have their date."""
        return self.by_month and table not in self.undated

    def locate(self, table: str, day: date) -> str:
        """The path of the file that has a day, or will have it."""
        entry = self.find(table, day)
        is_month = entry is not None and entry.in_month
        return format_path(table, day, self.file_format, is_month=is_month)

    def list_month(self, table: str, day: date) -> dict[date, Entry]:
        """The days that are in the same file as this one, which is that of a month, in order."""
        days, first = self.days.get(table, {}), day.replace(day=1)
        listed = list_days(first, find_last_day(day))
        return {one: days[one] for one in listed if one in days and days[one].in_month}

    def note_stamps(self, stamps: Mapping[tuple[str, date], str]) -> None:
        """Note the new stamps of files that are otherwise intact, as in a copied folder."""
        for (table, day), stamp in stamps.items():
            days, is_month = self.days[table], self.days[table][day].in_month
            for one in self.list_month(table, day) if is_month else (day,):
                days[one] = days[one]._replace(stamp=stamp)

    def forget_times_after(self, now: datetime) -> None:
        """Forget fetch times that lie after `now`, and count them."""
        for days in self.days.values():
            for day, entry in days.items():
                if entry.fetched_at and entry.fetched_at > now:
                    days[day] = entry._replace(fetched_at=None)
                    self.from_the_future += 1
