from __future__ import annotations

from PySide6.QtCore import QDir, QFile, QIODevice

from app.ui import resource_files


def content(path: str) -> bytes:
    file = QFile(path)
    assert file.open(QIODevice.OpenModeFlag.ReadOnly), path
    return file.readAll().data()


def test_files_are_found_by_name_with_what_is_in_them() -> None:
    files = {f"{letter}-{'x' * n}.txt": letter.encode() * n for n, letter in enumerate("ghäab")}
    folder = resource_files.offer("some", files)
    other = resource_files.offer("other", {"a.txt": b"another"})

    assert {name: content(f"{folder}/{name}") for name in files} == files
    assert content(f"{other}/a.txt") == b"another"
    assert sorted(QDir(folder).entryList()) == sorted(files)
    assert not QFile.exists(f"{folder}/none.txt")
