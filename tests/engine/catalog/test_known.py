"""The table of models is whole and safe: plain names, addresses of the hub or of OpenAI."""

import re
from urllib.parse import urljoin, urlsplit

import pytest

from engine.catalog.known import KNOWN_MODELS, NAMES
from engine.catalog.released import RELEASED, released_config
from engine.catalog.web import HUB

HOSTS = {
    "huggingface.co",
    "openaipublic.blob.core.windows.net",
    "openaipublic.azureedge.net",
}


def test_every_released_model_is_known_by_our_own_architecture():
    assert {known.id: known.config for known in KNOWN_MODELS} == {
        name: released_config(name) for name in RELEASED
    }


@pytest.mark.parametrize("known", KNOWN_MODELS, ids=lambda known: known.id)
def test_files_have_plain_names_and_safe_addresses(known):
    for file in known.files:
        assert re.fullmatch(r"[\w.-]+", file.name) and ".." not in file.name
        for address in filter(None, (file.address, file.mirror)):
            url = urlsplit(urljoin(f"{HUB}/", address))
            assert (url.scheme, url.hostname in HOSTS) == ("https", True)
            assert url.path.endswith(f"/{file.name}")
    assert len({file.name for file in known.files}) == len(known.files)
    assert set(NAMES) < {file.name for file in known.files}


@pytest.mark.parametrize("known", KNOWN_MODELS, ids=lambda known: known.id)
def test_small_files_come_first_so_that_refusals_come_early(known):
    sizes = [file.size_bytes for file in known.files[: len(NAMES)]]

    assert max(sizes) <= min(file.size_bytes for file in known.files[len(NAMES) :])


@pytest.mark.parametrize("known", KNOWN_MODELS, ids=lambda known: known.id)
def test_the_licence_says_what_may_not_be_done(known):
    words = " ".join(known.licence.points)

    assert "non-commercial" in words and "music made with them" in words
    assert known.licence.address.startswith("https://github.com/openai/")
