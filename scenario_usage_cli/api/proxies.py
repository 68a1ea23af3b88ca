"""The proxy for the host of the API, if the environment names one.

Only what concerns this host is read: a proxy that is not used, or an exception that cannot be
understood, is no reason to stop.
"""

import os
import re
from importlib.util import find_spec
from ipaddress import ip_address, ip_network
from urllib.request import getproxies

import httpx

from scenario_usage_cli.errors import ConfigurationError

_SCHEMES = ("http", "https", "socks5", "socks5h")
_EXCEPTION = re.compile(
    r"(\[(?P<bracketed>[^\[\]]+)\]|(?P<plain>[^:\[\]/]+|[0-9a-f:]+:[0-9a-f:.]*))"
    r"(?P<range>/[0-9.]+)?(:(?P<port>[0-9]+))?"
)
_ADVICE = "give http://HOST:PORT there, or name the API's host in NO_PROXY to connect without it"


def find_proxy(url: httpx.URL) -> httpx.Proxy | None:
    """The proxy for an https URL, from HTTPS_PROXY or ALL_PROXY, in upper or lower case.

    None if there is none, or if NO_PROXY names the host. Raises ConfigurationError, naming the
    variable, for a proxy that should be used and cannot be.
    """
    found = getproxies()
    kind = next((kind for kind in ("https", "all") if found.get(kind)), None)
    if kind is None or _is_excepted(url, found.get("no", "")):
        return None
    address = found[kind]
    return _build_proxy(address if "://" in address else f"http://{address}", _locate(kind))


def _build_proxy(address: str, source: str) -> httpx.Proxy:
    """The proxy at an address; errors show nothing of it, as any part may belong to a password."""
    try:
        url = httpx.URL(address)
        # If a password contains /, ? or #, the rest of it and the host come after that.
        rest = url.raw_path.decode() + url.fragment
        is_usable = url.scheme in _SCHEMES and url.host and "@" not in rest
    except (httpx.InvalidURL, ValueError):  # not a URL, or not Unicode
        is_usable = False
    if not is_usable:
        raise ConfigurationError(
            f"the proxy of the environment cannot be used: {source} is not the address of a proxy",
            hint=_ADVICE,
        )
    if url.scheme.startswith("socks") and find_spec("socksio") is None:
        raise ConfigurationError(
            f"{source} names a SOCKS proxy, and the package for SOCKS is not installed",
            hint="pip install socksio; or name the API's host in NO_PROXY to connect without it",
        )
    return httpx.Proxy(url)


def _locate(kind: str) -> str:
    """The variable that names a proxy; the system's own settings have none."""
    name = f"{kind}_proxy"
    return next((name for name in (name, name.upper()) if os.environ.get(name)), "the system")


def _is_excepted(url: httpx.URL, exceptions: str) -> bool:
    """Whether one of the exceptions, separated by commas or blanks, is the host of this URL."""
    name = url.raw_host.decode("ascii").rstrip(".")
    port = str(url.port or 443)
    entries = exceptions.lower().replace(",", " ").split()
    return any(_is_exception(entry, name, port) for entry in entries)


def _is_exception(entry: str, name: str, port: str) -> bool:
    """Whether an exception means a host.

    It may be `*`, a name with all names below it, an address or a range of addresses, also in
    brackets; with a port, it means that port only.
    """
    scheme, separator, rest = entry.partition("://")
    if separator and scheme not in ("https", "all"):
        return False
    parts = _EXCEPTION.fullmatch(rest if separator else entry)
    if parts is None or parts["port"] not in (None, port):
        return False
    host = (parts["bracketed"] or parts["plain"]) + (parts["range"] or "")
    try:
        return ip_address(name) in ip_network(host, strict=False)
    except ValueError:  # one of them is a name, or nonsense
        domain = _encode_domain(host.removeprefix("*").removeprefix(".").rstrip("."))
        return host == "*" or (bool(domain) and f".{name}".endswith(f".{domain}"))


def _encode_domain(name: str) -> str:
    """A name in the form in which it is looked up; empty for one that cannot be."""
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
