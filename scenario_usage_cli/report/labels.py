"""What people read in the place of ids: names, told apart where several have the same."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from scenario_usage_cli.collect.breakdown import Breakdown
from scenario_usage_cli.collect.names import (
    NOBODY,
    PROJECT_PREFIXES,
    TEAM_PREFIXES,
    USER_PREFIXES,
    UserName,
)
from scenario_usage_cli.collect.usage import Usage

_PREFIXES = (*PROJECT_PREFIXES, *USER_PREFIXES, *TEAM_PREFIXES)
_SHORTEST_END = 4
"""How many letters of an id tell it from another one, if these differ."""


class Labels(NamedTuple):
    """What users, projects and teams are called, by id."""

    users: Mapping[str, str]
    projects: Mapping[str, str]
    teams: Mapping[str, str]

    def of(self, dimension: str) -> Mapping[str, str]:
        """Those of the members of a dimension."""
        return self.by_key.get(f"{dimension}_id", {})

    @property
    def by_key(self) -> Mapping[str, Mapping[str, str]]:
        """Those of each field that tables have for ids."""
        return {"user_id": self.users, "project_id": self.projects}


NO_LABELS = Labels({}, {}, {})


def build_labels(usages: Iterable[Usage], breakdowns: Iterable[Breakdown] = ()) -> Labels:
    """What those of a report are called."""
    users: dict[str, UserName] = {}
    projects: dict[str, str] = {}
    teams: dict[str, str] = {}
    for usage in usages:
        users |= {one: NOBODY for one in usage.consumption if one not in users} | usage.users
        projects |= usage.projects
        teams |= usage.teams
    for breakdown in breakdowns:
        if "project" in breakdown.by:
            place = breakdown.by.index("project")
            projects |= {ids[place]: breakdown.name(ids)[place] for ids in breakdown.usages}
    return Labels(label_users(users), tell_apart(projects), tell_apart(teams))


def label_users(users: Mapping[str, UserName]) -> dict[str, str]:
    """What users are called: a name, and whether it is that of an API key."""
    names = {one: user.name or one for one, user in users.items()}
    labels = {
        one: f"{names[one]} (API key)" if user.is_api_key and not user.is_alias else names[one]
        for one, user in users.items()
    }
    return tell_apart(labels, names)


def tell_apart(labels: Mapping[str, str], names: Mapping[str, str] | None = None) -> dict[str, str]:
    """The same, with the end of the id where another id has the same label.

    So has a label whose name is another id, or looks as if it were one; the `names` are the labels
    where these have nothing more.
    """
    names = names or labels
    sharing = defaultdict(list)
    for one, label in labels.items():
        sharing[label].append(one)
    told = dict(labels)
    for label, ids in sharing.items():
        named = [one for one in ids if names[one] != one]
        others = {names[one] for one in named}.intersection(labels)
        if ids[1:] or others or any(names[one].startswith(_PREFIXES) for one in named):
            length = _find_length(list({*ids, *others}))
            told |= {one: f"{label} …{one[-length:]}" for one in named}
    return told


def _find_length(ids: list[str]) -> int:
    """How many letters at the end of these ids tell them apart."""
    longest = max(map(len, ids))
    lengths = range(_SHORTEST_END, longest)
    return next((n for n in lengths if len({one[-n:] for one in ids}) == len(ids)), longest)
