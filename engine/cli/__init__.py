"""The `jukebox` command: everything that needs no window."""

from engine.cli.main import More, main, run

__all__ = ["More", "main", "run"]
