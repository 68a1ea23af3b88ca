"""The rows of many days of a table, gathered by what they are of and added up."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, cast

from scenario_usage_cli.collect.names import NOBODY, UserName
from scenario_usage_cli.collect.sections import CHARGES, POINT_SECTIONS, Figure, Figures
from scenario_usage_cli.collect.usage import Bucket
from scenario_usage_cli.export.read import Dataset
from scenario_usage_cli.report.daily import DAILY, PROJECT, PROJECT_ID
from scenario_usage_cli.report.tables import EMAIL, IS_API_KEY, MODEL, USER_NAME

Rows = Sequence[Sequence[Figure | None]]
"""The figures of rows, in the order of the measures of their table."""

_Told = tuple[str | None, str | None, bool | None]
"""A name, an address, and whether it is an API key."""

_ZEROS: Mapping[str, Figures] = {
    "consumption": dict.fromkeys(CHARGES, Decimal(0)),
    **{section.name: section.begin() for section in POINT_SECTIONS},
}
"""The measures of each table, as the sums of nothing; those that may stay null are null."""

_NAMES = (MODEL.key, USER_NAME.key, EMAIL.key, IS_API_KEY.key)


class Gathered(NamedTuple):
    """The rows of a table by project (None without one), bucket and id, and the newest names."""

    table: str
    rows: Mapping[str | None, Mapping[Bucket, Mapping[str, Rows]]]
    users: Mapping[str, UserName]
    models: Mapping[str, str]
    projects: Mapping[str | None, str | None]

    def add_up(
        self, project_ids: Collection[str] = (), ids: Collection[str] = ()
    ) -> dict[str, dict[Bucket, Figures]]:
        """The sums of each id and bucket; only of these projects and ids, if any are given."""
        found: dict[str, dict[Bucket, list[Rows]]] = {}
        for project_id, buckets in self.rows.items():
            if project_ids and project_id not in project_ids:
                continue
            for bucket, by_id in buckets.items():
                for row_id, rows in by_id.items():
                    if not ids or row_id in ids:
                        found.setdefault(row_id, {}).setdefault(bucket, []).append(rows)
        zeros = _ZEROS[self.table]
        return {
            row_id: {bucket: _add_up(zeros, parts) for bucket, parts in course.items()}
            for row_id, course in found.items()
        }


def gather(
    dataset: Dataset, table: str, days: Iterable[date], find_bucket: Callable[[date], Bucket]
) -> Gathered:
    """Read the rows of these days, of which some may be missing; raises what reading them does."""
    id_key = DAILY[table].id.key
    measures = tuple(_ZEROS[table])
    rows: dict[str | None, dict[Bucket, dict[str, list[Sequence[Figure | None]]]]] = {}
    users: dict[str, _Told] = {}
    models: dict[str, str] = {}
    projects: dict[str | None, str | None] = {}
    keys = {id_key, PROJECT_ID.key, PROJECT.key, *measures, *_NAMES}
    read = cast(
        "Iterator[tuple[date, Mapping[str, Sequence[Any]]]]",
        dataset.read_columns(table, days, keys),
    )
    for day, columns in read:
        bucket, ids = find_bucket(day), columns[id_key]
        figures = zip(*[columns[key] for key in measures], strict=True)
        if PROJECT_ID.key in columns:
            of_project = columns[PROJECT_ID.key]
            projects |= dict(zip(of_project, columns[PROJECT.key], strict=True))
            for project_id, row_id, values in zip(of_project, ids, figures, strict=True):
                _open(rows, project_id, bucket)[row_id].append(values)
        else:
            by_id = _open(rows, None, bucket)
            for row_id, values in zip(ids, figures, strict=True):
                by_id[row_id].append(values)
        if MODEL.key in columns:
            names = zip(ids, columns[MODEL.key], strict=True)
            models |= {one: name for one, name in names if name != one}
        if USER_NAME.key in columns:
            _learn_users(users, ids, zip(*[columns[key] for key in _NAMES[1:]], strict=True))
    named = {user_id: UserName(*told) for user_id, told in users.items()}
    return Gathered(table, rows, named, models, projects)


def _open(
    rows: dict[str | None, dict[Bucket, dict[str, list[Sequence[Figure | None]]]]],
    project_id: str | None,
    bucket: Bucket,
) -> dict[str, list[Sequence[Figure | None]]]:
    """Where the rows of a project and bucket are."""
    buckets = rows.setdefault(project_id, {})
    if bucket not in buckets:
        buckets[bucket] = defaultdict(list)
    return buckets[bucket]


def _learn_users(users: dict[str, _Told], ids: Sequence[str], told: Iterable[_Told]) -> None:
    """An id in the place of a name is not a name, and what is not told stays as it was."""
    for user_id, now in zip(ids, told, strict=True):
        before = users.get(user_id, NOBODY)
        if before != now:
            name, email, is_key = now
            users[user_id] = (
                before[0] if name == user_id else name,
                email or before[1],
                before[2] if is_key is None else is_key,
            )


def _add_up(zeros: Figures, parts: Sequence[Rows]) -> Figures:
    rows = parts[0] if len(parts) == 1 else [row for part in parts for row in part]
    sums: Figures = {}
    for (key, zero), column in zip(zeros.items(), zip(*rows, strict=True), strict=True):
        # Most figures are 0, and to leave them out takes less time than to add them.
        some = list(filter(None, column))
        if some:
            sums[key] = sum(some, zero or 0)
        else:
            sums[key] = next((one for one in column if one is not None), zero)
    return sums
