"""The table of the released models. That it equals the release is a golden case."""

import pytest

from engine.catalog.configs import from_json, to_json
from engine.catalog.released import RELEASED, released_config
from engine.errors import ModelMissingError
from engine.types import Level


@pytest.mark.parametrize("name", RELEASED)
def test_parts_of_a_released_model_belong_together(name):
    config = released_config(name)

    assert from_json(to_json(config)) == config
    assert [prior.level for prior in config.priors] == list(Level)
    assert [prior.hop for prior in config.priors] == [8, 32, 128]
    assert all(prior.context % prior.transformer.blocks == 0 for prior in config.priors)
    assert [prior.conditioner is None for prior in config.priors] == [False, False, True]


def test_a_model_that_was_never_released_is_told():
    with pytest.raises(ModelMissingError, match="1b_lyrics, 5b, 5b_lyrics"):
        released_config("7b")
