"""Where the data goes: stdout, or a file that is whole or not there at all."""

import io
import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

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
    try:
        if target is None or is_stdout(target):
            stdout.write(text.getvalue())
            stdout.flush()
            return
        path = Path(target)
        content = text.getvalue().encode("utf-8", "backslashreplace")
        if path.exists() and not stat.S_ISREG(path.stat().st_mode):
            with path.open("ab", buffering=0) as device:
                device.write(content)
        else:
            _replace(path.resolve(), content)
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        where, what = ("stdout", "to") if is_stdout(target) else (target, option)
        raise _unwritable(where, what, getattr(error, "strerror", None) or str(error)) from error


def _replace(path: Path, content: bytes) -> None:
    descriptor, name = tempfile.mkstemp(
        dir=path.parent, prefix=f".{path.name[:50]}.", suffix=".tmp"
    )
    try:
        with os.fdopen(descriptor, "wb") as temporary:
            temporary.write(content)
            temporary.flush()
            os.fsync(temporary.fileno())
        Path(name).chmod(_find_mode(path))
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


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
