"""From a folder or a URL on the command line to the store there."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from scenario_usage_cli.errors import BadArgument
from scenario_usage_cli.export.cloud import Cloud
from scenario_usage_cli.export.store import Folder, Store

_PASSWORD = re.compile(r"://[^/@]*:[^/@]+@")
_LOCAL_SCHEMES = ("file", "local")


def open_store(target: str) -> Store:
    """The store of a folder or a URL.

    Raises BadArgument for a URL with a password in it, and ConfigurationError where the extra for
    URLs, or the driver of a URL, is missing.
    """
    scheme, separator, rest = target.partition("://")
    if not separator:
        return Folder(target, Path(target))
    if _PASSWORD.search(target):
        raise BadArgument(
            f"the URL of {scheme}://… has a password in it",
            hint="give credentials as its driver reads them, mostly from environment variables",
        )
    try:
        url = urlsplit(target)
    except ValueError as error:
        raise BadArgument(
            f"{target} is not a URL: {error}", hint="as in s3://bucket/usage"
        ) from None
    if not rest.strip("/"):
        raise BadArgument(f"{target} names no bucket or folder", hint="as in s3://bucket/usage")
    if scheme in _LOCAL_SCHEMES:
        if url.netloc not in ("", "localhost"):
            raise BadArgument(f"{target} is on another machine", hint="as in file:///srv/usage")
        return Folder(target, Path(unquote(url.path)))
    return Cloud(target)
