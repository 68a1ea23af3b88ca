"""What is taken from a body as it is, what is refused, and what the refusal says."""

import json
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ConfigDict, TypeAdapter, ValidationError

from scenario_usage_cli.api.body import parse_answer, parse_usages
from scenario_usage_cli.api.wire import ProjectsPage, TeamLimits, TeamsAnswer, UsagesAnswer
from scenario_usage_cli.errors import UnreadableAnswer
from tests.cases import each

SECTIONS = (
    "usages",
    "modelUsages",
    "assetUsages",
    "nsfwUsages",
    "qualityGateUsages",
    "consumption",
    "activity",
)
POINT = {
    "time": "2026-11-01T00:00:00.000Z",
    "jobs": 3,
    "count": 4,
    "countApiKey": 1,
    "value": "5",
    "apiKey": "2",
    "cost": 0.1,
    "discount": 0.2,
    "apiKeyCost": 0.05,
    "apiKeyDiscount": 0,
}
SERIES = {
    "modelId": "model_a",
    "kind": "image",
    "usageName": "images-generation",
    "granularity": "1d",
    "label": "nudity",
    "verdict": "pass",
    "points": [POINT],
}
WHOLE: dict[str, Any] = {
    "usages": [SERIES],
    "modelUsages": [SERIES],
    "assetUsages": [SERIES],
    "nsfwUsages": [SERIES],
    "qualityGateUsages": [SERIES],
    "consumption": [{"userId": "u", "value": 1.5, "discount": 0.5, "total": 2}],
    "activity": [
        {
            "action": "generate",
            "time": "2026-11-01T00:00:00.000Z",
            "projectId": "proj_a",
            "userId": "u",
            "creativeUnitsCost": 1.5,
            "data": {"modelId": "m", "assetId": "a", "jobId": "j", "isApiKey": True},
        }
    ],
    "entities": {
        "users": [{"id": "u", "fullName": "Ada", "email": "a@x.example", "isApiKey": False}],
        "models": [{"id": "m", "name": "Flux"}],
    },
}
OTHERS: dict[str, Any] = {
    "projects": [{"id": "p", "name": "Hero", "teamId": "t", "consumption": 5, "maxConsumption": 9}],
    "nextPaginationToken": "more",
    "teams": [{"id": "t", "name": "Studio", "plan": "pro"}],
    "plan": "pro",
    "period": {"start": "2026-11-01T00:00:00.000Z", "end": "2026-12-01T00:00:00.000Z"},
    "limits": {"creativeUnits": 100},
    "values": {"creativeUnits": 2.5},
    "oneShotCreativeUnits": [{"amount": 5, "remaining": 1.5, "expiration": "2027-01-01"}],
}


def dump(document: Any) -> bytes:
    """A body."""
    return json.dumps(document).encode()


def refusal(document: Any) -> str:
    """What is said of an answer that is refused."""
    with pytest.raises(UnreadableAnswer) as caught:
        parse_usages(dump(document), source="the answer")
    assert caught.value.hint
    return caught.value.message


def replace(document: Any, path: tuple[int | str, ...], value: Any) -> Any:
    """The document with another value at a place."""
    copy = json.loads(json.dumps(document))
    target = copy
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    return copy


def find_paths(value: Any, path: tuple[int | str, ...] = ()) -> list[tuple[int | str, ...]]:
    """Every place of a document."""
    items: Any = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    deeper = [found for key, inner in items for found in find_paths(inner, (*path, key))]
    return ([path] if path else []) + deeper


PATHS = find_paths(WHOLE)
EVERYTHING = WHOLE | OTHERS


def test_an_answer_comes_back_as_it_was() -> None:
    """Every field with its value."""
    assert parse_usages(dump(WHOLE), source="x") == WHOLE


@each("path", PATHS)
def test_null_is_fine_everywhere(path: tuple[int | str, ...]) -> None:
    """The API may leave a value out by saying null; only rows and points are never null."""
    document = replace(WHOLE, path, None)
    if isinstance(path[-1], int):
        assert ": input should be" in refusal(document)
    else:
        assert parse_usages(dump(document), source="x") == document


@each(
    "document",
    [
        {},
        {"usages": []},
        {"modelUsages": [{}]},
        {"modelUsages": [{"points": []}]},
        {"modelUsages": [{"points": [{}]}]},
        {"consumption": [{}]},
        {"activity": [{}]},
        {"entities": {}},
        {"entities": {"users": [{}], "models": [{}]}},
        {"assetUsages": [{"kind": "image-hdr-8k", "points": []}]},
        {"qualityGateUsages": [{"verdict": "perhaps", "points": []}]},
        {"usages": [{"usageName": "x", "granularity": "2h", "points": []}]},
        {"audioUsages": [{"anything": [1, "two", None]}], "version": 3},
        {"modelUsages": [{"points": [{"jobs": 3.0, "cost": -0.5}]}]},
        {"modelUsages": [{"modelId": "", "points": [{"time": "value"}]}]},
        {"usages": [{"points": [{"value": "value", "apiKey": ""}]}]},
    ],
)
def test_absence_and_novelty_pass(document: dict[str, Any]) -> None:
    """Missing sections, rows and fields, and sections and values of next year, are data."""
    assert parse_usages(dump(document), source="x") == document


@each("value", [None, 5, "text", {"a": [1]}, []])
@each(
    "place",
    [path for path in PATHS if isinstance(path[-1], int)] + [("entities",)],
)
def test_new_fields_are_passed_over(place: tuple[int | str, ...], value: Any) -> None:
    """Whatever they hold, the rest is as it is without them."""
    document = replace(WHOLE, (*place, "newField"), value)

    assert parse_usages(dump(document), source="x") == WHOLE


@each("section", SECTIONS)
@each("value", [{}, "rows", 5, True, [[]], [5], ["row"], [None]])
def test_a_section_is_a_list_of_objects(section: str, value: Any) -> None:
    """Anything else is refused with its name, and the number of the row."""
    place = f"{section}[0]" if isinstance(value, list) else section

    assert f": {place}: " in refusal({section: value})


@each(
    ("path", "value", "place"),
    [
        (("modelUsages", 0, "points", 0, "cost"), "0.1", "modelUsages[0].points[0].cost"),
        (("modelUsages", 0, "points", 0, "jobs"), True, "modelUsages[0].points[0].jobs"),
        (("modelUsages", 0, "points", 0, "time"), 1, "modelUsages[0].points[0].time"),
        (("modelUsages", 0, "points", 0), [], "modelUsages[0].points[0]"),
        (("modelUsages", 0, "points"), {}, "modelUsages[0].points"),
        (("modelUsages", 0, "modelId"), 5, "modelUsages[0].modelId"),
        (("assetUsages", 0, "kind"), ["image"], "assetUsages[0].kind"),
        (("assetUsages", 0, "points", 0, "count"), "4", "assetUsages[0].points[0].count"),
        (("usages", 0, "points", 0, "value"), 5, "usages[0].points[0].value"),
        (("usages", 0, "points", 0, "apiKey"), 2.5, "usages[0].points[0].apiKey"),
        (("nsfwUsages", 0, "points", 0, "countApiKey"), {}, "nsfwUsages[0].points[0].countApiKey"),
        (("qualityGateUsages", 0, "verdict"), False, "qualityGateUsages[0].verdict"),
        (("consumption", 0, "value"), "1.5", "consumption[0].value"),
        (("consumption", 0, "userId"), 7, "consumption[0].userId"),
        (("activity", 0, "creativeUnitsCost"), "1", "activity[0].creativeUnitsCost"),
        (("activity", 0, "data"), [], "activity[0].data"),
        (("activity", 0, "data", "isApiKey"), "yes", "activity[0].data.isApiKey"),
        (("entities",), [], "entities"),
        (("entities", "users"), {}, "entities.users"),
        (("entities", "users", 0, "fullName"), 5, "entities.users[0].fullName"),
        (("entities", "models", 0, "name"), {}, "entities.models[0].name"),
    ],
)
def test_a_wrong_type_is_refused_with_its_place(
    path: tuple[int | str, ...], value: Any, place: str
) -> None:
    """The message leads to it, and shows what stands there."""
    message = refusal(replace(WHOLE, path, value))

    assert message.startswith(f"the answer is not of the documented shape: {place}: ")
    assert message.endswith(f", found {json.dumps(value)}")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
def test_only_finite_numbers_are_numbers(number: str) -> None:
    """JSON has no others, though many writers do."""
    body = f'{{"consumption": [{{"value": {number}}}]}}'.encode()

    with pytest.raises(UnreadableAnswer, match=r"consumption\[0\]\.value: .*finite"):
        parse_usages(body, source="x")


def test_a_long_value_is_shown_in_part() -> None:
    """A message stays a line, whatever was found."""
    message = refusal({"consumption": ["x" * 10_000]})

    assert len(message) < 300
    assert message.endswith("…")


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(10**300, 10**400)
    | st.floats()
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@cache
def oracle(kind: Any) -> TypeAdapter[Any]:
    """A list of these, as pydantic understands the type; only what it stands in can be strict."""
    config = ConfigDict(strict=True, extra="ignore", allow_inf_nan=False)
    return TypeAdapter(list[kind], config=config)


@settings(deadline=None)
@given(
    st.sampled_from([UsagesAnswer, ProjectsPage, TeamsAnswer, TeamLimits]),
    st.sampled_from(PATHS),
    JSON_VALUES,
)
def test_pydantic_itself_says_the_same(kind: Any, path: tuple[int | str, ...], value: Any) -> None:
    """As it understands the types, the same is taken, and refused with the same words."""
    body = dump(replace(EVERYTHING, path, value))
    try:
        (expected,), refused_at = oracle(kind).validate_json(b"[" + body + b"]"), ""
    except ValidationError as error:
        expected, refused_at = None, error.errors()[0]["msg"].lower()

    if refused_at:
        with pytest.raises(UnreadableAnswer) as caught:
            parse_answer(kind, body, source="x")
        assert refused_at in caught.value.message.lower()
    else:
        found = parse_answer(kind, body, source="x")
        assert {key: found[key] for key in kind.__annotations__ if key in found} == expected


def judge(body: bytes) -> str:
    """What is said against a body; nothing where it parses."""
    try:
        parse_usages(body, source="the answer")
        parse_answer(ProjectsPage, body, source="the answer")
        parse_answer(TeamLimits, body, source="the answer")
    except UnreadableAnswer as refused:
        return refused.message
    return ""


@settings(deadline=None)
@given(st.sampled_from(PATHS), JSON_VALUES)
def test_any_value_at_any_place_parses_or_is_refused(
    path: tuple[int | str, ...], value: Any
) -> None:
    """No other exception; and what is JSON is refused for its shape only."""
    message = judge(dump(replace(WHOLE, path, value)))

    assert message == "" or message.startswith("the answer is not of the documented shape: ")


@settings(deadline=None)
@given(
    st.binary(max_size=200)
    | JSON_VALUES.map(dump)
    | st.integers(0, 1500).map(lambda cut: dump(WHOLE)[:cut])
)
def test_any_bytes_parse_or_are_refused(body: bytes) -> None:
    """From noise to an answer that was cut anywhere; in a line."""
    message = judge(body)

    assert message == "" or message.startswith("the answer is not ")
    assert "\n" not in message
