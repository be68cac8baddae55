"""Asks servers for files: redirects, proxies, a token for one host alone, and what answers mean.

Knows HTTP through the standard library, whose proxies are those of the environment. Knows nothing
of models, and writes no files.

Source: RFC 9110 (ranges, redirects, Retry-After); the hub's headers as its client documents them.
"""

from __future__ import annotations

import http.client
import os
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import Message
from typing import IO

from engine.errors import DownloadError
from engine.phrases import Phrase

HUB = "https://huggingface.co"
_PIECE_BYTES = 256 << 10
_MAX_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_BEYOND_THE_END = 416
_PASSING = (408, 425, 429, 500, 502, 503, 504)
"""Answers that may be another one in a moment."""


class UnreachableError(DownloadError):
    """A server did not do what it should, and may do it in a moment.

    Attributes:
        wait_s: how long it asked to be left alone; 0 where it said nothing.
    """

    def __init__(self, sentence: str, wait_s: float = 0.0, **fields: object) -> None:
        super().__init__(sentence, **fields)
        self.wait_s = wait_s


class ShrunkError(UnreachableError):
    """The file ends before the byte that was asked for."""


@dataclass(frozen=True, slots=True)
class Web:
    """Where the hub is, who asks, and how long to wait.

    Attributes:
        hub: the address that relative addresses are below; a mirror of the hub, or the hub.
        token: sent to the hub's own host and nowhere else; "" for none.
        stall_s: silence after which a connection counts as lost.
        tries: how often in a row a file may bring nothing before it is given up.
        first_wait_s, longest_wait_s: pause before the second try; it doubles up to the longest.
    """

    hub: str = HUB
    token: str = field(default="", repr=False)
    stall_s: float = 30.0
    tries: int = 6
    first_wait_s: float = 1.0
    longest_wait_s: float = 60.0

    def wait_s(self, failures: int, asked_s: float) -> float:
        """How long to wait after so many failures in a row, and what the server asked for."""
        own = self.first_wait_s * 2 ** (failures - 1)
        return min(max(own, asked_s), self.longest_wait_s)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered with, its body still to come.

    Attributes:
        status: 200 for the whole file, 206 for the rest of it.
        headers: of the last answer.
        linked: of the answer that led there; the same where nothing did.
    """

    status: int
    headers: Message
    linked: Message
    body: IO[bytes]

    def pieces(self) -> Iterator[bytes]:
        """The body as it comes. An early end is an end.

        Raises:
            UnreachableError: the connection broke, or was silent for too long.
        """
        with self.body, _telling(Phrase("The connection was lost")):
            # `read1` gives what is there, so that progress and a stop do not wait for more.
            while piece := self.body.read1(_PIECE_BYTES):  # pyright: ignore[reportAttributeAccessIssue]
                yield piece


def web_from(environment: Mapping[str, str] = os.environ) -> Web:
    """The web as HF_ENDPOINT (a mirror) and HF_TOKEN say.

    Raises:
        DownloadError: HF_ENDPOINT is no address.
    """
    hub = environment.get("HF_ENDPOINT", "").strip().rstrip("/") or HUB
    parts = urllib.parse.urlsplit(hub)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise DownloadError(
            "HF_ENDPOINT is “{hub}”, which is no address. Give one like {example}, or unset it.",
            hub=hub[:100],
            example=HUB,
        )
    return Web(hub, environment.get("HF_TOKEN", "").strip())


def ask(web: Web, address: str, start: int = 0) -> Answer:
    """What a server answers to a wish for a file from byte `start` on.

    Args:
        address: whole, or relative to the hub.

    Raises:
        ShrunkError: the file is shorter than that.
        UnreachableError: there is no answer now; another try may help.
        DownloadError: the answer is no, or leads where it must not.
    """
    url = urllib.parse.urljoin(f"{web.hub}/", address)
    linked: Message | None = None
    for _ in range(_MAX_REDIRECTS + 1):
        status, headers, body = _answered(web, url, start)
        linked = linked or headers
        if status in (200, 206):
            return Answer(status, headers, linked, body)
        body.close()
        if status not in _REDIRECTS:
            raise _refused(status, headers, url)
        url = _led_on(url, headers)
    raise DownloadError(
        "“{host}” leads in circles. Try another mirror (HF_ENDPOINT).", host=_host(url)
    )


def _answered(web: Web, url: str, start: int) -> tuple[int, Message, IO[bytes]]:
    headers = {"User-Agent": "jukebox-studio", "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    if web.token and _origin(url) == _origin(web.hub):
        headers["Authorization"] = f"Bearer {web.token}"
    opener = urllib.request.build_opener(_StayHere)
    with _telling(Phrase("“{host}” cannot be reached", host=_host(url))):
        try:
            answer = opener.open(urllib.request.Request(url, headers=headers), timeout=web.stall_s)
        except urllib.error.HTTPError as error:
            answer = error
        return answer.status or 0, answer.headers, answer


class _StayHere(urllib.request.HTTPRedirectHandler):
    """Leaves redirects to `ask`, which must drop the token on the way."""

    def redirect_request(self, *_: object, **__: object) -> None:
        """Follow none."""
        return


@contextmanager
def _telling(what: Phrase) -> Generator[None]:
    """Turns what the network raises within the block into an error of ours."""
    try:
        yield
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        words = getattr(reason, "strerror", None) or reason or type(error).__name__
        sentence = Phrase("{what} ({reason}).", what=what, reason=words)
        if isinstance(reason, ssl.SSLCertVerificationError):
            raise DownloadError(sentence) from error
        raise UnreachableError(sentence) from error


def _led_on(url: str, headers: Message) -> str:
    target = urllib.parse.urljoin(url, headers.get("Location", ""))
    old, new = urllib.parse.urlsplit(url).scheme, urllib.parse.urlsplit(target).scheme
    if new not in ("http", "https") or (old, new) == ("https", "http"):
        raise DownloadError(
            "“{host}” leads to “{target}”, which is not safe. Try another mirror.",
            host=_host(url),
            target=target[:80],
        )
    return target


def _refused(status: int, headers: Message, url: str) -> DownloadError:
    if status == _BEYOND_THE_END:
        return ShrunkError("The file on the server has become shorter.")
    if status in _PASSING:
        return UnreachableError(
            "“{host}” is busy (status {status}).",
            wait_s=_wait_asked(headers),
            host=_host(url),
            status=status,
        )
    return DownloadError(_refusal(status, url))


def _refusal(status: int, url: str) -> Phrase:
    host = _host(url)
    if status in (401, 403):
        return Phrase(
            "“{host}” refuses the file (status {status}). If it asks for an account, put that "
            "account's token into HF_TOKEN; else try another mirror (HF_ENDPOINT).",
            host=host,
            status=status,
        )
    if status in (404, 410):
        name = urllib.parse.urlsplit(url).path.rpartition("/")[2]
        return Phrase(
            "“{host}” has no “{name}” any more (status {status}). Try another mirror "
            "(HF_ENDPOINT), or import the model from a folder.",
            host=host,
            name=name,
            status=status,
        )
    return Phrase(
        "“{host}” answers with status {status}. Try again later, or another mirror.",
        host=host,
        status=status,
    )


def _wait_asked(headers: Message) -> float:
    with suppress(ValueError):
        return max(0.0, float(headers.get("Retry-After", "")))
    return 0.0


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urllib.parse.urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def _host(url: str) -> str:
    return urllib.parse.urlsplit(url).netloc.rpartition("@")[2]
