"""One run at a time into a folder, by a lock of the system, or by a file where it has none.

Most runs of a day find nothing to do: they import neither this module nor filelock.
"""

import errno
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from filelock import FileLock, SoftFileLock, Timeout

from scenario_usage_cli.errors import ConfigurationError
from scenario_usage_cli.export.holder import MARKER, describe_holder
from scenario_usage_cli.export.layout import LOCK
from scenario_usage_cli.export.store import Store, explain_refusal

_NO_LOCKS = (errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK, errno.EINVAL)
"""The errors of a system that cannot lock a file, such as on some network mounts."""


@contextmanager
def lock_store(store: Store, timeout_s: float, now: datetime) -> Iterator[None]:
    """Keep other runs out of a store, if it has a folder for a lock.

    Waits up to `timeout_s` seconds for another run; `now` is the start of this run, which other
    runs tell their users. Raises ConfigurationError if the other run takes longer, and if the
    folder refuses the lock.
    """
    folder = store.lock_folder
    with ExitStack() as held:
        if folder is not None:
            with explain_refusal("lock", str(store)):
                folder.mkdir(parents=True, exist_ok=True)
                held.enter_context(_hold_lock(folder, timeout_s, now, name=str(store)))
        yield


@contextmanager
def _hold_lock(folder: Path, timeout_s: float, now: datetime, *, name: str) -> Iterator[None]:
    """Hold a lock of the system, which ends with its process, whatever ends that.

    If the system has no locks, a file names the host and the process instead; it does not count if
    that process no longer runs on this host. Raises OSError.
    """
    note, marker = folder / LOCK, folder / MARKER
    if os.path.lexists(note) and not (note.is_file() and not note.is_symlink()):
        raise FileExistsError(errno.EEXIST, f"{LOCK} is not a file")
    try:
        lock = FileLock(note, fallback_to_soft=False)
        try:
            lock.acquire(timeout=timeout_s)
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
            lock = SoftFileLock(marker)
            lock.acquire(timeout=timeout_s)
    except Timeout:
        hint = "wait for it; --lock-timeout says how long to wait"
        if marker.exists():
            hint += f"; if no export runs on any machine, remove {marker}"
        raise ConfigurationError(
            f"another export into {name} is under way{describe_holder(note)}", hint=hint
        ) from None
    try:
        holder = {"pid": os.getpid(), "started": now.isoformat("T", "seconds")}
        note.write_text(json.dumps(holder), encoding="utf-8")
        yield
    finally:
        with suppress(OSError):
            note.write_text("", encoding="utf-8")
        lock.release()
