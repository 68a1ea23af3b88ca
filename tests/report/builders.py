"""Builders of answers, and the report's document made of them, without a command line."""

import json
from datetime import datetime
from typing import Any

from scenario_usage_cli.api.body import parse_usages
from scenario_usage_cli.collect.merge import Merger
from scenario_usage_cli.collect.sections import SECTIONS
from scenario_usage_cli.collect.usage import Filters, Usage
from scenario_usage_cli.render.text import format_time
from scenario_usage_cli.report.lazy_rows import LazyRows
from scenario_usage_cli.report.usage import build_report
from tests.support import NOW, model_row, point

Document = dict[str, Any]

ID_KEYS = {"consumption": "user_id", "models": "model_id", "assets": "kind"}


def build(
    *answers: Document, sections: tuple[str, ...] = SECTIONS, models: tuple[str, ...] = ()
) -> Any:
    """The report's document for some answers of the API, with exact numbers."""
    usage = Usage(sections, None, Filters())
    merger = Merger(usage)
    for document in answers:
        merger.add(parse_usages(json.dumps(document).encode(), source="the test"))
    return written(build_report(usage, models=models, generated_at=NOW).document)


def written(value: Any) -> Any:
    """A document with its instants as JSON has them; its numbers stay exact."""
    match value:
        case datetime():
            return format_time(value)
        case dict():
            return {key: written(item) for key, item in value.items()}
        case list() | LazyRows():
            return [written(item) for item in value]
    return value


def charge(user_id: str, value: float, discount: float = 0, **more: Any) -> Document:
    """A row of consumption whose total is value + discount unless given."""
    return {
        "userId": user_id,
        "value": value,
        "discount": discount,
        "total": value + discount,
    } | more


def model(model_id: str, **figures: Any) -> Document:
    """A row of modelUsages with one point."""
    return model_row(model_id, point(**figures))


def kind(name: str, *counts: float) -> Document:
    """A row of assetUsages, with a count for each day."""
    points = [
        point(f"2026-11-{day:02}T00:00:00.000Z", count=count, countApiKey=0)
        for day, count in enumerate(counts, 1)
    ]
    return {"kind": name, "points": points}


def action(name: str, value: str = "1", **figures: Any) -> Document:
    """A row of usages with one point."""
    return {"usageName": name, "points": [point(value=value, apiKey="0", **figures)]}


def column(document: Any, section: str, key: str) -> list[Any]:
    """One key of every row of a section, in order."""
    return [row[key] for row in document[section]]
