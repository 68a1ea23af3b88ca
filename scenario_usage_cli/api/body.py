"""Bodies of answers: JSON, checked against the types of the wire while it is parsed.

The types are TypedDicts, checked by pydantic's core with a schema that is built here. pydantic
builds the same schema (a test compares them), but its import would take a quarter of the time of a
small report: together with the conversions of `cli.typer_adapter`, 25 % of the instructions.
"""

import json
import re
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from functools import cache
from itertools import islice
from types import UnionType
from typing import Any, NamedTuple, TypeVar, get_args

from pydantic_core import SchemaValidator, ValidationError
from typing_extensions import is_typeddict

from scenario_usage_cli.api.wire import Activity, Consumption, Point, Series, UsagesAnswer
from scenario_usage_cli.errors import UnreadableAnswer

_CONFIG = {"strict": True, "allow_inf_nan": False}
_PLAIN: dict[Any, str] = {str: "str", float: "float", bool: "bool"}
_JSON_ESCAPE = re.compile(
    rb"\\(u[dD][89abAB]..\\u[dD][c-fC-F]..|(?P<half>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)

_REPORT = "nothing was counted; if it comes from the API unchanged, please report it"
_TRY_AGAIN = (
    "nothing was counted; try again later, or check the base URL and the proxies between here "
    "and the API"
)


class _Rows(NamedTuple):
    """The keys of rows or points, and those of them that hold what is counted."""

    counts: frozenset[str]
    keys: frozenset[str]


_POINTS = _Rows(frozenset(Point.__annotations__) - {"time"}, frozenset(Point.__annotations__))
_SERIES = _Rows(frozenset({"points"}), frozenset(Series.__annotations__))
_SECTIONS = {
    **dict.fromkeys(
        (
            *("usages", "modelUsages", "assetUsages", "nsfwUsages"),
            *("qualityGateUsages", "slopUsages"),
        ),
        _SERIES,
    ),
    "consumption": _Rows(
        frozenset({"value", "discount", "total"}),
        frozenset({*Consumption.__annotations__, "costDetails"}),
    ),
    "activity": _Rows(frozenset({"action", "time"}), frozenset(Activity.__annotations__)),
}

_T = TypeVar("_T")


def escape_halves(body: bytes) -> bytes:
    r"""The same JSON, where half of a surrogate pair is the text of its escape.

    JSON may contain such a half (`\ud83d`, of an emoji that was cut in two); files, terminals and
    tables cannot.
    """
    # Most answers have no backslash, and it takes hardly any time to see that.
    if b"\\" in body and (b"\\ud" in body or b"\\uD" in body):
        return _JSON_ESCAPE.sub(_escape_half, body)
    return body


def parse_usages(body: bytes, *, source: str, expected: Collection[str] = ()) -> UsagesAnswer:
    """The answer of `GET /usages`; errors call it `source`.

    Raises UnreadableAnswer, naming the place, for a body that is not JSON or has a value of the
    wrong type, and for one that has none of the `expected` keys.
    """
    answer = parse_answer(UsagesAnswer, body, source=source)
    if expected:
        require_any(answer, expected, source=source)
    for key, kind in _SECTIONS.items():
        rows: Any = answer.get(key)
        if rows and _count_nothing(rows, kind):
            _refuse_foreign(json.loads(body)[key], kind, key, source)
    return answer


def refuse_foreign_points(answer: UsagesAnswer, body: bytes, *, source: str) -> None:
    """Raises UnreadableAnswer if the points of a section have other keys than those that count.

    Another tool has other names for the same. The message names the place.
    """
    for key, kind in _SECTIONS.items():
        series: Any = answer.get(key) if kind is _SERIES else None
        points = (point for row in series or () for point in row.get("points") or ())
        if _count_nothing(points, _POINTS):
            for number, row in enumerate(json.loads(body)[key] if series else ()):
                place = f"{key}[{number}].points"
                _refuse_foreign(row.get("points") or (), _POINTS, place, source)


def _count_nothing(rows: Iterable[Mapping[str, Any]], kind: _Rows) -> bool:
    return all(map(kind.counts.isdisjoint, rows))


def _refuse_foreign(
    rows: Sequence[Mapping[str, Any]], kind: _Rows, place: str, source: str
) -> None:
    """Raises UnreadableAnswer if something else stands in the place of what is counted.

    The parsed answer lacks unknown fields, so these rows are those that came.
    """
    for number, row in enumerate(rows):
        if foreign := row.keys() - kind.keys:
            wanted, found = sorted(kind.counts), ", ".join(sorted(foreign))[:60]
            raise UnreadableAnswer(
                f"{source} is not of the documented shape: {place}[{number}]: none of them has "
                f"{' or '.join(wanted)}, found {found}",
                hint=_REPORT,
            )


def parse_answer(kind: type[_T], body: bytes, *, source: str, expected: Collection[str] = ()) -> _T:
    """An answer as one of the types of the wire; raises UnreadableAnswer like `parse_usages`.

    An answer without any data may be an empty list.
    """
    try:
        answer: _T = _build_validator(kind).validate_json(body)  # type: ignore[arg-type]  # classes are hashable
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        if first["type"] == "json_invalid":
            reason = str(first["ctx"]["error"])
            raise UnreadableAnswer(
                f"{source} is not JSON: {_describe(body, reason)}", hint=_hint(body)
            ) from None
        place = _format_place(first["loc"]) or "the whole of it"
        raise UnreadableAnswer(
            f"{source} is not of the documented shape: {place}: {_lower(first['msg'])}, "
            f"found {_excerpt(first['input'])}",
            hint=_REPORT,
        ) from None
    if answer and expected:
        require_any(answer, expected, source=source)  # type: ignore[arg-type]  # all are dicts
    return answer


def _escape_half(found: re.Match[bytes]) -> bytes:
    return b"\\" + found[0].lower() if found["half"] else found[0]


def require_any(
    answer: Mapping[str, Any],
    expected: Collection[str],
    *,
    source: str,
    hint: str = _TRY_AGAIN,
) -> None:
    """Raises UnreadableAnswer if an answer has none of these keys, not even with null.

    Such an answer is an error with the status of a success, or comes from something else.
    """
    if not answer.keys().isdisjoint(expected):
        return
    came = ", ".join(f"{key[:60]}: {_excerpt(value)}" for key, value in islice(answer.items(), 5))
    raise UnreadableAnswer(
        f"{source} has none of what was asked for ({', '.join(expected)}); "
        f"it has {came or 'nothing'}",
        hint=hint,
    )


@cache
def _build_validator(kind: Hashable) -> SchemaValidator:
    return SchemaValidator({**_build_schema(kind), "extra_behavior": "allow"})


def _build_schema(kind: Any) -> Any:
    """What pydantic's core calls a type: plain, a TypedDict, a list, or one of these or None."""
    if kind in _PLAIN:
        return {"type": _PLAIN[kind]}
    if is_typeddict(kind):
        fields = {
            name: {
                "type": "typed-dict-field",
                "schema": _build_schema(inner),
                "required": name in kind.__required_keys__,
            }
            for name, inner in kind.__annotations__.items()
        }
        return {"type": "typed-dict", "fields": fields, "config": _CONFIG}
    inner = _build_schema(get_args(kind)[0])
    if isinstance(kind, UnionType):
        return {"type": "nullable", "schema": inner}
    return {"type": "list", "items_schema": inner}


def _format_place(location: tuple[int | str, ...]) -> str:
    parts = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in location)
    return "".join(parts).removeprefix(".")


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]


def _excerpt(value: Any) -> str:
    shown = value if isinstance(value, float) else json.dumps(value, default=str)
    text = str(shown)
    return text if len(text) <= 60 else text[:60] + "…"


def _describe(body: bytes, reason: str) -> str:
    """The size and kind of a body.

    It is never quoted: a page may echo secrets in more spellings than can be masked.
    """
    if not body.strip():
        return "it is empty"
    is_page = body.lstrip()[:1] == b"<"
    return f"{len(body):,} bytes" + (" of a web page" if is_page else f", {reason}")


def _hint(body: bytes) -> str:
    if body.lstrip()[:1] == b"<":
        return "a web page answered: check the base URL, and for a proxy or login page between"
    return "it may have been cut short, or not be UTF-8; try again"
