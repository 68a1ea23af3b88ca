"""The cost centre of each row: by its project, and by its user where it has one."""

from collections.abc import Callable, Mapping, Sequence

from scenario_usage_cli.collect.cost_centres import Assignment, Directory
from scenario_usage_cli.collect.names import UserName
from scenario_usage_cli.cost_centres import UNASSIGNED
from scenario_usage_cli.report.daily import add_centres
from scenario_usage_cli.report.fields import Row


class Centres:
    """Adds the column, and learns the names of users from the answers on the way.

    `reveal` tells the user id behind the id of an alias, which rows may have.
    """

    def __init__(
        self, directory: Directory, reveal: Callable[[str], str] = lambda user_id: user_id
    ) -> None:
        self._directory = directory
        self._reveal = reveal
        self._told: dict[str, UserName | None] = {}
        self._assignment: Assignment | None = None

    @property
    def warnings(self) -> Sequence[str]:
        """Of texts that name nobody, as far as is known by now."""
        return self._assignment.warnings if self._assignment else ()

    def add(self, rows: Sequence[Row], told: Mapping[str, UserName | None]) -> list[Row]:
        """The same rows with their cost centres; `told` are their users, by their true ids.

        Raises ConfigurationError for a row that belongs to two, and the errors of
        `Directory.assign`.
        """
        if self._assignment is None or not told.items() <= self._told.items():
            self._told |= told
            self._assignment = self._directory.assign(self._told)
        return add_centres(rows, self._find)

    def _find(self, project_id: str | None, user_id: str | None) -> str:
        assigned = self._assignment
        user_id = user_id and self._reveal(user_id)
        return assigned.find(project_id, user_id) if assigned else UNASSIGNED
