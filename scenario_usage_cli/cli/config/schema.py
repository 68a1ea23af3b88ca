"""The JSON Schema of the config file, by which editors complete and check it."""

from collections.abc import Mapping
from typing import Any

from scenario_usage_cli.budgets import PERIODS
from scenario_usage_cli.money import LIST
from scenario_usage_cli.render import FORMATS
from scenario_usage_cli.report.schema import DIALECT
from scenario_usage_cli.settings import (
    BUDGETS,
    COST_CENTRES,
    PSEUDONYM_SECRET,
    SHORTEST_PSEUDONYM_SECRET,
)

_TEXT = {"type": "string", "minLength": 1}
_TEXTS = {"type": "array", "items": _TEXT}


def _text(meaning: str) -> dict[str, Any]:
    return {**_TEXT, "description": meaning}


def _refuse_both(one: str, other: str) -> Mapping[str, Any]:
    """A rule by which two keys are not beside each other; one that is false is as good as none."""
    is_set = {"not": {"const": False}}
    return {"not": {"required": [one, other], "properties": {one: is_set, other: is_set}}}


_PRICE = {"type": "string", "pattern": r"^[0-9]{1,9}(\.[0-9]{1,8})?$"}
_PROFILE: Mapping[str, Any] = {
    "type": "object",
    "description": "Credentials, and settings that count where no option or variable says more.",
    "properties": {
        "api_key": _text("An API key; an Analytics API key is best. It needs a secret."),
        "api_secret": _text("The secret of the API key."),
        "secret_command": {
            "anyOf": [_TEXT, {**_TEXTS, "minItems": 1}],
            "description": "A command that prints the secret of the API key as its only line, "
            "instead of api_secret. No shell runs it; it may be a list of its parts.",
        },
        "keyring": {
            "type": "boolean",
            "description": "Whether the system's keyring has the secret of the API key, instead "
            "of api_secret. This needs the extra keyring.",
        },
        "token": _text("A bearer token, instead of an API key and its secret."),
        "base_url": _text("Another address of the API; plain http is for this machine only."),
        "team": _text("The team that is meant without --team."),
        "projects": {
            "anyOf": [_TEXTS, _TEXT],
            "description": "The names or ids of the projects that are meant without --project.",
        },
        "tz": _text("The IANA time zone in which days begin, such as Europe/Paris."),
        "format": {
            "enum": list(FORMATS),
            "description": "The format of the output without --format.",
        },
        "currency": _text("The code of the currency of cu_price, such as EUR."),
        "cu_price": {
            "anyOf": [
                _PRICE,
                {"const": LIST},
                {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": "object",
                        # A date without quotes is none of JSON's values.
                        "properties": {"from": {}, "price": _PRICE},
                        "required": ["from", "price"],
                        "additionalProperties": False,
                    },
                },
            ],
            "description": 'What a CU costs, such as "0.0095", or a list of prices, each with the '
            "first of its UTC days.",
        },
    },
    "additionalProperties": False,
    "dependentRequired": {"api_secret": ["api_key"], "secret_command": ["api_key"]},
    "dependentSchemas": {
        "api_key": {
            "anyOf": [
                {"required": ["api_secret"]},
                {"required": ["secret_command"]},
                {"required": ["keyring"], "properties": {"keyring": {"const": True}}},
            ]
        }
    },
    "allOf": [
        _refuse_both("token", "api_key"),
        _refuse_both("api_secret", "secret_command"),
        _refuse_both("api_secret", "keyring"),
        _refuse_both("secret_command", "keyring"),
    ],
}
_COST_CENTRE: Mapping[str, Any] = {
    "anyOf": [
        _TEXTS,
        {
            "type": "object",
            "properties": {"projects": _TEXTS, "users": _TEXTS},
            "additionalProperties": False,
        },
    ],
    "description": "Its projects or, in a table, its projects and users: names, ids, or patterns "
    "with * in them; users also by e-mail.",
}
_SOME_TEXTS = {**_TEXTS, "minItems": 1}
_BUDGET: Mapping[str, Any] = {
    "type": "object",
    "description": "A budget: of projects, of users, of a cost centre or, without any, of all.",
    "properties": {
        "name": _text("What it is called."),
        "amount": {
            "anyOf": [
                {"type": "number", "exclusiveMinimum": 0},
                {"type": "string", "pattern": r"^ *[0-9]+(\.[0-9]+)?( *[A-Za-z]{2,3})? *$"},
            ],
            "description": "How much: a number of CU, or a text such as 500 EUR.",
        },
        "period": {
            "enum": list(PERIODS),
            "description": "How long it lasts; billing is the billing period of the team.",
        },
        "projects": {**_SOME_TEXTS, "description": "Names or ids of projects, or patterns with *."},
        "users": {
            **_SOME_TEXTS,
            "description": "Names, e-mails or ids of people and API keys, or patterns with *.",
        },
        "cost_centre": _text("The name of a cost centre."),
    },
    "required": ["name", "amount", "period"],
    "additionalProperties": False,
    "allOf": [
        _refuse_both("projects", "users"),
        _refuse_both("projects", "cost_centre"),
        _refuse_both("users", "cost_centre"),
    ],
}

CONFIG_SCHEMA: Mapping[str, Any] = {
    "$schema": DIALECT,
    "title": "The config file of scenario-usage",
    "type": "object",
    "properties": {
        "default_profile": _text("The profile that counts without --profile."),
        "profiles": {
            "type": "object",
            "description": "The profiles by their names.",
            "additionalProperties": {"$ref": "#/$defs/Profile"},
        },
        COST_CENTRES: {
            "type": "object",
            "description": "The cost centres by their names.",
            "additionalProperties": {"$ref": "#/$defs/CostCentre"},
        },
        BUDGETS: {
            "type": "array",
            "description": "The budgets, of which quota tells how full they are.",
            "items": {"$ref": "#/$defs/Budget"},
        },
        PSEUDONYM_SECRET: {
            "type": "string",
            "minLength": SHORTEST_PSEUDONYM_SECRET,
            "description": "What the aliases of --pseudonyms are made with; --pseudonyms adds it.",
        },
    },
    "additionalProperties": False,
    "$defs": {"Profile": _PROFILE, "CostCentre": _COST_CENTRE, "Budget": _BUDGET},
}
"""Keys that the tool does not know, which cause a warning, are none of the schema's."""
