"""`python -m engine.cli` is the `jukebox` command."""

import sys

from engine.cli import main

sys.exit(main())
