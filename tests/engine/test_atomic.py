import errno
import os
import signal
import subprocess
import sys

import pytest

from engine.atomic import ensure_writable, replacing, told

KILLED_WHILE_WRITING = """
import sys, time
from pathlib import Path
from engine.atomic import replacing
with replacing(Path(sys.argv[1])) as file:
    file.write(b"half")
    file.flush()
    print("writing", flush=True)
    time.sleep(60)
"""


def test_the_file_appears_with_all_its_bytes_and_nothing_beside_it(tmp_path):
    with replacing(tmp_path / "a.bin") as file:
        file.write(b"all of it")
        assert not (tmp_path / "a.bin").exists()

    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a.bin", b"all of it")]


@pytest.mark.parametrize("interruption", [RuntimeError, KeyboardInterrupt, OSError])
def test_a_failed_write_keeps_what_was_there(tmp_path, interruption):
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")

    with pytest.raises(interruption), replacing(path) as file:
        file.write(b"new")
        raise interruption

    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a.bin", b"old")]


def test_a_killed_write_leaves_nothing_after_the_next_one(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    command = [sys.executable, "-c", KILLED_WHILE_WRITING, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"writing\n"
        assert len(list(tmp_path.iterdir())) == 2
        process.send_signal(signal.SIGKILL)
    assert path.read_bytes() == b"old"

    with replacing(path) as file:
        file.write(b"new")

    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a.bin", b"new")]


def test_two_writers_do_not_clear_each_others_parts(tmp_path):
    with replacing(tmp_path / "a.bin") as one, replacing(tmp_path / "b.bin") as other:
        one.write(b"1")
        other.write(b"2")

    assert (tmp_path / "a.bin").read_bytes() + (tmp_path / "b.bin").read_bytes() == b"12"


def test_links_and_permissions_stay(tmp_path):
    target, link = tmp_path / "target.bin", tmp_path / "link.bin"
    target.write_bytes(b"old")
    target.chmod(0o640)
    link.symlink_to(target)

    with replacing(link) as file:
        file.write(b"new")

    assert link.is_symlink() and target.read_bytes() == b"new"
    assert target.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    ("place", "words"),
    [("", "it is a folder"), ("none/a.bin", "Make the folder first"),
     ("file/a.bin", "is a file"), ("x" * 300, "name is too long"), ("pipe", "no plain file")],
)  # fmt: skip
def test_impossible_places_are_told_in_words(tmp_path, place, words):
    (tmp_path / "file").write_bytes(b"")
    os.mkfifo(tmp_path / "pipe")
    path = tmp_path / place

    with pytest.raises(OSError) as early:
        ensure_writable(path)
    with pytest.raises(OSError) as late, replacing(path):
        pass

    assert words in told(early.value, path)
    assert words in told(late.value, path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "pipe"]


def test_a_disk_that_is_too_small_is_told_before_the_work(tmp_path):
    ensure_writable(tmp_path / "a.bin", 1)

    with pytest.raises(OSError) as caught:
        ensure_writable(tmp_path / "a.bin", 2**60)

    assert caught.value.errno == errno.ENOSPC
    assert "disk is full" in told(caught.value, tmp_path / "a.bin")
    assert not list(tmp_path.iterdir())


def test_an_unforeseen_refusal_is_told_in_the_systems_words(tmp_path):
    assert "Input/output error" in told(OSError(errno.EIO, "Input/output error"), tmp_path)
