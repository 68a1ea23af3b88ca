"""The merged data: what all answers together say, before anything is added up for a reader."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from scenario_usage_cli.collect.names import Names, UserName
from scenario_usage_cli.collect.remarks import Remarks
from scenario_usage_cli.collect.sections import POINT_SECTIONS, Figures
from scenario_usage_cli.periods import Period

Bucket = datetime | None
"""The first instant of a bucket, aware UTC; None is the whole period."""


class Filters(NamedTuple):
    """What the data was narrowed to; empty means all.

    `models` are patterns that reports apply; of a request, they are texts that may hold several.
    """

    team_id: str | None = None
    project_ids: tuple[str, ...] = ()
    user_ids: tuple[str, ...] = ()
    models: tuple[str, ...] = ()


@dataclass
class Usage:
    """Everything that was read. Figures are sums over all answers, exact.

    `consumption` holds the figures of each user or API key, and `series`, per point section, id
    and bucket, those of the section's measures. `left_out` are asked-for sections that an answer
    did not have, `missing` the buckets of a section of which nothing is known, and `cut` those of
    which a part is not.
    """

    sections: tuple[str, ...]
    period: Period | None = None
    filters: Filters | None = None
    fetched_at: datetime | None = None
    """When it was, if not just now; aware UTC."""
    consumption: dict[str, Figures] = field(default_factory=dict)
    series: dict[str, dict[str, dict[Bucket, Figures]]] = field(default_factory=dict)
    users: dict[str, UserName] = field(default_factory=dict)
    models: dict[str, str] = field(default_factory=dict)
    projects: dict[str, str] = field(default_factory=dict)
    teams: dict[str, str] = field(default_factory=dict)
    """Names by id, as `users` and `models` have them; no answer brings these."""
    left_out: set[str] = field(default_factory=set)
    missing: dict[str, frozenset[datetime]] = field(default_factory=dict)
    cut: frozenset[datetime] = frozenset()
    unknown_sections: set[str] = field(default_factory=set)
    former_sections: set[str] = field(default_factory=set)
    """Names on the wire that are no longer used, by which sections were found and read."""
    remarks: Remarks = field(default_factory=Remarks)
    notes: list[str] = field(default_factory=list)
    """What else a reader of it must know, a line each."""
    failures: dict[tuple[datetime, tuple[str, ...]], str] = field(default_factory=dict)
    """What failed, by the part's start and sections; then the figures are not of the whole."""

    @property
    def patterns(self) -> tuple[str, ...]:
        """The patterns of models that reports are narrowed to; without any, all models."""
        return self.filters.models if self.filters else ()

    @property
    def came(self) -> set[str]:
        """The sections that are known as a whole."""
        return set() if self.failures else set(self.sections) - self.left_out

    @property
    def is_empty(self) -> bool:
        """Whether something came, and all of it is zeros."""
        if not self.came or any(any(charge.values()) for charge in self.consumption.values()):
            return False
        return not any(
            any(figures.values())
            for rows in self.series.values()
            for buckets in rows.values()
            for figures in buckets.values()
        )

    def figures(self, section: str) -> Iterator[tuple[str, Figures]]:
        """Each id of a section, with its figures by measure, over the whole period."""
        if section == "consumption":
            yield from self.consumption.items()
            return
        nothing = _SECTIONS[section].begin()
        for row_id, buckets in self.series.get(section, {}).items():
            sums = nothing.copy()
            for figures in buckets.values():
                add_figures(sums, figures)
            yield row_id, sums


_SECTIONS = {section.name: section for section in POINT_SECTIONS}


def add_figures(sums: Figures, figures: Figures) -> None:
    """Add figures to sums in place; null adds nothing."""
    for key, figure in figures.items():
        if figure is not None:
            sums[key] = figure + (sums[key] or 0)


def give_names(usages: Sequence[Usage], names: Names) -> None:
    """Give usages that are shown together the names that they lack, and those of each other."""
    users: dict[str, UserName] = {}
    keys = {one: UserName(name, None, is_api_key=True) for one, name in names.keys.items()}
    people = {one: UserName(name, None, None) for one, name in names.people.items()}
    for told in [*(usage.users for usage in usages), keys, people]:
        for one, user in told.items():
            users[one] = _join(users[one], user) if one in users else user
    for usage in usages:
        usage.users, usage.projects, usage.teams = users, {**names.projects}, {**names.teams}


def _join(known: UserName, told: UserName) -> UserName:
    is_key = told.is_api_key if known.is_api_key is None else known.is_api_key
    return UserName(known.name or told.name, known.email or told.email, is_key)
