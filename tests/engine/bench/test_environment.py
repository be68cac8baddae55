"""The other library's environment is made once, and a refusal says why."""

import sys

import pytest

from engine.bench.children import BenchmarkError
from engine.bench.environment import peer_python


def test_without_a_source_of_packages_it_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    said = []

    with pytest.raises(BenchmarkError, match=r"transformers==4\.40\.2"):
        peer_python(said.append, tmp_path / "peer")

    assert len(said) == 1
    with pytest.raises(BenchmarkError):
        peer_python(said.append, tmp_path / "peer")
    assert len(said) == 2


def test_no_room_for_it_is_told(tmp_path):
    taken = tmp_path / "file"
    taken.write_text("")

    with pytest.raises(BenchmarkError, match="cannot be made"):
        peer_python(lambda words: None, taken / "peer")


@pytest.mark.skipif(sys.platform == "win32", reason="environments are laid out differently")
def test_one_that_is_complete_is_used_as_it_is(tmp_path, monkeypatch):
    from engine.bench import environment

    (tmp_path / "complete").write_text("\n".join(environment._requirements()))

    assert peer_python(lambda words: pytest.fail(words), tmp_path) == tmp_path / "bin" / "python"
