"""Answers of the API as Hypothesis imagines them, and what `report` prints for one."""

import json
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.support import run

SECTIONS = {
    "consumption": ("consumption", "userId", "user_id"),
    "models": ("modelUsages", "modelId", "model_id"),
    "assets": ("assetUsages", "kind", "kind"),
    "actions": ("usages", "usageName", "action"),
    "moderation": ("nsfwUsages", "label", "label"),
    "quality_gates": ("qualityGateUsages", "verdict", "verdict"),
}
COUNTS = {"count": "count", "countApiKey": "api_key_count"}
MONEY = {
    "cost": "cost",
    "discount": "discount",
    "apiKeyCost": "api_key_cost",
    "apiKeyDiscount": "api_key_discount",
}
MEASURES = {
    "consumption": {"value": "cost", "discount": "discount", "total": "gross"},
    "models": {"jobs": "jobs", **MONEY},
    "assets": COUNTS,
    "actions": {"value": "count", "apiKey": "api_key_count", **MONEY},
    "moderation": COUNTS,
    "quality_gates": COUNTS,
}
"""Of each section, the API's numbers and the report's keys for them."""

times = st.sampled_from(["2026-11-01T00:00:00.000Z", "2026-11-02T00:00:00Z", "2026-11-03"])
amounts = st.integers(-(10**15), 10**15).map(lambda millionths: millionths / 10**6)
counts = st.integers(0, 10**9)
plain_ids = st.text(alphabet="abcXYZ_0", min_size=1, max_size=3)
wild_ids = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["=1+1", "+1", "-5", "@x", "\tx", "\rx", "a\r\nb", 'q"', "a,b", "\x1b[2J", "'=x", "1e5"]
)

bounded = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def figures(section: str) -> st.SearchStrategy[dict[str, Any]]:
    """The numbers of one point or row, any of them absent or null."""
    texts = section == "actions"
    return st.fixed_dictionaries(
        {},
        optional={
            name: st.none()
            | (
                (counts.map(str) if texts else counts)
                if name in ("value", "apiKey", "jobs", *COUNTS) and section != "consumption"
                else amounts
            )
            for name in MEASURES[section]
        },
    )


def rows(section: str, ids: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """The rows of a section as the API may send them: null, empty, with ids that come twice."""
    _, id_key, _ = SECTIONS[section]
    names = st.fixed_dictionaries({id_key: ids})
    if section == "consumption":
        row = st.builds(dict.__or__, names, figures(section))
    else:
        points = st.lists(
            st.builds(lambda time, numbers: {"time": time, **numbers}, times, figures(section)),
            max_size=4,
        )
        row = st.builds(lambda name, p: {**name, "points": p}, names, st.none() | points)
    return st.lists(row, max_size=5)


def answers(ids: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    """An answer with any of the sections, some null, some new; names for some ids."""
    people = st.lists(
        st.fixed_dictionaries(
            {"id": ids},
            optional={"fullName": ids, "email": st.none() | ids, "isApiKey": st.booleans()},
        ),
        max_size=3,
        unique_by=lambda user: user["id"],
    )
    named = st.lists(
        st.fixed_dictionaries({"id": ids}, optional={"name": ids}),
        max_size=3,
        unique_by=lambda model: model["id"],
    )
    entities = st.fixed_dictionaries({}, optional={"users": people, "models": named})
    return st.fixed_dictionaries(
        {},
        optional={wire: st.none() | rows(name, ids) for name, (wire, _, _) in SECTIONS.items()}
        | {"entities": st.none() | entities, "newUsages": st.just([{"points": []}])},
    )


def report(document: Any, *argv: str) -> str:
    """What `report --from -` prints for an answer."""
    result = run("report", "--from", "-", *argv, stdin=json.dumps(document).encode())
    assert (result.code, result.stderr.count("error:")) == (0, 0)
    return result.stdout


def exact(text: str) -> Any:
    """JSON with its numbers as they are written."""
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)
