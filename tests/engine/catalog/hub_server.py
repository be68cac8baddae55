"""A real server of files on this computer, which can be told to misbehave, once per request."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for."""

    path: str
    start: int
    token: str | None


Misdeed = Callable[["Handler", bytes, int], None]
"""Answers a request in place of the honest answer: handler, whole content, first byte asked for."""


class HubServer:
    """Serves `files` by path; `misdeeds` of a path are used up, one a request, before honesty.

    Attributes:
        requests: all that were made, in order.
        sent: bytes of bodies that were sent, by path.
        linked: whether answers say the checksum, as the hub does for large files.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.tags: dict[str, str] = {}
        self.misdeeds: defaultdict[str, list[Misdeed]] = defaultdict(list)
        self.requests: list[Request] = []
        self.sent: defaultdict[str, int] = defaultdict(int)
        self.linked = True
        self.released = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.hub = self  # type: ignore[attr-defined]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def tag(self, path: str) -> str:
        return self.tags.get(path) or hashlib.sha256(self.files[path]).hexdigest()

    def starts(self, path: str) -> list[int]:
        """The first bytes that were asked for."""
        return [request.start for request in self.requests if request.path == path]

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"

    @property
    def hub(self) -> HubServer:
        return self.server.hub  # type: ignore[attr-defined]

    def do_GET(self) -> None:
        asked = self.headers.get("Range")
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
        self.hub.requests.append(Request(self.path, start, self.headers.get("Authorization")))
        with suppress(ConnectionError):  # whoever asked may have gone
            self.answer(start)

    def do_CONNECT(self) -> None:
        """Dig no tunnel, but note down that one was asked for."""
        self.hub.requests.append(Request(self.path, 0, self.headers.get("Authorization")))
        self.refuse(403)

    def answer(self, start: int) -> None:
        misdeeds = self.hub.misdeeds[self.path]
        if misdeeds:
            misdeeds.pop(0)(self, self.hub.files.get(self.path, b""), start)
        elif self.path not in self.hub.files:
            self.refuse(404)
        else:
            honest(self, self.hub.files[self.path], start)

    def refuse(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def head(self, content: bytes, start: int, length: int | None = None) -> None:
        """Status and headers of the bytes from `start`, or a lie about their number."""
        size = len(content) if length is None else length
        tag = self.hub.tag(self.path)
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
        self.send_header("Content-Length", str(size - start))
        self.send_header("ETag", f'"{tag}"')
        if self.hub.linked and length is None:
            self.send_header("X-Linked-Etag", f'"{tag}"')
            self.send_header("X-Linked-Size", str(size))
        self.end_headers()

    def body(self, content: bytes) -> None:
        for at in range(0, len(content), 65536):
            piece = content[at : at + 65536]
            self.wfile.write(piece)
            self.hub.sent[self.path] += len(piece)

    def drop(self) -> None:
        self.wfile.flush()
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Be silent."""


def honest(handler: Handler, content: bytes, start: int) -> None:
    if start >= max(len(content), 1):
        handler.refuse(416, Content_Range=f"bytes */{len(content)}")
        return
    handler.head(content, start)
    handler.body(content[start:])


def drops_after(count: int) -> Misdeed:
    """Ends the connection after so many bytes."""

    def answer(handler: Handler, content: bytes, start: int) -> None:
        handler.head(content, start)
        handler.body(content[start : start + count])
        handler.drop()

    return answer


def stalls_after(count: int) -> Misdeed:
    """Sends so many bytes, and then nothing until the server ends."""

    def answer(handler: Handler, content: bytes, start: int) -> None:
        handler.head(content, start)
        handler.body(content[start : start + count])
        handler.wfile.flush()
        handler.hub.released.wait(60)
        handler.drop()

    return answer


def trickles(piece: int, pause_s: float) -> Misdeed:
    """Sends little by little."""

    def answer(handler: Handler, content: bytes, start: int) -> None:
        handler.head(content, start)
        for at in range(start, len(content), piece):
            handler.body(content[at : at + piece])
            handler.wfile.flush()
            time.sleep(pause_s)

    return answer


def ignores_range(handler: Handler, content: bytes, start: int) -> None:
    honest(handler, content, 0)


def sends_another_part(handler: Handler, content: bytes, start: int) -> None:
    honest(handler, content, max(start - 10, 1))


def says_length(length: int) -> Misdeed:
    """Lies about the length, and sends what there is."""

    def answer(handler: Handler, content: bytes, start: int) -> None:
        handler.head(content, start, length)
        handler.body(content[start:][: length - start])
        handler.drop()

    return answer


def says_no_length(handler: Handler, content: bytes, start: int) -> None:
    handler.send_response(200)
    handler.end_headers()
    handler.body(content)
    handler.drop()


def corrupts(at: int) -> Misdeed:
    """Sends one byte wrong."""

    def answer(handler: Handler, content: bytes, start: int) -> None:
        handler.head(content, start)
        wrong = bytearray(content)
        wrong[at] ^= 0xFF
        handler.body(bytes(wrong[start:]))

    return answer


def refuses(status: int, **headers: str) -> Misdeed:
    return lambda handler, content, start: handler.refuse(status, **headers)


def sends_to(address: str, status: int = 302, **headers: str) -> Misdeed:
    return lambda handler, content, start: handler.refuse(status, Location=address, **headers)
