"""Models that others released, for which this program was made. Plain facts, nothing is loaded.

Where their files lie, how large they are, and what they are: the architecture is ours to say, since
some of the hub's own descriptions are wrong. The release without lyrics is not on the hub; its
weights come from OpenAI's own server, and its names from its sister's place on the hub.

Source: jukebox specification 1.1 to 1.5, 7.1 and 8.1 (H8); sizes as published.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.catalog.download import RemoteFile
from engine.catalog.licences import OPENAI_JUKEBOX, Licence
from engine.catalog.released import released_config
from engine.catalog.specs import ModelConfig
from engine.types import ModelId

NAMES = ("artists.json", "genres.json", "lyrics.json")
"""Files with the names and characters that a model knows, as the hub calls them."""

_OPENAI = "https://openaipublic.blob.core.windows.net/jukebox/models"
_OPENAI_MIRROR = "https://openaipublic.azureedge.net/jukebox/models"
_INDEX = "pytorch_model.bin.index.json"
_SMALL_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model that exists, installed or not.

    Attributes:
        files: what is fetched, small files first.
        installed_bytes: about, once it is installed.
        home: a page for people, where its files and names can be had.
    """

    id: ModelId
    title: str
    licence: Licence
    config: ModelConfig
    files: tuple[RemoteFile, ...]
    installed_bytes: int
    home: str

    @property
    def download_bytes(self) -> int:
        """About what has to be fetched."""
        return sum(file.size_bytes for file in self.files)


def _on_hub(repository: str, shard_bytes: tuple[int, ...]) -> tuple[RemoteFile, ...]:
    """Names and weights of a place on the hub, in shards of these sizes."""
    count = len(shard_bytes)
    shards = {
        f"pytorch_model-{number:05}-of-{count:05}.bin": size
        for number, size in enumerate(shard_bytes, 1)
    }
    index = (_INDEX,) if shards else ()
    files = dict.fromkeys((*NAMES, *index), _SMALL_BYTES) | shards
    return tuple(
        RemoteFile(name, f"{repository}/resolve/main/{name}", size) for name, size in files.items()
    )


def _at_openai(folder: str, sizes: dict[str, int]) -> tuple[RemoteFile, ...]:
    return tuple(
        RemoteFile(
            name, f"{_OPENAI}/{folder}/{name}", size, "", f"{_OPENAI_MIRROR}/{folder}/{name}"
        )
        for name, size in sizes.items()
    )


_SHARDS_1B = (9_970_000_000, 1_680_000_000)
_SHARDS_5B = (9_990_000_000, 9_960_000_000, 9_970_000_000, 600_000_000)
_PARTS_5B = {
    "vqvae.pth.tar": 7_700_000,
    "prior_level_0.pth.tar": 3_930_000_000,
    "prior_level_1.pth.tar": 3_930_000_000,
    "prior_level_2.pth.tar": 10_300_000_000,
}
_HUB_1B, _HUB_5B = "openai/jukebox-1b-lyrics", "openai/jukebox-5b-lyrics"

KNOWN_MODELS = (
    KnownModel(
        ModelId("1b_lyrics"),
        "Jukebox 1B with lyrics (2020)",
        OPENAI_JUKEBOX,
        released_config("1b_lyrics"),
        _on_hub(_HUB_1B, _SHARDS_1B),
        6_700_000_000,
        f"https://huggingface.co/{_HUB_1B}",
    ),
    KnownModel(
        ModelId("5b"),
        "Jukebox 5B (2020)",
        OPENAI_JUKEBOX,
        released_config("5b"),
        (*_on_hub(_HUB_5B, ()), *_at_openai("5b", _PARTS_5B)),
        15_000_000_000,
        f"https://huggingface.co/{_HUB_5B}",
    ),
    KnownModel(
        ModelId("5b_lyrics"),
        "Jukebox 5B with lyrics (2020)",
        OPENAI_JUKEBOX,
        released_config("5b_lyrics"),
        _on_hub(_HUB_5B, _SHARDS_5B),
        16_200_000_000,
        f"https://huggingface.co/{_HUB_5B}",
    ),
)
