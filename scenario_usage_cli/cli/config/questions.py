"""Questions to the person at the terminal, or the same answers as lines of stdin."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Protocol

from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.errors import BadArgument, ConfigurationError
from scenario_usage_cli.report.words import count

_MOST_BYTES = 64 * 1024


class Answers(Protocol):
    """Where the answers to questions come from."""

    def ask(self, question: str, default: str, check: Callable[[str], None]) -> str:
        """A text that `check` raises no error for; the default if nothing is said."""
        ...

    def ask_secret(self, question: str, check: Callable[[str], None]) -> str:
        """The same, never shown, and without a default."""
        ...

    def confirm(self, question: str) -> bool:
        """Whether the answer is yes; an empty one is no."""
        ...


def open_answers(runtime: Runtime, *, secrets: int, from_stdin: bool) -> Answers:
    """The terminal or, with `from_stdin`, the lines of stdin: one for each of so many secrets.

    Raises BadArgument where there is no terminal to ask at, or no file or pipe to read, and
    ConfigurationError for other lines than these.
    """
    is_terminal = runtime.stdin.isatty()
    if from_stdin and is_terminal:
        raise BadArgument(
            "--stdin reads a pipe or a file, and stdin is a terminal",
            hint="leave it out, and the terminal is asked without showing secrets",
        )
    if not from_stdin and not (is_terminal and runtime.stderr.isatty()):
        raise BadArgument(
            "config init asks questions, and there is no terminal to ask at",
            hint="give the secrets as lines with --stdin; or set the variables, or write the file, "
            "as scenario-usage help settings shows",
        )
    return _Lines(runtime, secrets) if from_stdin else _Terminal(runtime)


class _Terminal:
    """Asks on stderr, as often as it takes."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def ask(self, question: str, default: str, check: Callable[[str], None]) -> str:
        return self._repeat(
            lambda: self._read(f"{question} [{default}]: ").strip() or default, check
        )

    def ask_secret(self, question: str, check: Callable[[str], None]) -> str:
        prompt = f"{question} (not shown): "
        return self._repeat(lambda: self._read_secret(prompt).strip(), check)

    def confirm(self, question: str) -> bool:
        return self._read(f"{question} [y/N]: ").strip().lower() in ("y", "yes")

    def _repeat(self, read: Callable[[], str], check: Callable[[str], None]) -> str:
        while True:
            try:
                answer = read()
                if not answer:
                    continue
                check(answer)
            except UnicodeDecodeError:
                self._runtime.say("that is not text in UTF-8")
            except ConfigurationError as error:
                self._runtime.say(f"{error.message}; {error.hint}")
            else:
                return answer

    def _read(self, prompt: str) -> str:
        with self._end_line():
            self._put(prompt)
            line = self._runtime.stdin.readline()
        return self._require(line.decode())

    def _read_secret(self, prompt: str) -> str:
        # Imported only where a secret is asked for.
        import getpass

        with self._end_line():
            try:
                return getpass.getpass(prompt, self._runtime.stderr)
            except EOFError:
                return self._require("")

    def _put(self, text: str) -> None:
        from scenario_usage_cli.render.text import escape_controls

        self._runtime.stderr.write(self._runtime.redactor.text(escape_controls(text)))
        self._runtime.stderr.flush()

    @contextlib.contextmanager
    def _end_line(self) -> Iterator[None]:
        """End the line of a question that is interrupted."""
        try:
            yield
        except BaseException:
            self._runtime.stderr.write("\n")
            raise

    def _require(self, line: str) -> str:
        """The line; the end of the input is an interruption, not an answer."""
        if not line:
            raise KeyboardInterrupt
        return line


class _Lines:
    """Takes secrets from the lines of stdin, and the default for everything else."""

    def __init__(self, runtime: Runtime, secrets: int) -> None:
        body = runtime.stdin.read(_MOST_BYTES)
        lines = body.decode("utf-8-sig", "replace").rstrip().splitlines()
        runtime.redactor.add(lines)
        if len(lines) != secrets or not all(line.strip() for line in lines):
            given = sum(bool(line.strip()) for line in lines)
            raise ConfigurationError(
                f"stdin has {count(given, 'secret')} on {count(len(lines), 'line')}, "
                f"where {count(secrets, 'line')} must have one each",
                hint="give the API key on a line and its secret on the next, or with --token the "
                "token on the only one",
            )
        self._lines = iter(lines)

    def ask(self, question: str, default: str, check: Callable[[str], None]) -> str:
        check(default)
        return default

    def ask_secret(self, question: str, check: Callable[[str], None]) -> str:
        answer = next(self._lines).strip()
        check(answer)
        return answer

    def confirm(self, question: str) -> bool:
        return False
