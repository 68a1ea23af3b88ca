"""From httpx errors and statuses to our own errors, in words."""

import json
import ssl
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import httpx

from scenario_usage_cli.api.retry import is_rate_limit
from scenario_usage_cli.errors import (
    AccessDenied,
    AnswerTooLarge,
    ApiError,
    RequestFailed,
    ServiceUnreachable,
    UnreadableAnswer,
)

_MESSAGE_KEYS = ("message", "error", "reason", "details")
_SMALLER = "ask for a shorter period, or for fewer sections"
_GATEWAY_MESSAGES = (
    "internal server error",
    "endpoint request timed out",
    "bad gateway",
    "gateway timeout",
    "request too long",
    "request entity too large",
    "response payload size exceeded maximum allowed payload size",
)
"""What the gateway says instead of the API, also for an answer over 6 MB (api.md)."""
_NOT_QUOTED = "what it says is not repeated, as it may name people"
_GATEWAY_STATUSES = (500, 502, 504)
_GATEWAY_LIMIT_BYTES = 6 * 1024 * 1024
_NEAR_BYTES = 512 * 1024


def build_status_failure(
    response: httpx.Response, body: bytes, *, is_quoted: bool = True
) -> ApiError:
    """The error of a status other than 200; `body` is that of the answer, free of secrets.

    Unless it `is_quoted`, the error repeats nothing that the API says in words of its own.
    """
    status = response.status_code
    document = _parse_document(body)
    said = _parse_message(document)
    answered = f"the API answered {status} {response.reason_phrase}".rstrip()
    if said and not is_quoted and not _is_of_gateway(said):
        document, said = None, _NOT_QUOTED
    message = f"{answered}: {said}" if said else answered
    if is_rate_limit(status, response.headers):
        return RequestFailed(
            message + _format_details(document),
            hint="too many calls at once; try again in a minute",
            status=status,
            said=said,
        )
    if status == HTTPStatus.UNAUTHORIZED:
        return AccessDenied(
            message, hint="check the API key and its secret, or the token", status=status
        )
    if status == HTTPStatus.FORBIDDEN:
        return AccessDenied(
            message,
            hint="this key may not see that; an Analytics API key of the organisation can",
            status=status,
        )
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return AnswerTooLarge(message, hint=_SMALLER, status=status)
    if 300 <= status < 400:
        return RequestFailed(
            f"{answered}, to {_parse_host(response.headers.get('location', ''))}: refused, "
            f"as credentials stay with {response.url.netloc.decode()}",
            hint="set the base URL to the real address of the API",
            status=status,
        )
    hint = {
        400: "check the period and the ids of team, projects and users",
        404: "check the base URL; it ends with /v1",
    }.get(status, "try again later; --verbose shows each request")
    return RequestFailed(message, hint=hint, status=status, said=said)


def as_too_large(failure: ApiError, received_bytes: int = 0) -> AnswerTooLarge | None:
    """The same failure as one of size, if it looks like one.

    It does if the gateway answers instead of the API, or if the body ends near the gateway's limit.
    """
    by_gateway = failure.status in _GATEWAY_STATUSES and _is_of_gateway(failure.said or "")
    broke_off = abs(received_bytes - _GATEWAY_LIMIT_BYTES) <= _NEAR_BYTES
    if by_gateway or broke_off:
        return AnswerTooLarge(failure.message, hint=_SMALLER, status=failure.status)
    return None


def _is_of_gateway(said: str) -> bool:
    return said.lower().strip(".") in _GATEWAY_MESSAGES


def build_connection_failure(
    url: httpx.URL, error: Exception, timeout_s: float, connect_timeout_s: float
) -> ApiError:
    """The error of a request without a connection or a complete answer after so many seconds."""
    host = url.netloc.decode("ascii", "replace")
    reason = str(error.__cause__ or error) or type(error).__name__
    match error:
        case httpx.ConnectTimeout():
            what = f"no connection to {host} within {connect_timeout_s:g} s"
        case httpx.TimeoutException():
            what = f"no answer from {host} within {timeout_s:g} s"
        case httpx.ConnectError() if _is_tls_refusal(error):
            return ServiceUnreachable(
                f"TLS to {host} failed: {reason}",
                hint="check the base URL; behind a TLS proxy, SSL_CERT_FILE names its certificate",
            )
        case httpx.ConnectError():
            what = f"cannot connect to {host}: {reason}"
        case httpx.DecodingError():
            return UnreadableAnswer(
                f"the answer from {host} could not be decompressed: {reason}",
                hint="try again; if it happens again, check the proxies between here and the API",
            )
        case _:
            what = f"the connection to {host} broke: {reason}"
    return ServiceUnreachable(
        what, hint="check the network and the base URL; --timeout and --retries allow more"
    )


def build_deadline_failure(url: httpx.URL, limit_s: float) -> ServiceUnreachable:
    """The error of an answer that kept coming, but was not complete after so many seconds."""
    host = url.netloc.decode("ascii", "replace")
    return ServiceUnreachable(
        f"no complete answer from {host} within {limit_s:g} s, the most that a request may take",
        hint="check the network and any proxy on the way; this limit is ten times --timeout",
    )


def is_permanent(error: httpx.RequestError) -> bool:
    """Whether another try cannot help."""
    return isinstance(error, httpx.UnsupportedProtocol) or _is_tls_refusal(error)


def _is_tls_refusal(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _parse_document(body: bytes) -> Any:
    """The body of an error; None for a web page."""
    try:
        return json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None


def _parse_message(document: Any) -> str | None:
    """What the body of an error says, in one line; None for an unknown shape."""
    while isinstance(document, dict):
        document = next((document[key] for key in _MESSAGE_KEYS if document.get(key)), None)
    if document is None:
        return None
    return _shorten(document if isinstance(document, str) else json.dumps(document))


def _format_details(document: Any) -> str:
    """The limit that was exceeded, as ` (actionName: …, actionLimit: …)`, if the body says it."""
    while isinstance(document, dict) and "details" not in document:
        document = document.get("error")
    details = document["details"] if isinstance(document, dict) else None
    if not isinstance(details, dict):
        return ""
    said = [f"{key}: {value}" for key, value in details.items() if isinstance(value, str | int)]
    return f" ({_shorten(', '.join(said))})" if said else ""


def _shorten(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 300 else line[:300] + "…"


def _parse_host(location: str) -> str:
    """Where a redirect leads, without any credentials in it."""
    try:
        host = urlsplit(location).netloc.rpartition("@")[2]
    except ValueError:
        return "no valid address"
    return host or "another path"
