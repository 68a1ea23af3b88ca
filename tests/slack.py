"""Slack, as far as its published limits say what it takes, and an incoming webhook of its own."""

import html
import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

SPECIAL = re.compile(r"<|>|&(?!amp;|lt;|gt;)|[@#](?=\w)")
"""What Slack would read as a mention, a link or an escape."""


def list_texts(message: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], int]]:
    """Every text object of the blocks, and how long Slack lets it be."""
    for block in message["blocks"]:
        match block["type"]:
            case "header":
                yield block["text"], 150
            case "section" if "fields" in block:
                assert 1 <= len(block["fields"]) <= 10
                yield from ((field, 2000) for field in block["fields"])
            case "section":
                yield block["text"], 3000
            case "context":
                assert 1 <= len(block["elements"]) <= 10
                yield from ((element, 3000) for element in block["elements"])
            case other:
                raise AssertionError(f"no block is a {other}")


def check_message(text: str) -> dict[str, Any]:
    """The message that a text is; it fails where Slack would refuse it, or obey a name in it.

    The limits are those of https://docs.slack.dev/reference/block-kit/blocks.
    """
    message: dict[str, Any] = json.loads(text)
    assert set(message) == {"text", "blocks"}
    assert 1 <= len(message["text"]) <= 4000
    assert SPECIAL.findall(message["text"]) == []
    assert 1 <= len(message["blocks"]) <= 50
    for part, longest in list_texts(message):
        units = len(part["text"].encode("utf-16-le")) // 2
        assert 1 <= units <= longest
        assert SPECIAL.findall(part["text"]) == []
        assert part["text"].count("```") in (0, 2)
        if part["type"] == "plain_text":
            assert part["emoji"] is False
        else:
            assert (part["type"], part["verbatim"]) == ("mrkdwn", True)
    return message


def read(message: Mapping[str, Any]) -> str:
    """What people read, block by block."""
    texts = "\n\n".join(text["text"] for text, _ in list_texts(message))
    return html.unescape(texts).replace("\u200b", "")


@contextmanager
def serve_webhook(messages: list[dict[str, Any]]) -> Iterator[str]:
    """The address of a webhook that keeps the messages it takes, and refuses others."""

    class Webhook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            try:
                assert self.headers["Content-Type"] == "application/json"
                messages.append(check_message(body))
                code, said = 200, b"ok"
            except (AssertionError, ValueError):
                code, said = 400, b"invalid_payload"
            self.send_response(code)
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    server = HTTPServer(("127.0.0.1", 0), Webhook)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/services/T0/B0/x"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
