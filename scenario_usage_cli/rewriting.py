"""Files in folders that accept no new file: they are overwritten.

A module of its own, because few runs need it, and tempfile takes a while to import.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO

from scenario_usage_cli.files import write_in_place

_SPOOLED_BYTES = 64 * 1024 * 1024


@contextmanager
def rewrite_file(
    path: Path, *, private: bool = False, in_place: Callable[[], None]
) -> Iterator[IO[bytes]]:
    """A file for the new content of `path`, which is overwritten when all of it has come.

    `in_place` is called just before. Raises OSError.
    """
    with SpooledTemporaryFile(max_size=_SPOOLED_BYTES) as content:
        yield content
        content.seek(0)
        write_in_place(path, content, in_place, private=private)
