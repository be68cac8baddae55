"""Another program that looks at the clipboard, and ends once it holds something of a MIME type.

It is a program of its own, so that what was copied crosses from one process to another.
"""

from __future__ import annotations

import subprocess
import sys

from PySide6.QtGui import QGuiApplication

from tests.journeys.desktop import Desktop


def wait_for_copy(screen: Desktop, kind: str) -> None:
    """Wait until something of a MIME type was copied.

    Raises:
        subprocess.TimeoutExpired: nothing was for a minute.
    """
    command = [sys.executable, "-m", "tests.journeys.paster", kind]
    subprocess.run(command, env=screen.environment, check=True, timeout=60)


def main(kind: str) -> int:
    """The program."""
    application = QGuiApplication(["paster"])
    clipboard = application.clipboard()
    if clipboard.mimeData().hasFormat(kind):
        return 0
    clipboard.dataChanged.connect(
        lambda: application.quit() if clipboard.mimeData().hasFormat(kind) else None
    )
    return application.exec()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
