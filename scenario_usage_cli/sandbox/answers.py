"""The `/usages` answer: events and a query to the sections' JSON, in the API's order and types."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from scenario_usage_cli.sandbox.catalogue import IDLE_MODEL, VERDICTS
from scenario_usage_cli.sandbox.day import Event
from scenario_usage_cli.sandbox.entities import build_entities, make_asset_id, make_job_id
from scenario_usage_cli.sandbox.query import Query
from scenario_usage_cli.sandbox.tally import COST, DISCOUNT, TOTAL, Rows, Spending, build_tally
from scenario_usage_cli.sandbox.times import build_grid, format_time

Json = dict[str, Any]
Figures = tuple[int, ...]
Render = Callable[[Figures], Json]

PAGE = 100  # activity rows in one answer


def build_answer(query: Query, events: Sequence[Event]) -> Json:
    """The sections that *query* asks for, from the events it selects (oldest first)."""
    answer: Json = {}
    page: Sequence[Event] = ()
    if "activity" in query.sections:
        newest = max(len(events) - query.activity_offset, 0)
        page = events[max(newest - PAGE, 0) : newest][::-1]
        answer["activity"] = [_build_activity(event) for event in page]
    if query.sections != {"activity"}:
        answer |= _build_sections(query, events)
    users = {row["userId"] for row in answer.get("consumption", ())}
    models = {row["modelId"] for row in answer.get("modelUsages", ())}
    answer["entities"] = build_entities(users, models, page)
    return answer


def make_number(milli: int) -> int | float:
    """Milli-CU as a JSON number: whole ones without a point, others without float noise."""
    return milli // 1000 if milli % 1000 == 0 else milli / 1000


def _build_sections(query: Query, events: Sequence[Event]) -> Json:
    grid = build_grid(query.start, query.end)
    tally = build_tally(events, grid)
    times = grid.times()

    def fill(points: dict[int, Figures], render: Render) -> list[Json]:
        zeros = (0,) * len(next(iter(points.values())))
        figures = (points.get(bucket, zeros) for bucket in range(grid.size))
        return [
            {"time": time} | render(row)
            for time, row in zip(times, figures, strict=True)
            if any(row) or not query.drop_zero_points
        ]

    def build(rows: Rows, key: str, names: Iterable[str], render: Render) -> list[Json]:
        return [{key: name, "points": fill(rows[name], render)} for name in names]

    sections: Json = {}
    if "consumption" in query.sections:
        sections["consumption"] = _build_consumption(tally.consumption)
    if "model-usages" in query.sections:
        models = tally.models | {IDLE_MODEL.id: {0: (0,) * 5}} if events else tally.models
        sections["modelUsages"] = build(models, "modelId", _rank(models, 1), _render_model)
    if "asset-usages" in query.sections:
        names = _rank(tally.assets, 0)
        sections["assetUsages"] = build(tally.assets, "kind", names, _render_count)
    if "nsfw-usages" in query.sections:
        names = sorted(tally.labels)
        sections["nsfwUsages"] = build(tally.labels, "label", names, _render_count)
    if "quality-gate-usages" in query.sections:
        names = [name for name in (TOTAL, *VERDICTS) if name in tally.verdicts]
        sections["qualityGateUsages"] = build(tally.verdicts, "verdict", names, _render_count)
    if "usages" in query.sections:
        sections["usages"] = [
            {
                "usageName": name,
                "granularity": grid.granularity,
                "points": fill(points, _RESTATING.get(name, _render_usage)),
            }
            for name, points in sorted(tally.usages.items())
        ]
    return sections


def _rank(rows: Rows, place: int) -> list[str]:
    """Names by the sum of the figure at *place*, largest first, then by name."""
    sizes = {name: sum(row[place] for row in points.values()) for name, points in rows.items()}
    return sorted(sizes, key=lambda name: (-sizes[name], name))


def _render_model(figures: Figures) -> Json:
    jobs, *charged = figures
    return {"jobs": jobs} | _render_charged(charged)


def _render_count(figures: Figures) -> Json:
    count, of_keys = figures
    return {"count": count, "countApiKey": of_keys}


def _render_usage(figures: Figures) -> Json:
    count, of_keys, *charged = figures
    counts = {"value": str(count), "apiKey": str(of_keys)}
    return counts | _render_charged(charged) if charged else counts


def _render_charged(charged: Sequence[int]) -> Json:
    cost, discount, of_keys, discount_of_keys = map(make_number, charged)
    return {
        "cost": cost,
        "discount": discount,
        "apiKeyCost": of_keys,
        "apiKeyDiscount": discount_of_keys,
    }


def _render_restated_cost(figures: Figures) -> Json:
    total, of_keys = map(make_number, figures)
    return {"value": str(total), "apiKey": str(of_keys), "cost": total, "apiKeyCost": of_keys}


def _render_restated_discount(figures: Figures) -> Json:
    total, of_keys = map(make_number, figures)
    return {
        "value": str(total),
        "apiKey": str(of_keys),
        "discount": total,
        "apiKeyDiscount": of_keys,
    }


_RESTATING = {COST: _render_restated_cost, DISCOUNT: _render_restated_discount}


def _build_consumption(consumption: dict[str, Spending]) -> list[Json]:
    charged = {user: sum(spent.costs.values()) for user, spent in consumption.items()}
    return [
        {
            "userId": user,
            "value": make_number(charged[user]),
            "discount": make_number(consumption[user].discount),
            "total": make_number(charged[user] + consumption[user].discount),
            "costDetails": {
                action: make_number(cost)
                for action, cost in sorted(consumption[user].costs.items())
            },
        }
        for user in sorted(charged, key=lambda user: (-charged[user], user))
    ]


def _build_activity(event: Event) -> Json:
    data: Json = {"isApiKey": event.is_key}
    if event.model:
        data["modelId"] = event.model
    if event.job:
        data["jobId"] = make_job_id(event.job)
    if event.asset:
        data["assetId"] = make_asset_id(event.asset)
    if event.collection:
        data["collectionId"] = event.collection
    row: Json = {
        "action": event.action,
        "time": format_time(event.time),
        "projectId": event.project,
        "userId": event.user,
        "data": data,
    }
    if event.cost is not None:
        row["creativeUnitsCost"] = make_number(event.cost)
    return row
