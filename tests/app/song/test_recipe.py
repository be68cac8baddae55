from __future__ import annotations

import json
from dataclasses import replace

from app.song.recipe import licence_notice, recipe, source_type
from app.song.song import Origin
from tests.app.kit import SPEC, take

SUNG = take("b", 0, 4)
RECORDED = replace(take("a", 0, 4), origin=Origin.IMPORTED, settings=None)


def test_a_recipe_holds_model_words_and_seed_of_every_step() -> None:
    told = json.loads(recipe((RECORDED, SUNG), SPEC))

    assert told["model"]["id"] == SPEC.id
    assert [step["origin"] for step in told["takes"]] == ["imported", "generated"]
    assert told["takes"][1]["settings"]["seed"] == 5
    assert told["takes"][1]["prompt"]["lyrics"] == SUNG.prompt.lyrics


def test_a_recording_as_it_was_bears_no_mark_of_a_model() -> None:
    assert source_type((RECORDED,)) == ""
    assert licence_notice((RECORDED,), SPEC) == ""


def test_what_a_model_made_is_marked_alone_and_mixed() -> None:
    assert source_type((SUNG,)) == "trainedAlgorithmicMedia"
    assert source_type((RECORDED, SUNG)) == "compositeWithTrainedAlgorithmicMedia"
    assert SPEC.licence in licence_notice((RECORDED, SUNG), SPEC)
