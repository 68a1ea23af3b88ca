"""The secret of aliases, which the config file keeps; the first run that needs it makes it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scenario_usage_cli.cli.options import ConnectionOptions
from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.errors import ConfigurationError
from scenario_usage_cli.settings import PSEUDONYM_SECRET, Config

if TYPE_CHECKING:
    from scenario_usage_cli.collect.pseudonyms import Pseudonyms

_DEMO_SECRET = "the people of the built-in studio are made up"  # noqa: S105 - it hides nobody
_BYTES = 24


def open_pseudonyms(
    runtime: Runtime, config: Config, options: ConnectionOptions
) -> "Pseudonyms | None":
    """What hides people and API keys from now on, also in messages; None if nobody asks for it.

    Raises ConfigurationError for a secret that cannot be used, and if a new one cannot be kept.
    """
    if options.pseudonyms and runtime.pseudonyms is None:
        # Imported here, as most runs need no aliases, nor the cryptography for them.
        from scenario_usage_cli.collect.pseudonyms import Pseudonyms

        secret = _DEMO_SECRET if options.demo else config.pseudonym_secret
        runtime.pseudonyms = Pseudonyms(secret or _make_secret(runtime))
    return runtime.pseudonyms


def _make_secret(runtime: Runtime) -> str:
    """A new secret in the config file, or that of another run that was faster."""
    import secrets

    from scenario_usage_cli.cli.config.edit import edit_config, make_folder
    from scenario_usage_cli.cli.config.file import find_config_path, read_document

    made = secrets.token_urlsafe(_BYTES)

    def change(document: Any) -> None:
        document[PSEUDONYM_SECRET] = document.get(PSEUDONYM_SECRET) or made

    try:
        path = find_config_path(runtime.environ)
        make_folder(path.absolute().parent)
        with _lock(path.absolute().parent):
            edit_config(path, change, runtime, is_private=True)
    except ConfigurationError as error:
        error.message = f"the secret of --pseudonyms cannot be kept: {error.message}"
        error.hint = (
            f'add the line {PSEUDONYM_SECRET} = "..." to a config file that can be read, with '
            "letters that nobody can guess; without it, aliases would be different in every run"
        )
        raise
    found: str = (read_document(path) or {})[PSEUDONYM_SECRET]
    runtime.redactor.add([found])
    if found == made:
        runtime.say(f"note: {PSEUDONYM_SECRET} is new in {path}: without it, aliases would change")
    return found


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """Let no other run make a secret there, where the system can lock a folder."""
    try:
        import fcntl

        number = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):
        yield
        return
    try:
        with suppress(OSError):
            fcntl.flock(number, fcntl.LOCK_EX)
        yield
    finally:
        os.close(number)
