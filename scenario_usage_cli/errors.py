"""Every way this tool can fail on purpose, and the exit code of each.

ScenarioUsageError
├── BadArgument            2  the command line is wrong
├── ConfigurationError     3  settings, credentials, files and extras
├── DamagedDataset         7  a file of a dataset is not what was written
└── ApiError                  the API, or the way to it
    ├── AccessDenied       4  401, 403
    ├── RequestFailed      5  any other error status, after the last retry
    │   └── AnswerTooLarge 5  more than gets through the gateway
    ├── ServiceUnreachable 6  DNS, connection, TLS, timeout, a body cut short
    └── UnreadableAnswer   7  not JSON, or not of the documented shape
"""

from collections.abc import Sequence
from enum import IntEnum, unique

_NOT_OF_WHAT_IS_ASKED = (401, 408, 429)
"""Unauthorized, Request Timeout, Too Many Requests; in numbers, as every start imports this."""
MOST_LISTED = 10
"""So many things, a message lists of those that there are."""


@unique
class ExitCode(IntEnum):
    """What the process returns, as `scenario-usage help exit-codes` explains it."""

    DONE = 0
    BUG = 1
    BAD_ARGUMENT = 2
    CONFIGURATION = 3
    ACCESS_DENIED = 4
    REQUEST_FAILED = 5
    UNREACHABLE = 6
    UNREADABLE = 7
    OVER = 8
    HUNG_UP = 129
    INTERRUPTED = 130
    TERMINATED = 143


class ScenarioUsageError(Exception):
    """A failure that the user can understand: what went wrong, and what to do about it."""

    exit_code = ExitCode.BUG

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Ended(BaseException):
    """The process was told to end by a signal, such as `SIGTERM`.

    It is not an Exception, so nothing on the way takes it for a failure after which to continue.
    """

    def __init__(self, signal: str, *, exit_code: int) -> None:
        super().__init__(f"ended by {signal}")
        self.exit_code = ExitCode(exit_code)


class BadArgument(ScenarioUsageError):
    """An option, a date or a combination of options that makes no sense."""

    exit_code = ExitCode.BAD_ARGUMENT


class ConfigurationError(ScenarioUsageError):
    """Credentials, config file, input or output file, or an extra: missing or unusable."""

    exit_code = ExitCode.CONFIGURATION


class DamagedDataset(ScenarioUsageError):
    """A file of a dataset that is missing, or is not what was written there."""

    exit_code = ExitCode.UNREADABLE


class ApiError(ScenarioUsageError):
    """The API, or the way to it, failed.

    `status` is what it answered; `said` is what the body of the answer says, if it says something.
    """

    def __init__(
        self, message: str, *, hint: str, status: int | None = None, said: str | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.said = said

    @property
    def is_refusal(self) -> bool:
        """Whether the API refused this request, would do so again, and may not refuse others."""
        refused = self.status is not None and 400 <= self.status < 500
        return refused and self.status not in _NOT_OF_WHAT_IS_ASKED


class AccessDenied(ApiError):
    """The API refused the credentials (401) or what they asked for (403)."""

    exit_code = ExitCode.ACCESS_DENIED


class RequestFailed(ApiError):
    """The API answered with another error status."""

    exit_code = ExitCode.REQUEST_FAILED


class AnswerTooLarge(RequestFailed):
    """More than fits through the gateway of the API; a shorter period may fit."""


class ServiceUnreachable(ApiError):
    """No complete answer came: DNS, connection, TLS, timeout, or a body cut short."""

    exit_code = ExitCode.UNREACHABLE


class UnreadableAnswer(ApiError):
    """An answer, or a saved one, that is not JSON or not of the documented shape."""

    exit_code = ExitCode.UNREADABLE


def quote(text: str) -> str:
    """A text as a shell takes it for one, for the command line of a hint."""
    text = text.strip()
    return f'"{text}"' if " " in text else text


def list_some(texts: Sequence[str], most: int | None = MOST_LISTED) -> str:
    """The first of some texts, for a message: `a, b, …` where there are more; None lists all."""
    has_more = most is not None and len(texts) > most
    return ", ".join(texts[:most]) + (", …" if has_more else "")
