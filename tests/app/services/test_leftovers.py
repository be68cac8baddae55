"""Songs that are left behind belong to one program at a time, however many look for them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import numpy as np
import pytest

from app.services.leftovers import adopted, adopted_for, leftovers, newest
from app.services.songs import SongFile, new_path
from app.song.errors import SongFileError
from engine.types import Level
from tests.app.kit import codes_like, song, take

ROOT = take("a", 0, 4)
SONG = song(ROOT)
ROUNDS = 40
PROGRAM = """
import sys
from pathlib import Path
from app.services.leftovers import adopted, newest

mine = []
for line in sys.stdin:
    left = newest(Path(line.strip()))
    file = None if left is None else adopted(left.path)
    mine.append(file)
    print("none" if file is None else file.path.name, flush=True)
"""


class Program:
    """Another program, which takes up what is left in the folders that it is told of."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None and process.stdout is not None
        self._process, self._asked, self._answers = process, process.stdin, process.stdout

    def start(self, folder: Path) -> None:
        self._asked.write(f"{folder}\n")
        self._asked.flush()

    def took(self) -> str:
        """The name of what it has taken up, or "none"."""
        return self._answers.readline().strip()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


@pytest.fixture
def programs() -> Iterator[tuple[Program, ...]]:
    """Two of them."""
    with ExitStack() as stack:
        processes = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", PROGRAM],
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                    cwd=Path(__file__).parents[3],
                )
            )
            for _ in range(2)
        ]  # fmt: skip
        yield tuple(map(Program, processes))
        for process in processes:
            process.kill()


def left_in(folder: Path, original: Path | None = None) -> Path:
    """A working copy that nobody has."""
    file = SongFile.create(new_path(folder), SONG)
    file.append_codes(ROOT.id, Level.TOP, 0, codes_like(0, 4, Level.TOP))
    file.remember_path(original)
    file.close()
    return file.path


def test_of_two_programs_that_start_at_once_one_gets_what_was_left(
    programs: tuple[Program, ...], tmp_path: Path
) -> None:
    paths = [left_in(tmp_path / str(number)) for number in range(ROUNDS)]
    for path in paths:
        for program in programs:
            program.start(path.parent)
        assert sorted(program.took() for program in programs) == sorted([path.name, "none"])
        assert leftovers(path.parent) == []
        assert [each.name for each in path.parent.glob("*.damaged")] == []

    for program in programs:
        program.kill()
    for path in paths:
        file = adopted(path)
        assert file is not None
        with closing(file):
            (piece,) = file.codes()
        assert np.array_equal(piece.data, codes_like(0, 4, Level.TOP))


def test_a_copy_that_another_program_works_on_is_left_alone(
    programs: tuple[Program, ...], tmp_path: Path
) -> None:
    path = left_in(tmp_path, tmp_path / "tune.jukebox")
    programs[0].start(tmp_path)
    assert programs[0].took() == path.name

    assert leftovers(tmp_path) == [] and newest(tmp_path) is None
    assert adopted(path) is None and adopted_for(tmp_path, tmp_path / "tune.jukebox") is None
    with pytest.raises(SongFileError, match="open in another window"):
        SongFile(path)

    programs[0].kill()
    assert leftovers(tmp_path) == [path]
    file = adopted_for(tmp_path, tmp_path / "tune.jukebox")
    assert file is not None
    file.delete()
    assert list(tmp_path.iterdir()) == []


def test_what_is_gone_is_nobody_s(tmp_path: Path) -> None:
    assert adopted(tmp_path / "none.jukebox") is None
    assert list(tmp_path.iterdir()) == []
