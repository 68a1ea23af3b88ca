"""An API of which every charge is known: it heeds the filters, and the days that are asked for."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import httpx
from hypothesis import strategies as st

from tests.report.builders import charge
from tests.support import answer, model_row, point, usages


class Charge(NamedTuple):
    """Something that one user was charged for in one project, in millionths of a CU.

    Without a model, it is an operation or a refund.
    """

    project: str
    user: str
    model: str | None
    millionths: int
    day: str = "2026-10-05"


PROJECTS = tuple(f"project_{number}" for number in range(4))
USERS = tuple(f"user_{number}" for number in range(4))
MODELS = (None, "model_0", "model_1")

charges = st.lists(
    st.builds(
        Charge,
        st.sampled_from(PROJECTS),
        st.sampled_from(USERS),
        st.sampled_from(MODELS),
        st.integers(-(10**12), 10**12),
        st.sampled_from(["2026-10-01", "2026-10-05", "2026-10-31"]),
    ),
    max_size=30,
)
"""Any charges of a few projects, users and models in October."""


class ChargesApi(httpx.BaseTransport):
    """Answers `/usages` with sums of its charges, and `/projects` with those that are listed.

    `asked` are the filters of every query for usages, in order: projects and users.
    """

    def __init__(self, charges: Iterable[Charge], projects: Sequence[str] = PROJECTS) -> None:
        self.charges = list(charges)
        self.asked: list[tuple[str | None, str | None]] = []
        self._projects = projects

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/projects"):
            listed = [{"id": one, "name": f"The {one}"} for one in self._projects]
            return answer({"projects": listed})
        params = request.url.params
        wanted = (params.get("projectIds"), params.get("userIds"))
        self.asked.append(wanted)
        projects, users = (set(ids.split(",")) if ids else None for ids in wanted)
        first, last = (
            datetime.fromisoformat(params[key]).date().isoformat()
            for key in ("startDate", "endDate")
        )
        found = [
            one
            for one in self.charges
            if (projects is None or one.project in projects)
            and (users is None or one.user in users)
            and first <= one.day <= last
        ]
        return answer(_sum_up(found))


class TeamApi(ChargesApi):
    """The same of one team; `usages` is the answer to all queries for them, if it is given.

    `prices` is the status of the answer with the price list.
    """

    def __init__(
        self,
        charges: Iterable[Charge] = (),
        projects: Sequence[str] = PROJECTS,
        *,
        usages: object = None,
        prices: int = 403,
    ) -> None:
        super().__init__(charges, projects)
        self._usages = usages
        self._prices = prices

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.endswith("/teams"):
            return answer({"teams": [{"id": "team_a", "name": "Studio"}]})
        if path.endswith("/prices"):
            pack = {"creativeUnits": 5000, "unitAmount": 10000, "currency": "eur"}
            return answer({"prices": [pack]}, self._prices)
        if path.endswith("/usages") and self._usages is not None:
            return answer(self._usages)
        return super().handle_request(request)


def _list_amounts(charges: Sequence[Charge], model: str, day: str) -> list[int]:
    return [one.millionths for one in charges if (one.model, one.day) == (model, day)]


def _sum_up(charges: Sequence[Charge]) -> object:
    people = dict.fromkeys(one.user for one in charges)
    models = dict.fromkeys(one.model for one in charges if one.model)
    return usages(
        consumption=[
            charge(user, sum(one.millionths for one in charges if one.user == user) / 10**6)
            for user in people
        ],
        models=[
            model_row(
                model,
                *(
                    point(f"{day}T00:00:00.000Z", jobs=len(amounts), cost=sum(amounts) / 10**6)
                    for day in dict.fromkeys(one.day for one in charges)
                    if (amounts := _list_amounts(charges, model, day))
                ),
            )
            for model in models
        ],
        actions=[{"usageName": "images-generation", "granularity": "1h", "points": []}],
        users=[{"id": user, "fullName": f"Name of {user}"} for user in people],
    )
