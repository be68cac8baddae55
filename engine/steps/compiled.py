"""How the functions of the fused body are compiled, and where the result is kept.

Compiling takes seconds, so what comes out is kept in the user's cache folder, under the place and
state of the sources it came from: numba finds it again for no others, and neither do our marks.
Where nothing can be kept there, each process compiles anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
import numba
from numba import config, njit
from platformdirs import user_cache_path

_config: Any = config  # Its settings are known when it runs.

log = logging.getLogger(__name__)

OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}
"""Of every function. None counts references: arrays are held by whoever calls, and counting takes
a fifth of the time. (Any: numba's options are of many types.)"""

strict = njit(**OPTIONS)
"""Compiled as written."""
fused = njit(fastmath={"contract"}, **OPTIONS)
"""Compiled with a product and a sum as one operation, where there is one."""
loose = njit(fastmath={"contract", "reassoc", "nsz"}, **OPTIONS)
"""Compiled with sums in any order. Infinities and NaN stay what they are."""


def _folder(asked: str) -> Path:
    """The one that `NUMBA_CACHE_DIR` asks for or the user's; in it one for sources and machine."""
    base = Path(asked) if asked else user_cache_path("jukebox-studio", appauthor=False) / "compiled"
    sources = sorted(Path(__file__).parent.glob("*.py"))
    parts = [source.read_bytes() for source in sources]
    stamps = [f"{source.resolve()} {source.stat().st_mtime_ns}" for source in sources]
    parts += [part.encode() for part in (*stamps, numba.__version__, machine())]
    return base / hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


def machine() -> str:
    """What code is compiled for: the processor's name and what it can do."""
    name = _config.CPU_NAME or str(llvm.get_host_cpu_name())
    return f"{name} {_config.CPU_FEATURES or str(llvm.get_host_cpu_features().flatten())}"


_FOLDER = _folder(_config.CACHE_DIR)


def kept_on_disk(function: Callable[..., Any]) -> Any:
    """A function compiled when it is first called, or read from disk if it was before.

    It and all that it calls must lie in this package: the folder is named by its sources.
    """
    before = _config.CACHE_DIR
    try:
        _FOLDER.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=_FOLDER).close()
        _config.CACHE_DIR = str(_FOLDER)
        return njit(cache=True, **OPTIONS)(function)
    except (OSError, RuntimeError) as error:
        log.warning("compiled code cannot be kept, so each start takes longer: %s", error)
        return strict(function)
    finally:
        _config.CACHE_DIR = before


def is_kept(name: str) -> bool:
    """Whether code of a name was noted as kept on disk."""
    return (_FOLDER / name).exists()


def note_kept(name: str) -> None:
    """Note it, where anything can be kept."""
    with contextlib.suppress(OSError):
        (_FOLDER / name).touch()
