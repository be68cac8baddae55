"""What is told of each model: whether it can be used, and what it needs."""

import pytest

from engine.catalog.store import ModelStore
from engine.installing.places import Places
from engine.installing.survey import State, survey
from tests.engine.catalog.model_folder import write_model
from tests.engine.installing.small_model import known_model, write_hub_folder


@pytest.fixture
def known(tmp_path):
    return known_model(write_hub_folder(tmp_path / "hub"))


def test_every_model_is_told_once_with_what_it_needs(tmp_path, known):
    write_model(tmp_path / "along", "given")
    write_model(tmp_path / "mine", "own")
    broken = write_model(tmp_path / "mine", "broken")
    (broken / "model.safetensors").unlink()
    (tmp_path / "mine" / ".incoming" / "other" / "model").mkdir(parents=True)
    store = ModelStore([tmp_path / "along", tmp_path / "mine"])

    result = survey(Places(tmp_path / "mine", store), (known,))

    states = [(each.name, each.state, each.ours) for each in result.models]
    assert states == [
        ("given", State.INSTALLED, False),
        ("own", State.INSTALLED, True),
        ("broken", State.DAMAGED, True),
        ("small", State.AVAILABLE, True),
        ("other", State.BEGUN, True),
    ]
    assert "model.safetensors is missing" in result.models[2].problem
    small = result.models[3]
    assert small.missing_bytes == known.download_bytes + known.installed_bytes
    assert result.free_bytes > 0 and result.root == tmp_path / "mine"


def test_what_was_fetched_counts(tmp_path, known):
    places = Places(tmp_path / "mine", ModelStore([tmp_path / "mine"]))
    folder = places.downloads("small")
    folder.mkdir(parents=True)
    (folder / f"{known.files[0].name}.part").write_bytes(b"12345")

    (small,) = survey(places, (known,)).models

    assert (small.state, small.fetched_bytes) == (State.BEGUN, 5)
    assert small.missing_bytes == known.download_bytes + known.installed_bytes - 5


def test_no_folder_is_no_problem(tmp_path, known):
    places = Places(tmp_path / "not" / "there", ModelStore([tmp_path / "not" / "there"]))

    assert [each.state for each in survey(places, (known,)).models] == [State.AVAILABLE]
    assert not (tmp_path / "not").exists()
