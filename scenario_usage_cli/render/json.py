"""JSON: one object, its numbers exact, indented for people and compact for pipes."""

import re
from datetime import datetime
from decimal import Decimal
from json import dumps
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any, TextIO

from scenario_usage_cli.render import Medium
from scenario_usage_cli.render.text import format_number, format_time
from scenario_usage_cli.report.lazy_rows import LazyRows

if TYPE_CHECKING:
    from scenario_usage_cli.report.view import View

_INVISIBLE = r"[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ud800-\udfff]"


def render_json(view: "View", out: TextIO, medium: Medium) -> None:
    """The view's document."""
    write_json(view.document, out, indented=medium.is_terminal)


def write_json(document: Any, out: TextIO, *, indented: bool) -> None:
    """Any plain data as one JSON value and a newline; Decimals become plain numbers."""
    out.write(encode(document, "\n" if indented else "") + "\n")


def encode(value: Any, newline: str = "") -> str:
    """Any plain data as JSON: compact, or over several lines.

    It has several lines with `newline`, which is a line feed and the indentation of its place.
    """
    # The standard encoder cannot write a Decimal as a number.
    inner, colon = (newline + "  ", ": ") if newline else ("", ":")
    match value:
        case str():
            return encode_text(value)
        case None | bool() | float():
            return dumps(value)
        case int() | Decimal():
            return format_number(value)
        case datetime():
            return encode_text(format_time(value))
        case dict() if value:
            items = [
                f"{encode_text(key)}{colon}{encode(item, inner)}" for key, item in value.items()
            ]
            return f"{{{inner}{f',{inner}'.join(items)}{newline}}}"
        case list() | tuple() | LazyRows() if value:
            items = [encode(item, inner) for item in value]
            return f"[{inner}{f',{inner}'.join(items)}{newline}]"
        case dict():
            return "{}"
        case list() | tuple() | LazyRows():
            return "[]"
    raise TypeError(f"{type(value).__name__} is nothing that JSON has")


def encode_text(text: str) -> str:
    """A JSON string in which whatever a terminal would obey is escaped."""
    return escape_invisible(encode_basestring(text))


def escape_invisible(quoted: str) -> str:
    """JSON in whose strings everything that a terminal would obey is escaped."""
    if quoted.isascii() and "\x7f" not in quoted:
        return quoted
    return re.sub(_INVISIBLE, lambda found: f"\\u{ord(found[0]):04x}", quoted)
