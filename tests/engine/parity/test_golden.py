"""The engine gives what was recorded: of the original where that stands by, of its own everywhere.

Of the original's many runs of one kind some are left out here; `jukebox parity` runs them all.
"""

import json
import shutil
from fnmatch import fnmatch
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file

from engine.parity.golden import cases, checked

OWN = Path(__file__).parents[2] / "data" / "golden"
ORIGINAL = Path(__file__).parents[4] / "shared" / "golden" / "open"
LEFT_OUT = (
    "5b_lyrics.primed/*",
    "5b_lyrics.continue/*",
    "1b_lyrics.upsample/*",
    "5b.*/item [12]",
    "5b_lyrics.*/item [02]",
    "1b_lyrics.*/item [12]",
    "sampling/primed.P?",
    "sampling/primed.P?? in chunks",
    "sampling/seeded.*.P*",
)


def folders(root):
    return sorted(path.name for path in root.iterdir() if path.is_dir()) if root.is_dir() else []


@pytest.mark.parametrize("name", folders(OWN))
def test_a_recorded_engine_and_this_one_agree(name):
    checks = [check for case in cases(OWN / name) for check in checked(case)]

    assert checks
    assert [check for check in checks if not check.passed] == []


@pytest.mark.skipif(not ORIGINAL.is_dir(), reason="the original's results are not at hand")
@pytest.mark.parametrize("name", folders(ORIGINAL))
def test_the_original_and_this_engine_agree(name):
    every = cases(ORIGINAL / name)
    chosen = [case for case in every if not any(fnmatch(case.name, p) for p in LEFT_OUT)]

    checks = [check for case in chosen for check in checked(case)]

    assert checks
    assert [check for check in checks if not check.passed] == []


def test_a_result_that_differs_is_missed(tmp_path):
    """One code of one run is changed: every body that draws it notices, and nothing else."""
    folder = shutil.copytree(OWN / "B_level_0", tmp_path / "B_level_0")
    shutil.copytree(OWN / "A_vqvae", tmp_path / "A_vqvae")
    runs = load_file(folder / "sampling.safetensors")
    runs["scratch.tokens"][0, 3] += 1
    save_file(runs, folder / "sampling.safetensors")

    checks = [check for case in cases(folder) for check in checked(case)]

    assert [(c.name, c.error) for c in checks if not c.passed] == [
        ("sampling/scratch: scratch.tokens", 1),
        ("sampling/by the compiled step: 3 greedy runs", 1),
    ]


def test_weights_that_differ_are_missed(tmp_path):
    folder = shutil.copytree(OWN / "A_vqvae", tmp_path / "A_vqvae")
    data = load_file(folder / "io.safetensors")
    data["decode.x_from_l1"] *= 1.001
    save_file(data, folder / "io.safetensors")

    missed = [c.name for case in cases(folder) for c in checked(case) if not c.passed]

    assert missed == ["decode: decode.x_from_l1"]


@pytest.mark.parametrize(
    ("file", "content"), [("meta.json", b"{"), ("config.json", b"{}"), ("io.safetensors", b"no")]
)
def test_a_case_that_cannot_run_is_missed_and_the_others_go_on(tmp_path, file, content):
    shutil.copytree(OWN / "A_vqvae", tmp_path / "A_vqvae")
    folder = shutil.copytree(OWN / "B_level_0", tmp_path / "B_level_0")
    shutil.copytree(OWN / "B_level_1", tmp_path / "B_level_1")
    (folder / file).write_bytes(content)

    checks = [check for case in cases(tmp_path) for check in checked(case)]

    missed = {check.name.split("/")[0] for check in checks if not check.passed}
    assert missed == {"B_level_0"}
    assert any(check.name.startswith("B_level_1") for check in checks)


def test_recordings_stay_small():
    assert sum(path.stat().st_size for path in OWN.rglob("*")) < 1.5e6


@pytest.mark.parametrize(
    ("lost", "told"),
    [
        ("B_level_0/io.safetensors", "io.safetensors"),
        ("B_level_0/sampling.safetensors", "sampling.safetensors"),
        ("B_level_0/prior_level_0.pth.tar", "no checkpoint prior_level_*.pth.tar"),
        ("B_level_0/meta.json", "meta.json"),
        ("A_vqvae/vqvae.pth.tar", "vqvae.pth.tar"),
        ("A_vqvae/io.safetensors", "io.safetensors"),
        ("D_runs/single.partial.safetensors", "single.partial.safetensors"),
        ("G_laws/filter_logits.safetensors", "filter_logits.safetensors"),
    ],
)
def test_a_file_that_is_lost_is_missed_by_its_name(tmp_path, lost, told):
    part = lost.split("/")[0]
    for name in {part, "A_vqvae", "B_level_0", "B_level_1", "C_top_single"}:
        shutil.copytree(OWN / name, tmp_path / name)
    (tmp_path / lost).unlink()

    missed = [c for case in cases(tmp_path / part) for c in checked(case) if not c.passed]

    assert missed
    assert any(told in check.note for check in missed)


def test_what_a_folder_s_own_list_names_must_be_there(tmp_path):
    shutil.copytree(OWN / "A_vqvae", tmp_path / "A_vqvae")
    sizes = {f"A_vqvae/{path.name}": path.stat().st_size for path in OWN.glob("A_vqvae/*")}
    more = {"README.md": 5, "Z_left_out/io.safetensors": 7, "A_vqvae/lost.json": 3}
    listed = {name: {"bytes": size} for name, size in (sizes | more).items()}
    (tmp_path / "manifest.json").write_text(json.dumps(listed))
    with (tmp_path / "A_vqvae" / "meta.json").open("ab") as file:
        file.write(b" ")

    (check,) = [c for case in cases(tmp_path) for c in checked(case) if "as listed" in c.name]

    assert check.error == 2
    assert "A_vqvae/lost.json is missing" in check.note
    assert f"meta.json has {sizes['A_vqvae/meta.json'] + 1} bytes" in check.note
