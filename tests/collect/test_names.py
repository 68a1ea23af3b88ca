"""Names that nobody would see are none."""

import json

import pytest

from scenario_usage_cli.collect.known import read_name
from scenario_usage_cli.collect.names import parse_name
from tests.report.builders import charge, model
from tests.support import run, usages


@pytest.mark.parametrize("name", ["", " ", "\t\n", "\u00a0\u3000", "\u2800", "\u3164 \u115f"])
def test_a_name_that_nobody_sees_is_none(name: str) -> None:
    """The id is shown in its place, in every section."""
    answer = usages(
        consumption=[charge("user_1", 2)],
        models=[model("model_1", cost=2, jobs=1)],
        users=[{"id": "user_1", "fullName": name, "email": name, "isApiKey": False}],
        model_names={"model_1": name},
    )
    document = run("report", "--from", "-", "--json", stdin=json.dumps(answer).encode()).json

    assert parse_name(name) is None
    assert [(row["name"], row["email"]) for row in document["consumption"]] == [("user_1", None)]
    assert [row["name"] for row in document["models"]] == ["model_1"]
    assert read_name({"id": "project_1", "name": name}) == "project_1"


@pytest.mark.parametrize("name", ["a", " a ", "0", "\u200b", "\x00", "é"])
def test_a_name_of_anything_else_stays_as_it_is(name: str) -> None:
    """To the letter; what is hidden in it is shown as an escape."""
    assert parse_name(name) == name
