"""Reading TOML files: the config file, and others of its kind."""

import errno
import os
import stat
from pathlib import Path
from typing import Any

from scenario_usage_cli.errors import ConfigurationError

_MOST_LETTERS = 1_000_000


def read_toml(
    path: Path, what: str, *, help_topic: str, hint: str, may_be_pipe: bool = False
) -> dict[str, Any] | None:
    """The parsed file, or None if there is no file.

    Raises ConfigurationError, which calls the file `what`, for one that cannot be read (with the
    hint) or is not TOML (with the topic that shows an example).
    """
    try:
        text = _read_text(path, may_be_pipe=may_be_pipe)
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


def _read_text(path: Path, *, may_be_pipe: bool) -> str:
    """The text of a file. Raises OSError for one that is too large or of the wrong kind."""
    is_regular = stat.S_ISREG(path.stat().st_mode) or str(path) == os.devnull
    if not (is_regular or (may_be_pipe and stat.S_ISFIFO(path.stat().st_mode))):
        raise OSError(errno.EINVAL, "it is not a regular file")
    with path.open(encoding="utf-8-sig") as file:
        text = file.read(_MOST_LETTERS + 1)
    if len(text) > _MOST_LETTERS:
        raise OSError(errno.EFBIG, f"it has more than {_MOST_LETTERS} characters")
    return text
