"""The `jukebox` command: everything that needs no window."""

from engine.cli.main import main, run

__all__ = ["main", "run"]
