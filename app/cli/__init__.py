"""The `jukebox` command with songs: what the engine's has, and commands that work on song files."""

from app.cli.main import main, run

__all__ = ["main", "run"]
