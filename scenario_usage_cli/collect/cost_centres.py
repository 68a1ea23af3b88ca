"""Whom cost centres mean: names are looked up, and each id has one cost centre at most."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from http import HTTPStatus
from typing import NamedTuple

from scenario_usage_cli.collect.known import Known, is_id, list_projects, list_users
from scenario_usage_cli.collect.local import Source
from scenario_usage_cli.collect.names import UserName
from scenario_usage_cli.collect.resolve import is_project_id
from scenario_usage_cli.cost_centres import (
    UNASSIGNED,
    CostCentres,
    Members,
    describe,
    find_members,
    refuse_two,
)
from scenario_usage_cli.errors import ApiError, ConfigurationError

_Names = Mapping[str, Sequence[str]]
"""Names by id."""


class Assignment(NamedTuple):
    """Which projects and users belong to which cost centre."""

    centres: CostCentres
    projects: Members
    users: Members
    names: _Names
    """Of all projects and users that are known, by their ids."""
    warnings: Sequence[str]

    def find(self, project_id: str | None, user_id: str | None) -> str:
        """The cost centre of what a user did in a project.

        Raises ConfigurationError if the project belongs to one, and the user to another.
        """
        by_project = self.projects.owners.get(project_id or "")
        by_user = self.users.owners.get(user_id or "")
        if by_project and by_user and by_project[0] != by_user[0]:
            raise self.refuse(project_id or "", user_id or "")
        owner = by_project or by_user
        return owner[0] if owner else UNASSIGNED

    def refuse(self, project_id: str, user_id: str) -> ConfigurationError:
        """The error that what a user did in a project belongs to two cost centres."""
        user, project = (describe(one, self.names) for one in (user_id, project_id))
        return refuse_two(
            self.centres,
            f"what the user {user} did in the project {project}",
            self.projects.owners[project_id],
            self.users.owners[user_id],
        )


class Directory:
    """The projects and users that there are, each asked for once, and only if needed."""

    def __init__(self, centres: CostCentres, client: Source, team_id: str | None) -> None:
        self._centres = centres
        self._client = client
        self._team_id = team_id

    def assign(self, told: Mapping[str, UserName | None]) -> Assignment:
        """Find the projects and users that the texts of cost centres name.

        `told` are users of answers, with their names there; some may be in no list. Raises
        ConfigurationError for what belongs to two cost centres, and for the name of several.
        Raises what the API answered instead of a list, unless all that is missing is an id.
        """
        people = {
            one: [text for text in (user.name, user.email) if text] if user else []
            for one, user in told.items()
        }
        projects, names, warnings = self._find("projects", self._projects, {}, is_project_id)
        users, user_names, others = self._find("users", self._users, people, is_id)
        return Assignment(
            self._centres, projects, users, {**user_names, **names}, [*warnings, *others]
        )

    @cached_property
    def _projects(self) -> list[Known] | ApiError:
        return self._look("projects", lambda: list_projects(self._client, self._team_id))

    @cached_property
    def _users(self) -> list[Known] | ApiError:
        return self._look("users", lambda: list_users(self._client, self._team_id))

    def _look(self, part: str, look: Callable[[], Iterable[Known]]) -> list[Known] | ApiError:
        try:
            return list(look()) if self._centres.list_texts(part) else []
        except ApiError as error:
            if error.status == HTTPStatus.FORBIDDEN:
                error.hint = (
                    f"this key may not list {part}: give ids in {self._centres.path}, not names"
                )
            return error

    def _find(
        self,
        part: str,
        listed: list[Known] | ApiError,
        told: _Names,
        is_one: Callable[[str], bool],
    ) -> tuple[Members, _Names, list[str]]:
        """The members, the names of all that are known, and warnings of texts without any."""
        names = {one: list(texts) for one, texts in told.items()}
        for known in listed if isinstance(listed, list) else ():
            names[known.id] = [*names.get(known.id, ()), *known.names]
        members = find_members(self._centres, part, names, is_one)
        if isinstance(listed, ApiError) and not all(
            text in members.owners for _, text in members.unmatched
        ):
            raise listed
        what = part.removesuffix("s")

        def explain(text: str) -> str:
            if isinstance(listed, ApiError):
                charged = f"{what} of those that were charged"
                return f"matches no {charged}, and there is no list ({listed.status})"
            if text in members.owners:
                return f"is in no list of {part}, and is taken as an id"
            return f"matches no {what}"

        # Of projects, nothing is known without a list.
        doubtful = members.unmatched if told or isinstance(listed, list) else ()
        warnings = [
            f"{text!r} of the {self._centres.what} {centre!r} {explain(text)}"
            for centre, text in doubtful
        ]
        return members, names, warnings
