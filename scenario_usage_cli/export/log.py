"""The event log of a dataset, as the pages that the API would give."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from scenario_usage_cli.api.wire import Activity, Model, UsagesAnswer, User
from scenario_usage_cli.collect.prefetch import PAGE_ROWS
from scenario_usage_cli.export.narrowing import Narrower
from scenario_usage_cli.export.read import Dataset, read_rows

Names = dict[str, dict[str, str | None]]
"""By kind and id; null is an id without one."""


def read_pages(
    dataset: Dataset, days: Iterable[date], narrower: Narrower, known: Names
) -> Iterator[UsagesAnswer]:
    """The events of these days, in their order, 100 at a time; the last page has fewer.

    Names are added to those that are `known`. Raises what reading rows does.
    """
    project_ids, user_ids = narrower
    events = (
        row
        for _, row in read_rows(dataset, "activity", days)
        if (not project_ids or row["project_id"] in project_ids)
        and (not user_ids or row["user_id"] in user_ids)
    )
    while True:
        page = list(islice(events, PAGE_ROWS))
        for row in page:
            _learn(known, row)
        yield {
            "activity": [_as_event(row) for row in page],
            "entities": {"users": _list_users(page), "models": _list_models(page)},
        }
        if len(page) < PAGE_ROWS:
            return


def _list_users(rows: Iterable[Mapping[str, Any]]) -> list[User]:
    """The users of events; an id in the place of a name is not a name."""
    users: dict[str, User] = {}
    for row in rows:
        if one := row["user_id"]:
            name = None if row["user"] == one else row["user"]
            users[one] = {"id": one, "fullName": name, "isApiKey": row["is_api_key"]}
    return list(users.values())


def _list_models(rows: Iterable[Mapping[str, Any]]) -> list[Model]:
    """The same of models."""
    pairs = {row["model_id"]: row["model"] for row in rows if row["model_id"] != row["model"]}
    return [{"id": one, "name": name} for one, name in pairs.items()]


def _learn(known: Names, row: Mapping[str, Any]) -> None:
    if project_id := row["project_id"]:
        name = row["project"]
        known["projects"][project_id] = None if name == project_id else name
    if user_id := row["user_id"]:
        known["keys"].setdefault(user_id, None)


def _as_event(row: Mapping[str, Any]) -> Activity:
    cost: Decimal | None = row["cost"]
    return {
        "action": row["action"],
        "time": row["time"],
        "projectId": row["project_id"],
        "userId": row["user_id"],
        "creativeUnitsCost": None if cost is None else float(cost),
        "data": {
            "modelId": row["model_id"],
            "assetId": row["asset_id"],
            "jobId": row["job_id"],
            "collectionId": row["collection_id"],
            "isApiKey": row["is_api_key"],
        },
    }
