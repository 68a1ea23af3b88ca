"""Bad weather: an HTTP/1.1 server on loopback that answers as a test tells it to, or fails to.

`Weather(behave)` asks `behave(request)` for the Behaviour of every request, in a thread per
connection. `always`, `script` and `serve` (a WSGI application, such as the sandbox) make such
callables, and they combine: `script(resets(), then=serve(Sandbox(clock)))`.
"""

import gzip
import io
import json
import socket
import ssl
import struct
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from http.client import responses
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self
from urllib.parse import parse_qs, unquote_to_bytes

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

JSON = {"Content-Type": "application/json"}
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: on, for no time, so that closing sends RST
_NOT_HTTP = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_BOUNDARY = b"\r\n\r\n"


@dataclass(frozen=True)
class Request:
    """A request as it came over the wire; `headers` have lower-case names."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> dict[str, str]:
        """The query's parameters; the last of a name wins."""
        pairs = parse_qs(self.target.partition("?")[2], keep_blank_values=True)
        return {name: values[-1] for name, values in pairs.items()}


@dataclass(frozen=True)
class Behaviour:
    """What is sent, in which pieces and with how many seconds between them, and what is done
    with the connection afterwards. `stall` keeps it open and says nothing more.
    """

    pieces: tuple[bytes, ...] = ()
    then: Literal["keep", "close", "reset", "stall"] = "keep"
    gap_s: float = 0.0

    def cut_short(self, missing: int, then: Literal["close", "reset", "stall"]) -> Self:
        """The same without its last bytes."""
        return replace(self, pieces=(b"".join(self.pieces)[:-missing],), then=then)


Behave = Callable[[Request], Behaviour]


def sends(
    status: int = 200,
    body: bytes = b"",
    headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
    *,
    reason: str | None = None,
    chunked: bool = False,
) -> Behaviour:
    """A whole answer; any header may stand there, also twice or wrong."""
    pairs = list(headers.items() if isinstance(headers, Mapping) else headers)
    names = {name.lower() for name, _ in pairs}
    if reason is None:
        reason = responses.get(status, "Odd")
    if chunked:
        pairs.append(("Transfer-Encoding", "chunked"))
        body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    elif "content-length" not in names:
        pairs.append(("Content-Length", str(len(body))))
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in pairs)]
    return Behaviour(("\r\n".join(lines).encode("utf-8") + _BOUNDARY + body,))


def answers(
    document: Any,
    status: int = 200,
    headers: Mapping[str, str] = MappingProxyType({}),
    *,
    gzipped: bool = False,
) -> Behaviour:
    """A JSON answer."""
    body = json.dumps(document).encode()
    if gzipped:
        return sends(status, gzip.compress(body), JSON | {"Content-Encoding": "gzip"} | {**headers})
    return sends(status, body, JSON | {**headers})


def raw(*pieces: bytes) -> Behaviour:
    """These bytes, whatever they are, and the end of the connection."""
    return Behaviour(pieces, then="close")


def hangs_up() -> Behaviour:
    """The end of the connection instead of an answer."""
    return Behaviour(then="close")


def resets() -> Behaviour:
    """A reset of the connection instead of an answer."""
    return Behaviour(then="reset")


def stalls() -> Behaviour:
    """Nothing, until one side closes the connection."""
    return Behaviour(then="stall")


def trickles(behaviour: Behaviour, *, pieces: int, gap_s: float) -> Behaviour:
    """The same answer, little by little."""
    whole = b"".join(behaviour.pieces)
    size = -(-len(whole) // pieces)
    parts = tuple(whole[begin : begin + size] for begin in range(0, len(whole), size))
    return replace(behaviour, pieces=parts, gap_s=gap_s)


def always(behaviour: Behaviour) -> Behave:
    """The same for every request."""
    return lambda request: behaviour


def script(*behaviours: Behaviour, then: Behave | None = None) -> Behave:
    """One for each request, in order; a request too many fails the test, unless `then` has it."""
    rest = iter(behaviours)

    def behave(request: Request) -> Behaviour:
        for behaviour in rest:
            return behaviour
        assert then is not None, f"one request too many: {request.method} {request.target}"
        return then(request)

    return behave


def serve(app: "WSGIApplication") -> Behave:
    """What a WSGI application answers."""

    def behave(request: Request) -> Behaviour:
        head: list[tuple[str, list[tuple[str, str]]]] = []
        written: list[bytes] = []

        def start(
            status: str, headers: list[tuple[str, str]], exc_info: object = None, /
        ) -> Callable[[bytes], object]:
            head.append((status, headers))
            return written.append

        rest = list(app(_build_environ(request), start))
        status, headers = head[-1]
        code, _, reason = status.partition(" ")
        return sends(int(code), b"".join(written + rest), headers, reason=reason)

    return behave


def _build_environ(request: Request) -> dict[str, Any]:
    named = {f"HTTP_{name.upper().replace('-', '_')}": v for name, v in request.headers.items()}
    return named | {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(request.path).decode("latin-1"),
        "QUERY_STRING": request.target.partition("?")[2],
        "CONTENT_TYPE": request.headers.get("content-type", ""),
        "CONTENT_LENGTH": str(len(request.body)),
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


class Weather:
    """The server, from `with` to the end of its block, which joins every thread.

    `requests` are those that came, in the order in which they were read. An exception in
    `behave` fails the test at the end of the block.
    """

    def __init__(self, behave: Behave, *, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Request] = []
        self._behave = behave
        self._tls = tls
        self._faults: list[BaseException] = []
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._connections: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        self._acceptor = threading.Thread(target=self._accept)

    @property
    def url(self) -> str:
        """The base URL for this tool."""
        scheme = "https" if self._tls else "http"
        return f"{scheme}://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> Self:
        self._acceptor.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: object, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        with suppress(OSError):  # accept() does not notice that its socket closes: knock
            socket.create_connection(("127.0.0.1", self.port)).close()
        self._acceptor.join()
        self._listener.close()
        for connection in self._connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        if self._faults and kind is None:
            raise self._faults[0]

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self._closing.is_set():
                connection.close()
                return
            thread = threading.Thread(target=self._attend, args=(connection,))
            self._connections.append(connection)
            self._threads.append(thread)
            thread.start()

    def _attend(self, plain: socket.socket) -> None:
        """One connection, with as many requests as it brings."""
        connection = plain
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls:
                connection = self._tls.wrap_socket(
                    plain, server_side=True, do_handshake_on_connect=False
                )
                self._connections.append(connection)
                if self._closing.is_set():  # too late for the loop that wakes connections
                    return
                connection.do_handshake()
            reader = _Reader(connection)
            while (request := reader.read()) and self._answer(connection, request):
                pass
        except OSError:
            pass  # the client went away, or refused our certificate
        except BaseException as fault:
            self._faults.append(fault)
        finally:
            connection.close()

    def _answer(self, connection: socket.socket, request: Request) -> bool:
        """Behave; returns whether the connection goes on."""
        with self._lock:
            self.requests.append(request)
        behaviour = self._behave(request)
        for number, piece in enumerate(behaviour.pieces):
            if number and behaviour.gap_s:
                self._closing.wait(behaviour.gap_s)
            connection.sendall(piece)
        if behaviour.then == "stall":
            connection.recv(1)  # ends when either side closes
        elif behaviour.then == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        return behaviour.then == "keep"


class _Reader:
    """Requests from a connection, one after the other."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._buffer = b""

    def read(self) -> Request | None:
        """The next request; None where the client has closed."""
        while _BOUNDARY not in self._buffer:
            if not self._receive():
                return None
            if not self._buffer[:1].isalpha():  # TLS, where HTTP is spoken
                self._connection.sendall(_NOT_HTTP)
                return None
        head, _, self._buffer = self._buffer.partition(_BOUNDARY)
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ")
        pairs = (line.partition(":") for line in lines)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        length = int(headers.get("content-length", "0"))
        while len(self._buffer) < length:
            if not self._receive():
                return None
        body, self._buffer = self._buffer[:length], self._buffer[length:]
        return Request(method, target, headers, body)

    def _receive(self) -> bool:
        received = self._connection.recv(65536)
        self._buffer += received
        return bool(received)
