"""Where the data goes: stdout, or a file that is whole or not there at all."""

import io
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, TextIO

from scenario_usage_cli.errors import ConfigurationError

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
        if path.is_dir() or target.endswith("/"):
            raise _unwritable(target, option, "it is a folder")
        if not path.resolve().parent.is_dir():
            raise _unwritable(target, option, "there is no such folder")
        if path.exists():
            path.stat()
        else:
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
    path = Path(target)
    temporary: Path | None = None
    with _explain(target, option):
        if path.exists() and not stat.S_ISREG(path.stat().st_mode):
            file: BinaryIO = path.open("ab", buffering=0)
        else:
            path = path.resolve()
            descriptor, name = tempfile.mkstemp(
                dir=path.parent, prefix=f".{path.name[:50]}.", suffix=".tmp"
            )
            file, temporary = os.fdopen(descriptor, "wb"), Path(name)

    def put_bytes(text: str) -> None:
        with _explain(target, option):
            file.write(text.encode("utf-8", "backslashreplace"))
            file.flush()

    try:
        yield put_bytes
        with _explain(target, option):
            if temporary:
                os.fsync(file.fileno())
            file.close()
            if temporary:
                temporary.chmod(_find_mode(path))
                temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            file.close()
        if temporary:
            temporary.unlink(missing_ok=True)
        raise


@contextmanager
def _explain(target: str, option: str) -> Iterator[None]:
    """What the system says against writing, as an error that names the place."""
    try:
        yield
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        raise _unwritable(target, option, getattr(error, "strerror", None) or str(error)) from error


def _find_mode(path: Path) -> int:
    """That of the file which is replaced, or what the umask leaves of a new one."""
    if path.exists():
        return stat.S_IMODE(path.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _unwritable(target: str | None, option: str, reason: str | None) -> ConfigurationError:
    return ConfigurationError(
        f"cannot write {option} {target}: {reason}",
        hint="choose another place, or make room; nothing was changed",
    )
