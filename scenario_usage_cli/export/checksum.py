"""Checksums of partitions.

A module of its own, because OpenSSL takes longer to load than a run with nothing to do takes to
look at a dataset: such a run has nothing to hash, and does not import it.
"""

from hashlib import sha256

from scenario_usage_cli.export.store import Store, Unreadable


def hash_bytes(body: bytes) -> str:
    """The checksum of a partition, as `sha256sum` prints it."""
    return sha256(body).hexdigest()


def read_intact(store: Store, path: str, checksum: str) -> bytes | None:
    """A file that has this checksum; None for any other, and where there is none to be read."""
    try:
        body = store.read(path)
    except Unreadable:
        return None
    return body if body is not None and hash_bytes(body) == checksum else None
