"""Reads files of strangers in a process of its own, with little memory, and says what came of each.

    python -m tests.engine.catalog.tasting FOLDER

Below FOLDER each folder is one thing to taste, read by what is in it. One line of JSON on standard
output: for each by name "read", or the sentence it was refused with; what else happens is a crash.
"""

from __future__ import annotations

import json
import random
import resource
import sys
from collections.abc import Iterator
from pathlib import Path

from engine.catalog import weights
from engine.catalog.hub import load_config
from engine.catalog.store import open_model
from engine.errors import EngineError
from engine.runtime.local import LocalEngine
from engine.types import Level

ROOM_BYTES = 700 * 2**20
"""Memory beyond what the libraries take; the largest honest file here has one megabyte."""

MUTATIONS = 40


def taste(folder: Path) -> str:
    """Read all that is in a folder, as the program would."""
    try:
        for checkpoint in folder.glob("*.pth.tar"):
            weights.read_openai_checkpoint(checkpoint)
        if any(folder.glob("model.*")) or any(folder.glob("pytorch_model.*")):
            for part in ("vqvae", *Level):
                weights.read_folder_state(folder, part)
        if (folder / "config.json").is_file():
            load_config(folder)
        if (folder / "studio.json").is_file():
            open_model(folder)
            return _prepared(folder)
    except EngineError as error:
        return str(error)
    return "read"


def _prepared(folder: Path) -> str:
    from engine.api import CancelToken, Failed, PrepareTask
    from engine.types import ModelId

    engine = LocalEngine([str(folder.parent)], "cpu")
    last = list(engine.run(PrepareTask(ModelId(folder.name)), CancelToken()))[-1]
    engine.close()
    return last.problem.message if isinstance(last, Failed) else "read"


def mutated(content: bytes, seed: int) -> Iterator[bytes]:
    """Cut short and with bits turned, most of them in the head, where the sense is."""
    rng = random.Random(seed)
    for number in range(MUTATIONS):
        if number % 3 == 0:
            yield content[: rng.randrange(len(content))]
            continue
        changed = bytearray(content)
        for _ in range(rng.choice((1, 1, 1, 8, 64))):
            end = len(changed) if rng.random() < 0.4 else min(2000, len(changed))
            changed[rng.randrange(end)] ^= 1 << rng.randrange(8)
        yield bytes(changed)


def main() -> None:
    """Taste everything, and every file of “honest” in many damaged forms."""
    resource.setrlimit(resource.RLIMIT_AS, (_held() + ROOM_BYTES,) * 2)
    root, outcomes = Path(sys.argv[1]), dict[str, str]()
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        outcomes[folder.name] = taste(folder)
        if not folder.name.startswith("honest"):
            continue
        for file in sorted(folder.iterdir()):
            content = file.read_bytes()
            for number, damaged in enumerate(mutated(content, len(content))):
                file.write_bytes(damaged)
                outcomes[f"{folder.name}/{file.name}/{number}"] = taste(folder)
            file.write_bytes(content)
    print(json.dumps(outcomes))


def _held() -> int:
    """Bytes of address space in use."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()


if __name__ == "__main__":
    main()
