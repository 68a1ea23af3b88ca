"""Reading TOML files: the config file, and others of its kind."""

import errno
import os
import stat
from pathlib import Path
from typing import Any, BinaryIO

from scenario_usage_cli.errors import ConfigurationError

_MOST_BYTES = 1_000_000


def read_toml(
    source: Path | BinaryIO, what: str, *, help_topic: str, hint: str, may_be_pipe: bool = False
) -> dict[str, Any] | None:
    """What a file or a stream has, or None if there is no file.

    Raises ConfigurationError, which calls the file `what`, for one that cannot be read (with the
    hint) or is not TOML (with the topic that shows an example).
    """
    try:
        if isinstance(source, Path):
            _check_kind(source, may_be_pipe=may_be_pipe)
            with source.open("rb") as file:
                text = _read_text(file)
        else:
            text = _read_text(source)
        if not text:
            return {}
        # Imported only if there is something to parse, as every start would wait for it.
        import tomllib

        return tomllib.loads(text)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigurationError(f"cannot read {what}: {error.strerror}", hint=hint) from error
    except (ValueError, RecursionError) as error:
        # The parser's message may quote a line with a secret: only the place is repeated.
        place = str(error).rpartition("(at ")[2].rstrip(")") if "(at " in str(error) else ""
        raise ConfigurationError(
            f"{what} is not TOML" + (f" ({place})" if place else ""),
            hint=f"scenario-usage help {help_topic} shows an example of the file",
        ) from None


def _check_kind(path: Path, *, may_be_pipe: bool) -> None:
    """Raises OSError for what is neither a file nor, where it may be one, a pipe."""
    mode = path.stat().st_mode
    is_regular = stat.S_ISREG(mode) or str(path) == os.devnull
    if not (is_regular or (may_be_pipe and stat.S_ISFIFO(mode))):
        raise OSError(errno.EINVAL, "it is not a regular file")


def _read_text(file: BinaryIO) -> str:
    """Raises OSError for more than a config file ever has."""
    body = file.read(_MOST_BYTES + 1)
    if len(body) > _MOST_BYTES:
        raise OSError(errno.EFBIG, f"it has more than {_MOST_BYTES} bytes")
    return body.decode("utf-8-sig")
