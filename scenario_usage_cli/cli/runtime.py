"""The process around a command: streams, environment, clock, sleep and network, all injectable."""

import contextlib
import errno
import io
import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

from scenario_usage_cli.environment import ENV_API_KEY, ENV_API_SECRET, ENV_TOKEN
from scenario_usage_cli.files import write_whole
from scenario_usage_cli.render import Medium

if TYPE_CHECKING:
    import httpx

    from scenario_usage_cli.collect.pseudonyms import Pseudonyms
    from scenario_usage_cli.redaction import Redactor

STDIN = "-"
"""What options that read a file call it."""
_USUAL_WIDTH = 80
_PATIENCE_S = 1.0
_SIZE = re.compile("[0-9]{1,4}")


def _open_page(address: str) -> bool:
    # Imported when it runs, as few runs show a page.
    from scenario_usage_cli.cli.browser import open_in_browser

    return open_in_browser(address)


@dataclass(eq=False, repr=False)
class Runtime:
    """What a command may touch; `transport`, if given, replaces the network.

    `verbose` and `profile` hold what the global options say, `program` the commands there are, and
    `pseudonyms` what hides people and API keys, if that is asked for.
    """

    stdin: BinaryIO
    stdout: TextIO
    stderr: TextIO
    environ: Mapping[str, str]
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], None] = time.sleep
    open_page: Callable[[str], bool] = _open_page
    transport: "httpx.BaseTransport | None" = None
    verbose: bool = False
    profile: str | None = None
    program: Any = None
    pseudonyms: "Pseudonyms | None" = None

    @cached_property
    def redactor(self) -> "Redactor":
        """Masks the secrets of the environment, and those of the config file once it is read."""
        # Imported when it is needed, so that --version and --help do not wait for it.
        from scenario_usage_cli.redaction import Redactor

        redactor = Redactor()
        redactor.add(self.environ.get(name, "") for name in (ENV_API_KEY, ENV_API_SECRET))
        redactor.add([self.environ.get(ENV_TOKEN, "")])
        return redactor

    def hide(self, text: str) -> str:
        """A text with aliases for people and API keys, if these are asked for."""
        return self.pseudonyms.text(text) if self.pseudonyms else text

    def say(self, line: str) -> None:
        """Write a line to stderr, with secrets masked and control characters escaped.

        A terminal that is too narrow for it is given several, broken between words.
        """
        width = self._find_size("COLUMNS", self.stderr) if self.stderr.isatty() else None
        self._put_line(line, width)

    def warn(self, line: str) -> None:
        """Write a line that begins with `warning:`."""
        self.say(f"warning: {line}")

    def log(self, line: str) -> None:
        """Write a line if --verbose is given; it is never broken."""
        if self.verbose:
            self._put_line(line)

    def _put_line(self, line: str, width: int | None = None) -> None:
        # Imported when it runs, as most runs have nothing to say.
        from scenario_usage_cli.render.text import escape_controls, wrap_words

        text = self.redactor.text(escape_controls(self.hide(line)))
        with contextlib.suppress(OSError):  # a closed stderr is not a reason to fail
            self.stderr.write("\n".join(wrap_words(text, width, indent="  ")) + "\n")
            self.stderr.flush()

    @contextlib.contextmanager
    def show_progress(self) -> Iterator[Callable[[int, int], None]]:
        """Give a function that takes how many parts are done, and how many are known.

        A line on stderr shows it after a second, on a terminal that can erase it, until all are.
        """
        started = time.monotonic()
        can_be_shown = self.stderr.isatty() and self.environ.get("TERM") != "dumb"
        is_shown = False

        def put(text: str) -> None:
            with contextlib.suppress(OSError):  # a closed stderr is not a reason to fail
                self.stderr.write(text)
                self.stderr.flush()

        def tell(done: int, known: int) -> None:
            nonlocal is_shown
            if can_be_shown and known > 1 and time.monotonic() - started > _PATIENCE_S:
                is_shown = done < known
                put(f"\rfetching: {done} of {known} parts\x1b[K" if is_shown else "\r\x1b[K")

        try:
            yield tell
        finally:
            if is_shown:
                put("\r\x1b[K")

    def build_medium(self, *, to_stdout: bool, top: int | None) -> Medium:
        """The width and colour of the output.

        A file or a pipe has no width and, unless FORCE_COLOR asks for it in a pipe, no colour;
        with FORCE_COLOR=0 a terminal has none either.
        """
        if not to_stdout:
            return Medium(top=top)
        is_terminal = self.stdout.isatty()
        return Medium(
            width=self._find_size("COLUMNS", self.stdout) or _USUAL_WIDTH if is_terminal else None,
            height=self._find_size("LINES", self.stdout) if is_terminal else None,
            colour=self._wants_colour(is_terminal=is_terminal),
            top=top,
        )

    def _wants_colour(self, *, is_terminal: bool) -> bool:
        if self.environ.get("NO_COLOR"):
            return False
        if forced := self.environ.get("FORCE_COLOR"):
            return forced.lower() not in ("0", "false")
        return is_terminal and self.environ.get("TERM") != "dumb"

    def read_size(self, name: str) -> int | None:
        """What the environment says in COLUMNS or LINES, if it says a size."""
        said = self.environ.get(name, "")
        return (int(said) or None) if _SIZE.fullmatch(said) else None

    def _find_size(self, name: str, stream: TextIO) -> int | None:
        """The same, or what the terminal of a stream says."""
        if said := self.read_size(name):
            return said
        try:
            size = os.get_terminal_size(stream.fileno())
        except (OSError, ValueError):
            return None
        return (size.columns if name == "COLUMNS" else size.lines) or None


def build_runtime() -> Runtime:
    """The runtime of this process.

    Its streams are UTF-8 with plain line feeds; what is written to them is written at once and
    as a whole.
    """
    return Runtime(
        stdin=sys.stdin.buffer if sys.stdin else io.BufferedReader(_Closed()),
        stdout=_open_text(sys.stdout) if sys.stdout else _as_text(_Closed()),
        stderr=_open_text(sys.stderr) if sys.stderr else io.StringIO(),
        environ=os.environ,
    )


def _open_text(stream: TextIO) -> TextIO:
    if not isinstance(stream, io.TextIOWrapper):  # replaced, for example by an editor
        return stream
    stream.flush()
    return _as_text(_Whole(getattr(stream.buffer, "raw", stream.buffer)))


def _as_text(raw: Any) -> TextIO:
    return io.TextIOWrapper(
        raw,
        encoding="utf-8",
        errors="backslashreplace",
        newline="\n",
        write_through=True,
    )


class _Whole(io.RawIOBase):
    """A file without a buffer that writes everything it is given, or fails.

    Python's own may write a part, and the text layer above it loses the rest when nothing is
    buffered (PYTHONUNBUFFERED).
    """

    def __init__(self, raw: Any) -> None:
        super().__init__()
        self._raw = raw

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return int(self._raw.fileno())

    def isatty(self) -> bool:
        return bool(self._raw.isatty())

    def write(self, data: Any) -> int:
        write_whole(self._raw, data)
        return len(data)


class _Closed(io.RawIOBase):
    """The stream that the process was started without."""

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        raise OSError(errno.EBADF, "it is closed")

    def write(self, data: Any) -> int:
        raise OSError(errno.EBADF, "it is closed")
