"""The JSON Schema of the block `money`: what the amounts of a document are in."""

from collections.abc import Mapping

from scenario_usage_cli.report.fields import Json

_NUMBER: Mapping[str, Json] = {"type": "number"}
_PRICE: Mapping[str, Json] = {
    "title": "PriceRow",
    "type": "object",
    "description": "A price of a CU, and the UTC day from which it counts; null is always.",
    "properties": {"from": {"anyOf": [{"type": "string"}, {"type": "null"}]}, "price": _NUMBER},
    "required": ["from", "price"],
    "additionalProperties": False,
}
MONEY: Mapping[str, Json] = {
    "title": "Money",
    "type": "object",
    "description": "What the amounts are in; only there where there is a price of a CU.",
    "properties": {
        "currency": {"type": "string", "description": "Its code in ISO 4217."},
        "price": {
            "anyOf": [_NUMBER, {"type": "null"}],
            "description": "What a CU costs; null where that changes, or is not known.",
        },
        "source": {
            "enum": ["profile", "option", "list"],
            "description": "Where the price is from; that of the list is indicative.",
        },
        "pack": {**_NUMBER, "description": "The CU of the pack that the price of the list is of."},
        "prices": {
            "type": "array",
            "items": _PRICE,
            "description": "All prices; only there where `price` is null.",
        },
    },
    "required": ["currency", "price", "source"],
    "additionalProperties": False,
}
