"""Looking up the names that answers lack, beside the main request and never before it.

A name is worth no failure and no long wait: where it cannot be had, the id is shown, and one
warning says why.
"""

import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from http import HTTPStatus

from scenario_usage_cli.collect.local import Source
from scenario_usage_cli.collect.names import (
    KEY_PREFIX,
    KINDS,
    NO_NAMES,
    Listed,
    Names,
    UserName,
    parse_name,
)
from scenario_usage_cli.collect.usage import Filters, Usage, give_names
from scenario_usage_cli.errors import ApiError

PATIENCE_S = 5.0
"""How long names may take; the rest of a run does not wait any longer for them."""

_HEAD_START_S = 0.1
"""So much earlier the main request is made, if it is not answered before."""

_WHAT = {"projects": "projects", "keys": "the API keys of the team", "teams": "teams"}
"""What is listed, for messages; people and models have names in answers only."""


class NameLookup:
    """The names of a run: those that are kept, those that are listed, and those of answers.

    `kept` is called for the fresh ones of an earlier run, once names are needed. Nothing is asked
    for an id that these have, nor twice for the same list, nor for API keys that have aliases.
    """

    def __init__(
        self,
        client: Source,
        team_id: str | None,
        *,
        kept: Callable[[], Listed] = dict,
        patience_s: float = PATIENCE_S,
        has_aliases: bool = False,
    ) -> None:
        self._client = client.hurry(patience_s)
        self._team_id = team_id
        self._read_kept = kept
        self._kept: Listed | None = None
        self._patience_s = patience_s
        self._unneeded = ("keys",) if has_aliases else ()
        self._needed: dict[str, set[str]] = {kind: set() for kind in _WHAT}
        self._learned: dict[str, dict[str, str]] = {kind: {} for kind in KINDS}
        self._is_asked = threading.Event()
        self._under_way: dict[str, tuple[threading.Event, float]] = {}
        self._failures: dict[str, tuple[str, str]] = {}
        self._headed: Filters | None = None
        self._has_users = False
        self.given = NO_NAMES
        """What the usages were given beside their own."""
        self.warnings: list[str] = []
        """What was said of names that could not be had."""

    def expect(
        self, filters: Filters, *, is_headed: bool, has_users: bool, has_projects: bool = False
    ) -> None:
        """Say what is about to be asked for.

        A report that `is_headed` names the filters above its tables; one that `has_users` has rows
        of people and API keys, and one that `has_projects` of projects.
        """
        self._headed = filters if is_headed else None
        self._has_users = has_users
        if is_headed or has_projects:
            self.need("projects", filters.project_ids)
        if is_headed:
            self.need("teams", [filters.team_id] if filters.team_id else ())

    def see(self, usage: Usage) -> None:
        """Look at what has come so far: API keys may have no name in it."""
        self._is_asked.set()
        shown: set[str] = set()
        if self._has_users:
            shown.update(usage.consumption)
        if self._headed:
            shown.update(self._headed.user_ids)
        self.need("keys", [one for one in shown if is_nameless_key(one, usage.users.get(one))])

    def learn(self, kind: str, names: Mapping[str, str]) -> None:
        """Note names that came by another way."""
        self._learned[kind] |= names

    def need(self, kind: str, ids: Collection[str]) -> None:
        """Begin to look up these ids, unless their names are known."""
        unknown = [one for one in ids if one not in self._learned[kind]]
        if not unknown or kind in self._unneeded:
            return
        self._needed[kind].update(unknown)
        if kind in self._under_way:
            return
        if self._kept is None:
            self._kept = self._read_kept()
        known = self._kept.get(kind, {})
        if any(one not in known for one in unknown):
            self._begin(kind)

    def find(self, kind: str) -> Mapping[str, str]:
        """The names of a kind that could be had; it waits for them as long as it may."""
        self._is_asked.set()
        if kind in self._under_way:
            done, ends_at = self._under_way[kind]
            if not done.wait(max(0.0, ends_at - time.monotonic())):
                reason = f"the list of {_WHAT[kind]} did not come within {self._patience_s:g} s"
                self._failures[kind] = (reason, reason)
        kept = {one: name for one, name in (self._kept or {}).get(kind, {}).items() if name}
        return {**kept, **(self._list(kind) or {}), **self._learned[kind]}

    def fill(self, usages: Sequence[Usage], warnings: Sequence[str] = ()) -> list[str]:
        """Give usages that are shown together the names that they lack, and those of each other.

        Returns warnings, but for what the others tell already.
        """
        for usage in usages:
            self.see(usage)
            users = usage.users.items()
            self.learn("people", {one: u.name for one, u in users if u.name and not u.is_api_key})
            self.learn("models", usage.models)
        headed = self._headed or Filters()
        self.given = Names(
            projects=self._pick("projects", [*headed.project_ids, *self._needed["projects"]]),
            keys=self._pick("keys", self._needed["keys"]),
            people=self._pick("people", headed.user_ids),
            teams=self._pick("teams", [headed.team_id] if headed.team_id else []),
        )
        give_names(usages, self.given)
        return self.take_warnings(warnings)

    def take_warnings(self, others: Sequence[str] = ()) -> list[str]:
        """One line, if names could not be had and that was not said before, nor by the others."""
        failures = [self._failures[kind] for kind in _WHAT if kind in self._failures]
        told = [text for text, reason in failures if not any(reason in one for one in others)]
        if not told or self.warnings:
            return []
        self.warnings.append(f"{'; '.join(told)}: their ids are shown instead of names")
        return self.warnings.copy()

    def gather(self) -> tuple[Listed, Names]:
        """What was listed in this run, and what was seen in its answers."""
        listed: dict[str, Mapping[str, str | None]] = {}
        for kind, needed in self._needed.items():
            found = None if kind in self._failures else self._list(kind)
            if found is not None:
                listed[kind] = {**dict.fromkeys(needed), **found}
        seen = {kind: names for kind, names in self._learned.items() if kind not in _WHAT}
        return listed, Names(**seen)

    def _pick(self, kind: str, ids: Collection[str]) -> dict[str, str]:
        """The names of these ids, as far as they are known."""
        names = self.find(kind) if ids else {}
        return {one: names[one] for one in ids if one in names}

    def _begin(self, kind: str) -> None:
        done = threading.Event()
        self._under_way[kind] = (done, time.monotonic() + self._patience_s)
        try:
            # A daemon, as nobody waits for names at the end of a run.
            threading.Thread(target=self._fetch, args=(kind, done), daemon=True).start()
        except RuntimeError:  # the system has no more threads
            self._fetch(kind, done)

    def _fetch(self, kind: str, done: threading.Event) -> None:
        """Request a list, which the client keeps; any failure is noted."""
        self._is_asked.wait(_HEAD_START_S)
        try:
            if kind == "projects":
                self._client.projects(team_id=self._team_id)
            elif kind == "teams":
                self._client.teams()
            else:
                _fetch_details(self._client, self._team_id)
        except ApiError as error:
            is_refused = error.status == HTTPStatus.FORBIDDEN
            reason = f"this key may not list {_WHAT[kind]} (403)"
            self._failures[kind] = (
                (reason, reason) if is_refused else _describe(kind, error.message)
            )
        except Exception as error:  # a name is worth no failure
            self._failures[kind] = _describe(kind, str(error) or type(error).__name__)
        finally:
            done.set()

    def _list(self, kind: str) -> dict[str, str] | None:
        """The names that the client has listed; None if it has not."""
        lists = self._client.lists
        rows: Iterable[tuple[str, str | None]]
        if kind == "projects" and self._team_id in lists.projects:
            rows = ((one["id"], one.get("name")) for one in lists.projects[self._team_id])
        elif kind == "teams" and lists.teams:
            rows = ((one["id"], one.get("name")) for one in lists.teams)
        elif kind == "keys" and lists.details:
            details = list(lists.details.values())
            rows = ((k["id"], k.get("name")) for team in details for k in team.get("keys") or ())
        else:
            return None
        return {one: name for one, name in rows if name and parse_name(name)}


def _fetch_details(client: Source, team_id: str | None) -> None:
    """Request the details of a team, or of all teams of the key.

    Raises the first failure, after all of them were asked for.
    """
    failures = []
    for one in [team_id] if team_id else [team["id"] for team in client.teams()]:
        try:
            client.team(one)
        except ApiError as error:
            failures.append(error)
    if failures:
        raise failures[0]


def is_nameless_key(user_id: str, user: UserName | None, *, is_key: bool | None = None) -> bool:
    """Whether a user is an API key, as far as anything tells, and has no name."""
    if user and user.name:
        return False
    return bool(is_key or (user and user.is_api_key) or user_id.startswith(KEY_PREFIX))


def _describe(kind: str, reason: str) -> tuple[str, str]:
    """What is said of a failure, and its reason."""
    return f"the list of {_WHAT[kind]} could not be read ({reason})", reason
