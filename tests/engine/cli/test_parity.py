"""`jukebox parity` says case by case what agrees, and its status says whether all does."""

import json
import shutil
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file

from engine.cli.main import main

OWN = Path(__file__).parents[2] / "data" / "golden"


def test_every_result_has_a_line_with_error_and_tolerance(capsys):
    status = main(["parity", str(OWN), "--only", "A_vqvae/*"])

    *lines, last = capsys.readouterr().out.splitlines()
    assert status == 0
    assert all(line.startswith("ok   A_vqvae/") and "tolerance" in line for line in lines)
    assert last == f"{len(lines)} of {len(lines)} results agree."


def test_a_miss_is_told_and_gives_status_1(tmp_path, capsys):
    folder = shutil.copytree(OWN / "A_vqvae", tmp_path / "A_vqvae")
    data = load_file(folder / "io.safetensors")
    data["encode.z_l0"][0, 0] += 1
    save_file(data, folder / "io.safetensors")

    status = main(["parity", str(tmp_path), "--json", "--only", "*encode"])

    *lines, last = map(json.loads, capsys.readouterr().out.splitlines())
    assert status == 1
    assert [line["case"] for line in lines if not line["passed"]] == ["A_vqvae/encode: encode.z_l0"]
    assert last == {"passed": len(lines) - 1, "missed": 1}


@pytest.mark.parametrize("options", [["--only", "nothing"], []])
def test_a_folder_without_cases_is_a_mistake(tmp_path, capsys, options):
    assert main(["parity", str(tmp_path if not options else OWN), *options]) == 2
    assert "holds no golden cases" in capsys.readouterr().err


def test_a_missing_folder_is_a_mistake(tmp_path, capsys):
    assert main(["parity", str(tmp_path / "none")]) == 2
    assert "no folder" in capsys.readouterr().err


def test_a_model_s_own_weights_are_checked_by_recipe(capsys):
    status = main(["parity", "--installed", "pocket", "--only", "*BOTTOM*"])

    said = capsys.readouterr()
    assert status == 0
    assert said.out.startswith("ok   recipe for the BOTTOM prior: logits")
    assert said.err == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Name a folder of golden data, or a model"),
        (["x", "--installed", "pocket"], "or a model"),
        (["--installed", "5b"], "is installed"),
    ],
)
def test_one_thing_to_compare_must_be_named(capsys, arguments, words):
    assert main(["parity", *arguments]) == 2
    assert words in capsys.readouterr().err
