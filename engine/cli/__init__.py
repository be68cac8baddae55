"""The `jukebox` command: everything that needs no window."""

from engine.cli.main import main

__all__ = ["main"]
