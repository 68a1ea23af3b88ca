"""A real Prometheus, from Debian's package: it scrapes a text, and answers queries about it."""

import json
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

_PATIENCE_S = 30


class Prometheus:
    """One that runs, and has scraped."""

    def __init__(self, address: str) -> None:
        self._address = address

    def ask(self, query: str) -> list[dict[str, Any]]:
        """The series that a query finds; one that cannot be understood fails the test."""
        found = httpx.get(f"{self._address}/api/v1/query", params={"query": query}).json()
        assert found["status"] == "success", found
        return list(found["data"]["result"])

    def wait(self) -> None:
        """Until the first scrape has come."""
        last = time.monotonic() + _PATIENCE_S
        while time.monotonic() < last:
            try:
                if self.ask("up == 1"):
                    return
            except (httpx.HTTPError, json.JSONDecodeError):
                pass
            time.sleep(0.1)
        raise AssertionError("Prometheus has not scraped")


@contextmanager
def serve_text(text: str) -> Iterator[str]:
    """Host and port of a server of gauges."""

    class Gauges(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/openmetrics-text; version=1.0.0")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    server = HTTPServer(("127.0.0.1", 0), Gauges)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def run_prometheus(text: str, folder: Path) -> Iterator[Prometheus]:
    """One that has scraped a text; skips the test where there is no Prometheus."""
    program = shutil.which("prometheus")
    if program is None:
        pytest.skip("Prometheus is not installed here; .ci/run installs it")
    with socket.socket() as free, serve_text(text) as target:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        config = folder / "prometheus.yml"
        config.write_text(
            "global: {scrape_interval: 1s}\n"
            f"scrape_configs: [{{job_name: usage, static_configs: [{{targets: ['{target}']}}]}}]\n",
            encoding="utf-8",
        )
        process = subprocess.Popen(
            [
                program,
                f"--config.file={config}",
                f"--storage.tsdb.path={folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{port}",
                "--log.level=error",
            ]
        )
        try:
            found = Prometheus(f"http://127.0.0.1:{port}")
            found.wait()
            yield found
        finally:
            process.terminate()
            process.wait()
