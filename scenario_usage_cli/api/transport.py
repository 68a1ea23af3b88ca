"""Connections to the API, in a pool that gives every request a deadline.

httpx limits each wait for a byte, but not their sum: a server that sends a byte now and then could
hold a request for ever. So the pool is httpcore's, as in httpx, but its streams know when the
request must have ended.
"""

import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore
import httpx

from scenario_usage_cli.api.certificates import build_ssl_context
from scenario_usage_cli.api.deadline import Deadline
from scenario_usage_cli.api.proxies import find_proxy

_MOST_CONNECTIONS = 100
_MOST_IDLE_CONNECTIONS = 20
_IDLE_S = 5.0
_WRITTEN_AT_ONCE_BYTES = 16 * 1024

_FAILURES = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
)


def open_transport(url: httpx.URL, deadline: Deadline) -> httpx.BaseTransport:
    """The way to a base URL; raises ConfigurationError for unusable proxies or certificates.

    Plain http goes to this machine only: no proxy may see its credentials, and loading
    certificates for it would be the slowest part of a start.
    """
    if url.scheme != "https":
        return Transport(deadline, ssl_context=None, proxy=None)
    return Transport(deadline, ssl_context=build_ssl_context(), proxy=find_proxy(url))


class Transport(httpx.BaseTransport):
    """The transport that httpx has as its own, made of public parts of httpcore, with a deadline.

    `ssl_context` may be None if nothing is encrypted.
    """

    def __init__(
        self, deadline: Deadline, ssl_context: ssl.SSLContext | None, proxy: httpx.Proxy | None
    ) -> None:
        self._pool = _build_pool(_Backend(deadline), ssl_context, proxy)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, and receive the head of its answer."""
        url = request.url
        with _as_httpx():
            response = self._pool.handle_request(
                httpcore.Request(
                    method=request.method,
                    url=httpcore.URL(
                        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                    ),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        return httpx.Response(
            status_code=response.status,
            headers=response.headers,
            stream=_Body(response),
            extensions=response.extensions,
        )

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()


def _build_pool(
    backend: httpcore.NetworkBackend, ssl_context: ssl.SSLContext | None, proxy: httpx.Proxy | None
) -> httpcore.ConnectionPool:
    common: dict[str, Any] = {
        "ssl_context": ssl_context,
        "max_connections": _MOST_CONNECTIONS,
        "max_keepalive_connections": _MOST_IDLE_CONNECTIONS,
        "keepalive_expiry": _IDLE_S,
        "network_backend": backend,
    }
    if proxy is None:
        return httpcore.ConnectionPool(**common)
    url = proxy.url
    address = httpcore.URL(
        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
    )
    if url.scheme.startswith("socks"):
        return httpcore.SOCKSProxy(proxy_url=address, proxy_auth=proxy.raw_auth, **common)
    return httpcore.HTTPProxy(
        proxy_url=address,
        proxy_auth=proxy.raw_auth,
        proxy_headers=proxy.headers.raw,
        proxy_ssl_context=ssl_context if url.scheme == "https" else None,
        **common,
    )


class _Body(httpx.SyncByteStream):
    """The body of an answer, as it comes."""

    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx():
            yield from self._response.iter_stream()

    def close(self) -> None:
        self._response.close()


@contextmanager
def _as_httpx() -> Iterator[None]:
    """Turn each failure of httpcore into the one of httpx with the same name."""
    try:
        yield
    except _FAILURES as error:
        raise getattr(httpx, type(error).__name__)(str(error)) from error


class _Backend(httpcore.NetworkBackend):
    """Makes connections that keep to the deadline."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left_s = self._deadline.cut(timeout, httpcore.ConnectTimeout)
        stream = self._sockets.connect_tcp(host, port, left_s, local_address, socket_options)
        return _Stream(stream, self._deadline)


class _Stream(httpcore.NetworkStream):
    """A connection that gives up when the deadline of its current request has passed."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.cut(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for begin in range(0, len(buffer), _WRITTEN_AT_ONCE_BYTES):
            piece = buffer[begin : begin + _WRITTEN_AT_ONCE_BYTES]
            self._stream.write(piece, self._deadline.cut(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left_s = self._deadline.cut(timeout, httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left_s), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
