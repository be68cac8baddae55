"""Compiled code is kept where it can be, and works where it cannot."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.steps import compiled

STREAMS = """
import sys, types

class Watched(types.ModuleType):
    def __setattr__(self, name, value):
        changed.append(name)
        super().__setattr__(name, value)

changed = []
sys.__class__ = Watched
from engine.steps.compiled import strict
assert strict(lambda number: 3 * number)(2) == 6
print([name for name in changed if name in ("stdout", "stderr")])
"""


def thrice(number):
    return 3 * number


def test_code_is_kept_in_the_folder_of_its_sources(tmp_path, monkeypatch):
    monkeypatch.setattr(compiled, "_FOLDER", tmp_path)

    function = compiled.kept_on_disk(thrice)

    assert function(2) == 6
    assert list(tmp_path.rglob("*thrice*"))


def test_where_nothing_can_be_kept_it_compiles_each_time(tmp_path, monkeypatch, warnings_logged):
    """A file in the folder's place is as good as no rights, and stops even an administrator."""
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(compiled, "_FOLDER", tmp_path / "file" / "folder")

    function = compiled.kept_on_disk(thrice)

    assert function(2) == 6
    assert "each start takes longer" in warnings_logged[0].getMessage()
    assert not list(Path(__file__).parent.rglob("*thrice*"))
    compiled.note_kept("thrice")
    assert not compiled.is_kept("thrice")


@pytest.mark.parametrize("asked", ["", "/elsewhere"])
def test_the_folder_is_the_one_asked_for_or_the_users(asked, user_home):
    folder = compiled._folder(asked)

    assert folder.is_relative_to(Path(asked) if asked else user_home)


def test_sources_elsewhere_or_written_anew_find_nothing_kept(tmp_path, monkeypatch):
    """As numba does: a mark that outlived its code had the process that samples compile it."""

    def folder(package):
        monkeypatch.setattr(compiled, "__file__", str(package / "compiled.py"))
        return compiled._folder("")

    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "compiled.py").write_text("")
        os.utime(tmp_path / name / "compiled.py", (1, 1))
    first, elsewhere = folder(tmp_path / "a"), folder(tmp_path / "b")
    os.utime(tmp_path / "a" / "compiled.py", (1, 2))
    anew = folder(tmp_path / "a")
    os.utime(tmp_path / "a" / "compiled.py", (1, 1))

    assert len({first, elsewhere, anew}) == 3
    assert folder(tmp_path / "a") == first


def test_compiling_leaves_the_standard_streams_alone():
    """Others may be writing to them meanwhile, on another thread. (Qt's plots bring colorama.)"""
    said = subprocess.run([sys.executable, "-c", STREAMS], capture_output=True, text=True)

    assert said.stdout == "[]\n", said.stdout[:300] + said.stderr
