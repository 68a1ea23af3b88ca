"""An account that is a script: answers by path, of teams, projects, people and API keys."""

from collections.abc import Mapping
from typing import Any

import httpx

from tests.support import answer

Json = dict[str, Any]


class Account(httpx.BaseTransport):
    """Answers each path, with its query if that is listed, from a mapping; 403 for any other.

    A number is a status, an exception is raised. `asked` are the paths and queries that came.
    """

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers = dict(answers)
        self.asked: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        target = request.url.raw_path.decode().removeprefix("/v1")
        self.asked.append(target)
        path = target.partition("?")[0]
        found = self.answers.get(target, self.answers.get(path, 403))
        if isinstance(found, Exception):
            raise found
        return answer({"message": "no"}, found) if isinstance(found, int) else answer(found)


def build_account(
    *,
    projects: list[Json] | None = None,
    users: list[Json] | None = None,
    keys: list[Json] | None = None,
    **others: Any,
) -> Account:
    """An account with one team, `team_1`.

    `others` replace whole answers, or are statuses: `listed` that of `/projects`, `teams`, `team`,
    `limits` and `usage`.
    """
    team = {"name": "Kumo", "projects": projects or [], "users": users or [], "keys": keys or []}
    answers = {
        "listed": {"projects": projects or []},
        "teams": {"teams": [{"id": "team_1", "name": "Kumo"}]},
        "team": {"team": team},
        "limits": {
            "period": {"start": "2026-11-05T10:00:00.000Z", "end": "2026-12-05T10:00:00.000Z"}
        },
        "usage": {"consumption": []},
        **others,
    }
    paths = {
        "listed": "/projects",
        "teams": "/teams",
        "team": "/teams/team_1",
        "limits": "/teams/team_1/limits",
        "usage": "/usages",
    }
    return Account({paths[name]: found for name, found in answers.items()})
