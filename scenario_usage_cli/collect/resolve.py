"""From what people call projects, users and teams to their ids."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from scenario_usage_cli.collect.identify import refuse_unknown
from scenario_usage_cli.collect.known import (
    Known,
    is_id,
    list_charged_users,
    list_projects,
    list_recent_users,
    list_teams,
    list_users,
)
from scenario_usage_cli.collect.local import Source
from scenario_usage_cli.collect.names import (
    PROJECT_PREFIXES,
    TEAM_PREFIXES,
    USER_PREFIXES,
    Names,
    looks_like_alias,
)
from scenario_usage_cli.collect.parts import cut_period
from scenario_usage_cli.errors import AccessDenied, BadArgument, list_some
from scenario_usage_cli.patterns import find_near, fold, split_names
from scenario_usage_cli.periods import LONGEST_QUERY, Period

if TYPE_CHECKING:
    from scenario_usage_cli.collect.pseudonyms import Pseudonyms

_KEY_PREFIX = "api_"
"""How ids of API keys themselves begin: they are taken, but are nothing that people know."""

_IDS = {"project": "project_…", "user": "user_…, apiu_…", "team": "team_…"}
"""What ids look like, for messages."""


def is_project_id(text: str) -> bool:
    """Whether a text looks like the id of a project."""
    return text.startswith(PROJECT_PREFIXES)


def resolve_projects(
    client: Source, wanted: Sequence[str], team_id: str | None, *, source: str
) -> tuple[str, ...]:
    """The ids of projects given by id or by name, in the order given, each once.

    A text may hold several, with commas between them; a name may contain commas, too. What looks
    like an id is accepted as one; names are looked up, ignoring case. Raises BadArgument, naming
    the `source`, for an unknown or ambiguous name, and AccessDenied if the key may not list
    projects.
    """
    directory = _Directory("project", source, PROJECT_PREFIXES)
    if not directory.knows_all(wanted):
        directory.read(lambda: list_projects(client, team_id))
    return tuple(directory.find_all(wanted))


def find_projects(wanted: Sequence[str], known: Sequence[Known], *, source: str) -> tuple[str, ...]:
    """The same where all that there are is known: an id of another one is refused, too."""
    directory = _Directory("project", source, PROJECT_PREFIXES)
    directory.read(lambda: known)
    found = directory.find_all(wanted)
    refuse_unknown(found, known, source)
    return tuple(found)


def resolve_users(
    client: Source,
    wanted: Sequence[str],
    team_id: str | None,
    *,
    periods: Sequence[Period],
    now: datetime,
    kept: Callable[[], Names],
    pseudonyms: "Pseudonyms | None" = None,
) -> Mapping[str, str]:
    """The ids of people and API keys given by id, name or e-mail address, with what each is called.

    They are looked up in the lists of the team and, as only answers have the full names of people,
    in those of the periods, or of the time up to now where that has all of these. A name is looked
    up in both, as it may be that of a key and of a person. What neither knows is looked up in the
    time up to now, and at last among those that are kept. With `pseudonyms`, they may be given by
    their aliases, too. Texts are read, and errors are raised, as for projects.
    """
    directory = _Directory(
        "user", "--user", USER_PREFIXES, takes_other_ids=True, pseudonyms=pseudonyms
    )
    if not directory.knows_all(wanted):
        directory.read(lambda: list_users(client, team_id))
    if not directory.knows_all(wanted) or directory.has_names(wanted):
        for start, end in _cut_periods(periods, now):
            directory.read(partial(list_charged_users, client, team_id, start, end))
    looks: list[Callable[[], Iterable[Known]]] = [lambda: _list_kept(kept())]
    if not _are_recent(periods, now):
        looks.insert(0, partial(list_recent_users, client, team_id, now))
    for look in looks:
        if not directory.knows_all(wanted):
            directory.read(look)
    return {one: directory.describe(one) for one in directory.find_all(wanted)}


def _cut_periods(periods: Sequence[Period], now: datetime) -> list[tuple[datetime, datetime]]:
    """What is asked for the users of periods; one answer where that has all of them."""
    if _are_recent(periods, now):
        return [(now - LONGEST_QUERY, now)]
    return [stretch for period in periods for stretch in cut_period(period, LONGEST_QUERY)]


def _are_recent(periods: Sequence[Period], now: datetime) -> bool:
    return all(period.start >= now - LONGEST_QUERY for period in periods)


def resolve_team(client: Source, wanted: str, *, source: str) -> str:
    """The id of a team given by id or by name; errors are raised as for projects."""
    directory = _Directory("team", source, TEAM_PREFIXES, takes_other_ids=True)
    if not directory.knows(wanted):
        directory.read(lambda: list_teams(client))
    return directory.find(wanted)


class _Directory:
    """What some things are called, ignoring case, and the ids of those that are called so.

    What begins with one of the `prefixes` is an id that nobody needs to know; with
    `takes_other_ids`, so is any other text that looks like one, unless it is a name.
    """

    def __init__(
        self,
        what: str,
        source: str,
        prefixes: tuple[str, ...],
        *,
        takes_other_ids: bool = False,
        pseudonyms: "Pseudonyms | None" = None,
    ) -> None:
        self._what = what
        self._source = source
        self._prefixes = prefixes
        self._takes_other_ids = takes_other_ids
        self._pseudonyms = pseudonyms
        self._names: dict[str, str] = {}
        """By id, what it is called first, or itself."""
        self._ids: dict[str, dict[str, None]] = {}
        """By folded name."""
        self._shown: dict[str, str] = {}
        self._refusal: AccessDenied | None = None

    def read(self, look: Callable[[], Iterable[Known]]) -> None:
        """Learn the entries of a list; a refusal is raised only if a name is missing."""
        try:
            for one, names in look():
                self._names.setdefault(one, one)
                alias = self._pseudonyms and self._pseudonyms.alias(one)
                for text in alias or ():
                    self._ids.setdefault(fold(text), {})[one] = None
                for name in names or (one,):
                    self._ids.setdefault(fold(name), {})[one] = None
                    if not name.startswith(_KEY_PREFIX):
                        self._shown.setdefault(fold(name), alias.name if alias else name.strip())
                    if self._names[one] == one or ("@" in self._names[one] and "@" not in name):
                        self._names[one] = name
        except AccessDenied as error:
            if error.status != HTTPStatus.FORBIDDEN:
                raise
            error.hint = f"this key may not list {self._what}s: {self._advice}"
            self._refusal = error

    def knows(self, text: str) -> bool:
        """Whether a text can be found."""
        return text.startswith(self._prefixes) or text in self._names or fold(text) in self._ids

    def knows_all(self, texts: Sequence[str]) -> bool:
        """Whether all parts of the texts can be found."""
        return all(map(self.knows, self._split(texts)))

    def has_names(self, texts: Sequence[str]) -> bool:
        """Whether any part of the texts is neither an id nor an address."""
        return any(
            not (text.startswith(self._prefixes) or text in self._names or "@" in text)
            for text in self._split(texts)
        )

    def describe(self, one: str) -> str:
        """What an id is called, or itself."""
        return self._names.get(one, one)

    def find_all(self, texts: Sequence[str]) -> list[str]:
        """The ids of all parts of the texts, each once; raises what `find` does."""
        return list(dict.fromkeys(map(self.find, self._split(texts))))

    def find(self, text: str) -> str:
        """The id that a text is, or is the name of.

        Raises BadArgument for an unknown or ambiguous name, and AccessDenied for one that may not
        be looked up.
        """
        if text.startswith(self._prefixes) or text in self._names:
            return text
        ids = list(self._ids.get(fold(text), ()))
        if len(ids) > 1:
            raise BadArgument(
                f"{self._source} {text!r} is the name of {len(ids)} {self._what}s",
                hint=f"give one of their ids: {', '.join(ids)}",
            )
        if ids:
            return ids[0]
        if self._takes_other_ids and is_id(text):
            return text
        if self._refusal:
            raise self._refusal
        raise BadArgument(f"{self._source} {text!r} is not known", hint=self._suggest(text))

    def _split(self, texts: Sequence[str]) -> list[str]:
        """The parts between commas; a name keeps its own."""
        return split_names(texts, self._ids, lambda text: fold(text) in self._ids)

    def _suggest(self, text: str) -> str:
        shown = self._shown
        if looks_like_alias(text) and not self._pseudonyms:
            return "aliases are known beside --pseudonyms: add it"
        if near := find_near(text, shown):
            return f"the nearest names: {', '.join(dict.fromkeys(shown[name] for name in near))}"
        if shown:
            return f"known names: {list_some(sorted(set(shown.values())))}"
        return f"this key lists no {self._what}s: {self._advice}"

    @property
    def _advice(self) -> str:
        return f"give ids ({_IDS[self._what]}) instead of names"


def _list_kept(names: Names) -> list[Known]:
    return [Known(one, (name,)) for one, name in {**names.people, **names.keys}.items()]
