import pytest

from engine.catalog.rules import alphabet_of, vocabulary_of
from engine.catalog.specs import LabelVersion


@pytest.mark.parametrize(("version", "characters"), [(LabelVersion.V2, 80), (LabelVersion.V3, 79)])
def test_each_version_reads_its_own_alphabet(version, characters):
    assert alphabet_of(version).size == characters


@pytest.mark.parametrize(
    ("version", "genres"), [(LabelVersion.V2, (2, 1)), (LabelVersion.V3, (3, -1))]
)
def test_each_version_reads_a_genre_in_its_own_way(version, genres):
    names = vocabulary_of(version, {}, {"rock": 1, "blues": 2, "blues rock": 3})

    assert names.genre_ids(["Blues Rock"], 2) == genres
