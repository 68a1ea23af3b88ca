"""`schema config`: what editors know of the config file is what the tool takes."""

import tomllib
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from scenario_usage_cli.settings import CONFIG_KEYS, PROFILE_KEYS
from tests.cli.test_config_commands import FILE
from tests.readme import TEXT, find_blocks
from tests.support import run

BUDGET = "budgets = [{ name = 'x', period = 'billing', amount = '500 EUR', cost_centre = 'y' }]"


@pytest.fixture(scope="module")
def validator() -> Any:
    """What checks a config file."""
    schema = run("schema", "config").json
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_files_that_work_are_valid(validator: Any) -> None:
    """The one above, the example of the help, and none at all."""
    (example,) = (text for text in find_blocks("toml", TEXT) if "default_profile" in text)
    price = "[profiles.a]\ncurrency = 'EUR'\ncu_price = "
    prices = "[{from = 2026-01-01, price = '0.01'}, {from = '2026-07-01', price = '0.02'}]"
    for text in (f"{price}'0.0095'\n", f"{price}{prices}\n", f"{price}'list'\n"):
        validator.validate(tomllib.loads(text))
    for text in ("format = 'ndjson'", "format = 'slack'", "api_key = 'x'\nkeyring = true"):
        validator.validate(tomllib.loads(f"[profiles.a]\n{text}\n"))
    (budgets,) = (text for text in find_blocks("toml", TEXT) if "[[budgets]]" in text)
    for text in (
        FILE,
        example,
        budgets,
        "",
        "[profiles.a]\n",
        "[profiles.a]\nprojects = 'a, b'\n",
        BUDGET,
    ):
        validator.validate(tomllib.loads(text))


@pytest.mark.parametrize(
    "text",
    [
        *("default_profile = 3", "profiles = []", "profiles.a = 3", "colour = 'red'"),
        *("profiles.a.tz = 3", "profiles.a.projects = [3]", "profiles.a.colour = 'red'"),
        *("profiles.a.secret_command = []", "profiles.a.keyring = 'yes'"),
        *("profiles.a.cu_price = 0.01", "profiles.a.cu_price = '0,01'", "profiles.a.cu_price = []"),
        "profiles.a.cu_price = [{from = '2026-01-01'}]",
        "profiles.a.cu_price = [{from = '2026-01-01', price = 'list'}]",
        "profiles.a = { api_secret = 'x' }",
        "profiles.a = { api_key = 'x' }",
        "profiles.a = { api_key = 'x', keyring = false }",
        "profiles.a.format = 'pdf'",
        "profiles.a = { api_key = 'x', token = 'x' }",
        "profiles.a = { api_key = 'x', api_secret = 'x', secret_command = 'x' }",
        "profiles.a = { api_key = 'x', api_secret = 'x', keyring = true }",
        "profiles.a = { api_key = 'x', secret_command = 'x', keyring = true }",
        *("cost_centres = 3", "cost_centres.a = 'x'", "cost_centres.a = [3]"),
        *("cost_centres.a.projects = 'x'", "cost_centres.a.people = ['x']"),
        *("budgets = 3", "budgets = [{}]", "budgets = [{ name = 'x', period = 'month' }]"),
        "budgets = [{ name = 'x', period = 'week', amount = 3 }]",
        "budgets = [{ name = 'x', period = 'month', amount = 0 }]",
        "budgets = [{ name = 'x', period = 'month', amount = 3, projects = [] }]",
        "budgets = [{ name = 'x', period = 'year', amount = 3, projects = ['a'], users = ['b'] }]",
    ],
)
def test_files_that_do_not_work_are_not_valid(validator: Any, text: str) -> None:
    """Nor are those with keys that the tool warns of."""
    assert not validator.is_valid(tomllib.loads(text))


def test_every_key_of_the_tool_is_in_the_schema(validator: Any) -> None:
    """And no other; each says what it is."""
    schema = validator.schema
    profile = schema["$defs"]["Profile"]["properties"]

    assert set(schema["properties"]) == {*CONFIG_KEYS}
    assert set(profile) == {*PROFILE_KEYS}
    assert [key for key, one in profile.items() if not one["description"].endswith(".")] == []
