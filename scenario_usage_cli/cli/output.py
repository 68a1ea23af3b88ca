"""Where the data goes: stdout, or a file that is whole or not there at all."""

import io
import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO

from scenario_usage_cli.errors import ConfigurationError
from scenario_usage_cli.files import replace_file

STDOUT = "-"
_STDOUT_NAMES = (None, STDOUT, "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")


def is_stdout(target: str | None) -> bool:
    """Whether a target means this process's stdout, by whatever name."""
    return target in _STDOUT_NAMES


def check_output(target: str | None, *, option: str = "--output") -> None:
    """Fail early, before anything is fetched, where a file could not be written."""
    if target is None or is_stdout(target):
        return
    path = Path(target)
    try:
        if (descriptor := _find_descriptor(target)) is not None:
            os.fstat(descriptor)
            return
        if path.is_dir() or target.endswith("/"):
            raise _unwritable(target, option, "it is a folder")
        folder = path.resolve().parent
        if not folder.is_dir():
            raise _unwritable(target, option, "there is no such folder")
        if not os.access(path if _is_special(path) else folder, os.W_OK):
            raise _unwritable(target, option, "nothing may be written there")
        path.lstat()
    except FileNotFoundError:
        return
    except (OSError, RuntimeError, ValueError) as error:
        raise _unwritable(target, option, getattr(error, "strerror", None) or str(error)) from error


def write_output(
    target: str | None,
    stdout: TextIO,
    write: Callable[[TextIO], None],
    *,
    option: str = "--output",
) -> None:
    """Let `write` fill the target. Raises ConfigurationError where that cannot be done.

    The text is complete before the first byte goes out. A regular file is replaced as a whole
    (written beside it, synced, renamed) and stays as it was on failure; anything else, such as
    a device or a FIFO, is written to directly.
    """
    text = io.StringIO()
    write(text)
    with open_output(target, stdout, option=option) as put:
        put(text.getvalue())


@contextmanager
def open_output(
    target: str | None, stdout: TextIO, *, option: str = "--output"
) -> Iterator[Callable[[str], None]]:
    """What takes the text piece by piece: each is out, or in the file, when it returns.

    It is the end of the block that puts a regular file in its place; a block that fails leaves
    the one that was there. Raises ConfigurationError where the target cannot be written.
    """
    if target is None or is_stdout(target):

        def put(text: str) -> None:
            with _explain("stdout", "to"):
                stdout.write(text)
                stdout.flush()

        yield put
        return
    with ExitStack() as opened:
        with _explain(target, option):
            file = opened.enter_context(_open_target(target))

        def put_bytes(text: str) -> None:
            with _explain(target, option):
                rest = memoryview(text.encode("utf-8", "backslashreplace"))
                while rest:  # what is not buffered may take a part of it only
                    rest = rest[file.write(rest) :]
                file.flush()

        yield put_bytes
        with _explain(target, option):
            opened.close()


def _open_target(target: str) -> AbstractContextManager[BinaryIO]:
    """A device, a FIFO or what is open already as it is; a regular file, or a new one, to be
    replaced as a whole.
    """
    descriptor = _find_descriptor(target)
    if descriptor is not None:
        return os.fdopen(os.dup(descriptor), "wb", buffering=0)
    path = Path(target)
    if _is_special(path):
        return path.open("ab", buffering=0)
    path = path.resolve()
    return replace_file(path, path.with_name(f".{path.name[:50]}.{os.getpid()}.tmp"))


def _find_descriptor(target: str) -> int | None:
    """The number of what this process has open under such a name, wherever that leads."""
    found = re.fullmatch(r"/(?:dev|proc/self)/fd/(\d{1,9})", target)
    return int(found[1]) if found else {"/dev/stderr": 2}.get(target)


def _is_special(path: Path) -> bool:
    return path.exists() and not path.is_file()


@contextmanager
def _explain(target: str, option: str) -> Iterator[None]:
    """What the system says against writing, as an error that names the place."""
    try:
        yield
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        raise _unwritable(target, option, getattr(error, "strerror", None) or str(error)) from error


def _unwritable(target: str | None, option: str, reason: str | None) -> ConfigurationError:
    return ConfigurationError(
        f"cannot write {option} {target}: {reason}",
        hint="choose another place, or make room",
    )
