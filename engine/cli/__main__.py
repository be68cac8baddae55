"""`python -m engine.cli` is the `jukebox` command."""

from engine.cli import run

run()
