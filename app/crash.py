"""What happens when something happens that nobody foresaw: it is written down, work goes on.

Knows the log file. Knows nothing of songs; those are safe on disk at any moment.
"""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

log = logging.getLogger(__name__)

LOG_BYTES = 2**20
FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def install(folder: Path, tell: Callable[[str], None]) -> Path:
    """Log to a file in `folder`, native crashes too; hand unforeseen errors to `tell`.

    Returns:
        The log file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "studio.log"
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    for handler in (
        RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=2, encoding="utf-8"),
        logging.StreamHandler(),
    ):
        handler.setFormatter(logging.Formatter(FORMAT))
        root.addHandler(handler)
    faulthandler.enable((folder / "crash.log").open("a", encoding="utf-8"))
    sys.excepthook = lambda kind, error, trace: _note(error, trace, tell)
    threading.excepthook = lambda event: _note(event.exc_value, event.exc_traceback, tell)
    return path


def _note(
    error: BaseException | None, trace: TracebackType | None, tell: Callable[[str], None]
) -> None:
    if isinstance(error, KeyboardInterrupt):
        sys.exit(130)
    log.error("unforeseen error", exc_info=(type(error), error, trace) if error else None)
    tell(f"{type(error).__name__}: {error}")
