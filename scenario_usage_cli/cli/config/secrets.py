"""Credentials that are complete: the secret may be printed by a command, or in the keyring."""

import contextlib
import os
import signal
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from scenario_usage_cli.cli.runtime import Runtime
from scenario_usage_cli.credentials import (
    Credentials,
    check_credential,
    find_credentials,
    require_credentials,
)
from scenario_usage_cli.errors import ConfigurationError
from scenario_usage_cli.settings import Config

if TYPE_CHECKING:
    import subprocess

COMMAND_PATIENCE_S = 10.0
"""How long a `secret_command` may take."""
_MOST_BYTES = 64 * 1024
_BY_HAND = "run it yourself to see why: what it prints may be secret, and is not shown"


def read_credentials(runtime: Runtime, config: Config) -> Credentials:
    """The credentials of the environment or of the profile, with their secret.

    Raises ConfigurationError if there are none, or if the secret cannot be had.
    """
    found = require_credentials(find_credentials(runtime.environ, config))
    return fetch_secret(found, config, runtime)


def fetch_secret(credentials: Credentials, config: Config, runtime: Runtime) -> Credentials:
    """The same with its secret, which is masked from now on; asked for only where it is missing.

    Raises ConfigurationError if the command or the keyring does not give it.
    """
    if not credentials.fetched_by or not config.profile or credentials.api_secret:
        return credentials
    place = config.locate(credentials.fetched_by)
    if credentials.fetched_by == "keyring":
        # Imported only where it is used, as it needs an extra.
        from scenario_usage_cli.cli.config.keyring import read_secret

        secret = read_secret(credentials.api_key or "", place)
    else:
        secret = _run_command(config.profile.secret_command, place, runtime)
    runtime.redactor.add([credentials.api_key or "", secret])
    check_credential(str(config), credentials.fetched_by, secret)
    return replace(credentials, api_secret=secret.strip())


def _run_command(command: str | tuple[str, ...], place: str, runtime: Runtime) -> str:
    """The one line that a command prints. No message shows the command, nor what it prints."""
    # Imported only where a command is run, as every start would wait for them.
    import shlex
    import subprocess

    try:
        argv = shlex.split(command) if isinstance(command, str) else command
    except ValueError as error:
        raise ConfigurationError(
            f"{place} has a quote or a backslash without its end",
            hint="close the quote, or write the command as a list of its parts",
        ) from error
    read_end, write_end = os.pipe()
    try:
        process = subprocess.Popen(  # noqa: S603 - the user's own command, without a shell
            argv,
            env=dict(runtime.environ),
            stdin=subprocess.DEVNULL,
            stdout=write_end,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, ValueError, IndexError) as error:
        os.close(read_end)
        reason = getattr(error, "strerror", None) or "it is not a command"
        raise ConfigurationError(
            f"{place} cannot be run: {reason}",
            hint="it begins with the name or path of a program, and no shell reads it: "
            "~, $NAME and | mean nothing",
        ) from None
    finally:
        os.close(write_end)
    output = _collect(process, read_end, place)
    if process.returncode:
        ending = f"failed with exit code {process.returncode}"
        if process.returncode < 0:
            ending = f"was ended by signal {-process.returncode}"
        raise ConfigurationError(f"{place} {ending}", hint=_BY_HAND)
    return _read_line(output, place)


def _collect(process: "subprocess.Popen[bytes]", read_end: int, place: str) -> bytes:
    """What a process prints until it ends.

    If it takes too long, or prints too much, it is stopped with all that it started.
    """
    import subprocess
    from threading import Thread

    printed = bytearray()

    def read() -> None:
        while len(printed) <= _MOST_BYTES and (piece := os.read(read_end, _MOST_BYTES)):
            printed.extend(piece)
        os.close(read_end)

    # Not every system can wait for a pipe for a time only. The thread may be left behind, where a
    # process that has left its group keeps the pipe open.
    reader = Thread(target=read, daemon=True)
    deadline = time.monotonic() + COMMAND_PATIENCE_S
    try:
        reader.start()
        reader.join(COMMAND_PATIENCE_S)
        if not reader.is_alive() and len(printed) <= _MOST_BYTES:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0, deadline - time.monotonic()))
    finally:
        has_ended = process.returncode is not None
        if not has_ended:
            _stop(process)
    if len(printed) > _MOST_BYTES:
        raise _refuse_lines(place)
    if not has_ended:
        raise ConfigurationError(
            f"{place} did not end within {COMMAND_PATIENCE_S:g} s, and was stopped",
            hint="run it yourself to see what it waits for; it gets no input",
        )
    return bytes(printed)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """End a process and its group at once."""
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()


def _read_line(output: bytes, place: str) -> str:
    """The only line of an output; raises ConfigurationError for none, for several and for noise."""
    try:
        lines = output.decode().rstrip("\r\n").splitlines()
    except UnicodeDecodeError:
        raise ConfigurationError(f"{place} printed what is not text", hint=_BY_HAND) from None
    if len(lines) > 1:
        raise _refuse_lines(place)
    if not lines or not lines[0].strip():
        raise ConfigurationError(f"{place} printed nothing", hint=_BY_HAND)
    return lines[0]


def _refuse_lines(place: str) -> ConfigurationError:
    return ConfigurationError(
        f"{place} printed more than one line",
        hint="let it print the secret alone, without its name or other fields",
    )
