"""The last line of the manifest: the checksum of all lines before it.

It finds every flipped bit, and needs no OpenSSL, which takes longer to load than the rest of a run
with nothing to do.
"""

import zlib

_SEAL = b'"crc32":"%08x"}\n'
_SIZE = len(_SEAL % 0)


def seal(text: bytes) -> bytes:
    """A text with its checksum."""
    return text + _SEAL % zlib.crc32(text)


def has_seal(body: bytes) -> bool:
    """Whether a text ends with a checksum, right or wrong."""
    return body[-_SIZE:].startswith(_SEAL.partition(b"%")[0])


def is_whole(body: bytes) -> bool:
    """Whether a text ends with its checksum."""
    return body == seal(body[:-_SIZE])
