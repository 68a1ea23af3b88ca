"""The sandbox over real HTTP: wsgiref with threads and keep-alive, and quiet about lost clients."""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import ServerHandler, WSGIRequestHandler, WSGIServer

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication


def build_server(app: WSGIApplication, port: int, host: str = "127.0.0.1") -> WSGIServer:
    """A bound server, one daemon thread per connection; port 0 is any free one (`server_port`).

    The caller runs `serve_forever()`, `shutdown()` and `server_close()`. Nothing is logged but
    the tracebacks of defects.

    Raises:
        OSError: the address cannot be bound.
    """
    server = _Server((host, port), _Connection)
    server.set_app(app)
    return server


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 128

    def server_bind(self) -> None:
        # HTTPServer's own looks the host's name up, which can take seconds.
        TCPServer.server_bind(self)
        host, self.server_port = self.server_address[:2]
        self.server_name = str(host)
        self.setup_environ()

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Exchange(ServerHandler):
    """One request and its answer."""

    http_version = "1.1"

    def log_exception(self, exc_info: Any) -> None:
        if not isinstance(exc_info[1], OSError):
            super().log_exception(exc_info)


class _Connection(WSGIRequestHandler):
    """One client's requests, one after the other."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two writes
    timeout = 60  # seconds of silence until the connection is closed

    def handle(self) -> None:
        BaseHTTPRequestHandler.handle(self)  # wsgiref's own stops after one request

    def do_GET(self) -> None:  # noqa: N802 (http.server looks for this name)
        self._skip_body()
        channel: tuple[Any, Any] = (self.rfile, self.wfile)
        exchange: Any = _Exchange(*channel, self.get_stderr(), self.get_environ())
        exchange.os_environ = {}  # the environment of the process does not belong to a request
        exchange.request_handler = self
        exchange.run(self.server.get_app())  # type: ignore[attr-defined]
        if exchange.headers_sent or self.request_version != "HTTP/1.1":  # sent, yet never closed
            self.close_connection = True

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_GET  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:
        """No access log."""

    def _skip_body(self) -> None:
        """Read past a body, so that the next request is not taken from it."""
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdecimal() or len(length) > 6:
            self.close_connection = True
        else:
            self.rfile.read(int(length))
