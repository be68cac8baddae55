"""Files fetched so that nothing is fetched twice, whatever breaks on the way.

What has come lies in a `.part` file, beside a note of what the server said the file is. A broken
connection, a kill or a day later, the rest is asked for; where the server now has another file, all
of it is. A file gets its name when its length is right and, where anybody says one, its checksum.
Knows nothing of models.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Protocol

from engine.atomic import replacing
from engine.catalog.web import Answer, ShrunkError, UnreachableError, Web, ask
from engine.errors import DownloadError
from engine.phrases import Phrase

_SHA256 = re.compile(r"[0-9a-f]{64}")
_RANGE = re.compile(r"bytes (\d{1,15})-\d{1,15}/(\d{1,15})")
_NOTE = ".note.json"
_PIECE_BYTES = 1 << 20
_SLACK = 1.1


class Vouching(StrEnum):
    """Who says that a file is the right one, beside its length."""

    KNOWN = "known"
    STATED = "stated"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file that can be fetched.

    Attributes:
        name: it is given here.
        address: whole, or relative to the hub.
        size_bytes: about; what is a tenth larger is not it.
        sha256: in lower-case digits, or "" where it is not known before.
        mirror: where else the same file lies, for when the address fails; "" for nowhere.
    """

    name: str
    address: str
    size_bytes: int
    sha256: str = ""
    mirror: str = ""


class Listener(Protocol):
    """Hears how a download goes."""

    def has(self, size_bytes: int) -> None:
        """So many bytes of the file are here."""
        ...

    def checks(self, size_bytes: int) -> None:
        """So many bytes of the file have been compared with its checksum."""
        ...

    def waits(self, why: str, seconds: float) -> None:
        """Another try follows after a pause."""
        ...


@dataclass(frozen=True, slots=True)
class _Note:
    """What a server said about a file."""

    address: str
    tag: str
    size: int
    sha256: str
    whole: bool = False


def fetch(file: RemoteFile, folder: Path, web: Web, listener: Listener) -> Vouching:
    """Have a file in a folder, and say who vouches for it. What is there is not fetched again.

    Raises:
        DownloadError: the server refuses, gives something else, or gives nothing for too long.
        OSError: it cannot be written.
    """
    part = _Part(file, folder)
    if not part.whole:
        _insist_anywhere(part, web, listener)
        _check(part, listener)
    return part.vouching


def fetched_bytes(file: RemoteFile, folder: Path) -> int:
    """How much of a file lies in a folder."""
    return _Part(file, folder).size


class _Part:
    """A file on its way, as it lies on the disk."""

    def __init__(self, file: RemoteFile, folder: Path) -> None:
        self.file = file
        self.path = folder / file.name
        self.part = folder / f"{file.name}.part"
        self._note_path = folder / f"{file.name}{_NOTE}"
        self.note = self._read_note()

    @property
    def whole(self) -> bool:
        """Whether it is complete and was found right."""
        return self.note is not None and self.note.whole and self.size == self.note.size

    @property
    def size(self) -> int:
        """Bytes that are here."""
        for path in (self.path, self.part):
            if path.exists():
                return path.stat().st_size
        return 0

    @property
    def sha256(self) -> str:
        """What its checksum must be; "" where nobody says."""
        return self.file.sha256 or (self.note.sha256 if self.note else "")

    @property
    def vouching(self) -> Vouching:
        """Who says what its checksum must be."""
        if self.file.sha256:
            return Vouching.KNOWN
        return Vouching.STATED if self.sha256 else Vouching.NOBODY

    def forget(self) -> None:
        """Let go of what is here."""
        for path in (self.path, self.part, self._note_path):
            path.unlink(missing_ok=True)
        self.note = None

    def keep_note(self, note: _Note) -> None:
        """Remember what the server said."""
        with replacing(self._note_path) as file:
            file.write(json.dumps(asdict(note)).encode())
        self.note = note

    def finish(self) -> None:
        """Give it its name: it is right."""
        assert self.note is not None
        note = self.note
        self.part.replace(self.path)
        self.keep_note(_Note(note.address, note.tag, note.size, note.sha256, whole=True))

    def _read_note(self) -> _Note | None:
        try:
            note = _Note(**json.loads(self._note_path.read_text("utf-8")))
        except (OSError, ValueError, TypeError, RecursionError):
            return None
        kinds = (type(note.tag), type(note.size), type(note.sha256), type(note.whole))
        fits = kinds == (str, int, str, bool) and note.address == self.file.address
        return note if fits else None


def _insist_anywhere(part: _Part, web: Web, listener: Listener) -> None:
    """Have all of it from one address, or the rest of it from the other."""
    file = part.file
    try:
        _insist(part, file.address, web, listener)
    except DownloadError as error:
        if not file.mirror:
            raise
        listener.waits(error.phrase, 0.0)
        _insist(part, file.mirror, web, listener)


def _insist(part: _Part, address: str, web: Web, listener: Listener) -> None:
    """Try until all has come, or until it seems of no use."""
    failures = 0
    while part.note is None or part.size < part.note.size:
        before = part.size
        try:
            _try(part, address, web, listener)
        except UnreachableError as error:
            if isinstance(error, ShrunkError):
                part.forget()
            failures = 1 if part.size > before else failures + 1
            if failures >= web.tries:
                raise DownloadError(_given_up(part, error, failures)) from error
            pause = web.wait_s(failures, error.wait_s)
            listener.waits(error.phrase, pause)
            time.sleep(pause)


def _try(part: _Part, address: str, web: Web, listener: Listener) -> None:
    """Ask for what is missing, and write what comes."""
    if part.note is None:
        part.forget()
    start = part.size
    answer = ask(web, address, start)
    with answer.body:
        note = _said(part.file, answer, start)
        if part.note is not None and (part.note.tag, part.note.size) != (note.tag, note.size):
            part.forget()
            if answer.status == 206:
                raise UnreachableError("The file on the server has changed; it is fetched anew.")
        part.keep_note(note)
        with part.part.open("ab") as file:
            if answer.status == 200:
                file.truncate(0)
            _write(answer.pieces(), file, note.size, listener)


def _write(pieces: Iterator[bytes], file: BinaryIO, size: int, listener: Listener) -> None:
    has = file.seek(0, os.SEEK_END)
    listener.has(has)
    for piece in pieces:
        file.write(piece[: size - has])
        file.flush()  # a kill then loses nothing that came
        has += len(piece)
        listener.has(min(has, size))
        if has >= size:
            break
    os.fsync(file.fileno())
    if has < size:
        raise UnreachableError(
            "The connection ended after {has} of {size} bytes.", has=has, size=size
        )


def _said(file: RemoteFile, answer: Answer, start: int) -> _Note:
    """What the server says about the file that it sends.

    Raises:
        UnreachableError: it contradicts itself.
        DownloadError: it says no length, or one that cannot be.
    """
    size = _length(answer, start)
    linked = answer.linked.get("X-Linked-Size")
    if linked is not None and linked != str(size):
        raise UnreachableError(
            "The server says two lengths, {linked} and {size} bytes.", linked=linked[:20], size=size
        )
    if size > file.size_bytes * _SLACK + _PIECE_BYTES:
        raise DownloadError(
            "The server says that {name} has {size} bytes, where about {size_bytes} are right. "
            "This is another file. Try another mirror (HF_ENDPOINT).",
            name=file.name,
            size=size,
            size_bytes=file.size_bytes,
        )
    tag = answer.linked.get("X-Linked-Etag") or answer.headers.get("ETag") or ""
    tag = tag.removeprefix("W/").strip('"')
    return _Note(file.address, tag, size, tag if _SHA256.fullmatch(tag) else "")


def _length(answer: Answer, start: int) -> int:
    """Bytes of the whole file."""
    if answer.status == 206:
        match = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
        if match is None or int(match[1]) != start:
            raise UnreachableError("The server sent another part of the file than was asked for.")
        return int(match[2])
    length = answer.headers.get("Content-Length", "")
    if not length.isdecimal() or len(length) > 15:
        raise DownloadError("The server does not say how long the file is. Try another mirror.")
    return int(length)


def _check(part: _Part, listener: Listener) -> None:
    """Compare the whole file with its checksum, and give it its name."""
    digest = sha256_of(part.part, listener.checks) if part.sha256 else ""
    if digest != part.sha256:
        wanted = part.sha256
        part.forget()
        raise DownloadError(
            "{name} arrived damaged: its checksum is {digest}… and not {wanted}…. It was "
            "removed; install again to fetch it anew.",
            name=part.file.name,
            digest=digest[:12],
            wanted=wanted[:12],
        )
    part.finish()


def sha256_of(path: Path, watch: Callable[[int], object]) -> str:
    """The checksum of a file, in lower-case digits; `watch` hears how many bytes were read.

    Raises:
        OSError: it cannot be read.
    """
    digest, done = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            digest.update(piece)
            done += len(piece)
            watch(done)
    return digest.hexdigest()


def _given_up(part: _Part, error: UnreachableError, failures: int) -> Phrase:
    return Phrase(
        "{name} cannot be fetched; {failures} tries in a row brought nothing. {error} The "
        "{size:.0f} MB that are here are kept. Try again later.",
        name=part.file.name,
        failures=failures,
        error=error.phrase,
        size=part.size / 1e6,
    )
