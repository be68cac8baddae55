"""Every limit counts: the machine's, those of control groups of both versions, the process's."""

import subprocess
import sys

import psutil
import pytest

from engine.runtime.memory import free_ram, left_in_groups

MB = 2**20
NAMES = {
    "v1": ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    "v2": ("memory.max", "memory.current", "inactive_file"),
}


def group(folder, version, limit, used, of_files=0):
    folder.mkdir(parents=True, exist_ok=True)
    limit_file, usage_file, row = NAMES[version]
    (folder / limit_file).write_text(f"{limit}\n")
    (folder / usage_file).write_text(f"{used}\n")
    (folder / "memory.stat").write_text(f"cache 7\n{row} {of_files}\n")


def left(tmp_path, membership):
    (tmp_path / "self").write_text(membership)
    return list(left_in_groups(tmp_path / "groups", tmp_path / "self"))


@pytest.mark.parametrize(
    ("version", "root", "line"),
    [
        ("v2", "groups", "0::/app.slice/jukebox.scope"),
        ("v1", "groups/memory", "4:memory:/app.slice/jukebox.scope"),
        ("v1", "groups/memory", "4:cpu,memory:/app.slice/jukebox.scope"),
    ],
)
def test_a_group_and_those_around_it_limit(tmp_path, version, root, line):
    group(tmp_path / root / "app.slice/jukebox.scope", version, 900 * MB, 300 * MB, 50 * MB)
    group(tmp_path / root / "app.slice", version, 500 * MB, 400 * MB)

    assert sorted(left(tmp_path, f"9:name=systemd:/\n{line}\n1:cpu:/\n")) == [100 * MB, 650 * MB]


def test_in_a_container_the_root_of_the_groups_limits(tmp_path):
    group(tmp_path / "groups", "v2", 100 * MB, 30 * MB)

    assert left(tmp_path, "0::/docker/0123abcd") == [70 * MB]


@pytest.mark.parametrize("limit", ["max", "", "-"])
def test_groups_without_a_limit_have_no_say(tmp_path, limit):
    group(tmp_path / "groups", "v2", limit, 30 * MB)

    assert left(tmp_path, "0::/") == []


def test_systems_without_groups_have_no_say(tmp_path):
    assert list(left_in_groups(tmp_path, tmp_path / "none")) == []


def test_no_more_is_free_than_the_machine_has_available():
    assert 0 < free_ram() <= psutil.virtual_memory().available + 256 * MB


@pytest.mark.skipif(sys.platform != "linux", reason="limits of this kind are Linux's")
def test_a_limit_of_the_process_counts():
    script = (
        "import resource, psutil; from engine.runtime.memory import free_ram\n"
        f"limit = psutil.Process().memory_info().vms + {64 * MB}\n"
        "resource.setrlimit(resource.RLIMIT_AS, (limit, limit)); print(free_ram())"
    )

    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)

    assert 0 < int(answer.stdout) <= 64 * MB
