"""What a command says, kept apart from all that anybody else says in this process."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable


def captured(command: Callable[[], int]) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of a command."""
    out, err = _stream(), _stream()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = command()
    return status, _text(out), _text(err)


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)


def _text(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()
