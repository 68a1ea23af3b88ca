"""Checksums of partitions.

A module of its own, because OpenSSL takes longer to load than a run with nothing to do takes to
look at a dataset: such a run has nothing to hash, and does not import it.
"""

from hashlib import sha256


def hash_bytes(body: bytes) -> str:
    """The checksum of a partition, as `sha256sum` prints it."""
    return sha256(body).hexdigest()
