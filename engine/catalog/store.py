"""Which models are installed, and whether their files are whole.

A model is a folder in the layout of Hugging Face's Jukebox, with a `studio.json` that tells
what that layout cannot. Everything in such a folder may be damaged or hostile: sizes are bounded,
names stay inside the folder, and what does not fit is refused in words. Knows nothing of torch.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar, cast

import platformdirs

import resources
from engine.catalog.configs import from_json
from engine.catalog.rules import alphabet_of
from engine.catalog.specs import ModelConfig, ModelSpec, PriorConfig
from engine.catalog.tokenizer import vocabulary_in
from engine.errors import ModelError, ModelMissingError
from engine.phrases import Phrase
from engine.text.lyrics import Alphabet
from engine.text.vocabulary import ExactVocabulary, Vocabulary, closest
from engine.types import PUBLISHED_TEMPERATURES, Level, ModelId

T = TypeVar("T")
Json = dict[str, Any]  # Any: JSON is whatever a file holds until it has been checked.

FORMAT = 1
_MAX_JSON_BYTES = 8 * 2**20
_MAX_HEADER_BYTES = 64 * 2**20
_MAX_FILES = 1000
_SMALL_BYTES = 256 * 2**20
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SHORTEST_S, _LONGEST_S = 0, 600


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a file of a model must be."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model on this computer. Its weights are not read yet.

    Attributes:
        vocabularies: one per level, BOTTOM first; None for a prior without labels.
        files: by name within the folder.
    """

    spec: ModelSpec
    folder: Path
    config: ModelConfig
    vocabularies: tuple[Vocabulary | None, ...]
    files: Mapping[str, FileFacts]

    @property
    def names(self) -> Vocabulary:
        """The artists and genres that can be asked for: those of the top level."""
        return self.vocabularies[Level.TOP] or ExactVocabulary({}, {})

    @property
    def alphabet(self) -> Alphabet | None:
        """The characters of lyrics that it reads; None for a model without lyrics."""
        top = self.config.priors[Level.TOP]
        return alphabet_of(top.labels.version) if top.lyrics and top.labels else None

    @property
    def weights_bytes(self) -> int:
        """Bytes of all weights in single precision.

        Raises:
            ModelError: a weights file is damaged.
        """
        return sum(4 * _numbers_in(self.folder / name) for name in self._weights)

    @property
    def weights_sha256(self) -> str:
        """One checksum of all weights files, of theirs as they were installed."""
        whole = hashlib.sha256()
        for name in sorted(self._weights):
            whole.update(f"{self.files[name].sha256}  {name}\n".encode())
        return whole.hexdigest()

    @property
    def _weights(self) -> tuple[str, ...]:
        return tuple(name for name in self.files if name.endswith(".safetensors"))


class ModelStore:
    """The models in some folders; the first folder wins where two hold the same model."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self._roots = tuple(roots)

    def models(self) -> tuple[InstalledModel, ...]:
        """Every model that is whole as far as can be seen without reading its weights."""
        found = (_attempt(folder) for folder in self._folders().values())
        return tuple(model for model in found if isinstance(model, InstalledModel))

    def problems(self) -> tuple[str, ...]:
        """What is wrong with the other folders, a sentence each."""
        found = (_attempt(folder) for folder in self._folders().values())
        return tuple(str(problem) for problem in found if isinstance(problem, ModelError))

    def get(self, model_id: str) -> InstalledModel:
        """One model.

        Raises:
            ModelMissingError: it is not installed.
            ModelError: it is damaged, or of a kind that is not supported.
        """
        folders = self._folders()
        if model_id not in folders:
            raise ModelMissingError(_missing(model_id, tuple(folders)))
        return open_model(folders[model_id])

    def _folders(self) -> dict[str, Path]:
        found: dict[str, Path] = {}
        for root in self._roots:
            if root.is_dir():
                for description in sorted(root.glob("*/studio.json")):
                    found.setdefault(description.parent.name, description.parent)
        return found


def default_store() -> ModelStore:
    """The models that came along, and those of this user."""
    return ModelStore([resources.path("models"), user_models()])


def user_models() -> Path:
    """The folder for models that a user adds."""
    return platformdirs.user_data_path("jukebox-studio", appauthor=False) / "models"


def open_model(folder: Path) -> InstalledModel:
    """The model in a folder, its files present and of the right size.

    Raises:
        ModelError: it is damaged, or of a kind that is not supported.
    """
    studio = _json(folder / "studio.json")
    if studio.get("format") != FORMAT:
        raise ModelError(
            "The model in “{folder}” has format {found}; this version reads {known}. Update the "
            "program, or install the model again.",
            folder=folder,
            found=repr(studio.get("format")),
            known=FORMAT,
        )
    config = from_json(_entry(studio, "architecture", dict, folder))
    _refuse_odd_shapes(config, folder)
    files = _file_facts(_entry(studio, "files", dict, folder), folder)
    spec = _spec(studio, config, files, folder)
    model = InstalledModel(spec, folder, config, _vocabularies(config, folder), files)
    _refuse_other_sizes(model)
    return model


def verify(model: InstalledModel) -> None:
    """Read every file of a model and compare it with its checksum.

    Raises:
        ModelError: a file is not what was installed.
    """
    for name, facts in model.files.items():
        with (model.folder / name).open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != facts.sha256:
                raise _damaged(
                    model.folder, Phrase("{name} is not what was installed (checksum)", name=name)
                )


def verify_if_small(model: InstalledModel) -> None:
    """`verify` a model of which that takes no time worth mentioning.

    Raises:
        ModelError: a file is not what was installed.
    """
    if model.spec.size_bytes <= _SMALL_BYTES:
        verify(model)


def _attempt(folder: Path) -> InstalledModel | ModelError:
    try:
        return open_model(folder)
    except ModelError as error:
        return error


def _missing(model_id: str, installed: tuple[str, ...]) -> Phrase:
    there = ", ".join(installed) or Phrase("none")
    name, near = model_id[:64], closest(model_id, installed)
    if not near:
        return Phrase("No model “{name}” is installed. Installed: {there}.", name=name, there=there)
    return Phrase(
        "No model “{name}” is installed. Did you mean “{near}”? Installed: {there}.",
        name=name,
        near=near[0],
        there=there,
    )


def _damaged(folder: Path, fault: Phrase) -> ModelError:
    return ModelError(
        "The model in “{folder}” is damaged: {fault}. Install it again.", folder=folder, fault=fault
    )


def _json(path: Path) -> Json:
    try:
        if path.stat().st_size > _MAX_JSON_BYTES:
            raise _damaged(
                path.parent,
                Phrase(
                    "{name} is larger than {most} bytes",
                    name=path.name,
                    most=_MAX_JSON_BYTES,
                ),
            )
        content: object = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise _damaged(path.parent, Phrase("{name} cannot be read", name=path.name)) from error
    if not isinstance(content, dict):
        raise _damaged(path.parent, Phrase("{name} holds no table", name=path.name))
    return cast(Json, content)


def _entry(studio: Json, name: str, kind: type[T], folder: Path) -> T:
    if not isinstance(studio.get(name), kind):
        raise _damaged(folder, Phrase("studio.json says no {name}", name=name))
    return studio[name]


def _file_facts(entries: Json, folder: Path) -> dict[str, FileFacts]:
    if len(entries) > _MAX_FILES:
        raise _damaged(folder, Phrase("studio.json names {count} files", count=len(entries)))
    facts: dict[str, FileFacts] = {}
    for name, entry in entries.items():
        size, digest = (entry.get("size"), entry.get("sha256")) if isinstance(entry, dict) else (
            None, None)  # fmt: skip
        if not isinstance(size, int) or not _SHA256.fullmatch(str(digest)) or _leaves(name):
            raise _damaged(folder, Phrase("studio.json describes “{name}” wrongly", name=name[:64]))
        facts[name] = FileFacts(size, str(digest))
    return facts


def _leaves(name: str) -> bool:
    """Whether a name could point outside the folder, on any system."""
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or not name or bool(set(name) & set("\\:\0"))


def _refuse_other_sizes(model: InstalledModel) -> None:
    for name, facts in model.files.items():
        path = model.folder / name
        if not path.is_file():
            raise _damaged(model.folder, Phrase("{name} is missing", name=name))
        if path.stat().st_size != facts.size:
            raise _damaged(
                model.folder,
                Phrase(
                    "{name} has {has} bytes and not {size}",
                    name=name,
                    has=path.stat().st_size,
                    size=facts.size,
                ),
            )


def _refuse_odd_shapes(config: ModelConfig, folder: Path) -> None:
    """Refuse what the three-level machinery could not run."""
    vqvae, priors = config.vqvae, config.priors
    if vqvae.levels != len(Level) or [prior.level for prior in priors] != list(Level):
        raise _damaged(folder, Phrase("it does not have three levels with a prior each"))
    expected = [(vqvae.sample_rate, hop, vqvae.codebook_size) for hop in vqvae.hops]
    if [(p.sample_rate, p.hop, p.codebook_size) for p in priors] != expected:
        raise _damaged(folder, Phrase("its priors and its VQ-VAE do not belong together"))
    if vqvae.sample_rate < 1 or min(vqvae.hops) < 1 or vqvae.codebook_size < 2:
        raise _damaged(folder, Phrase("its sizes make no sound"))


def _spec(
    studio: Json, config: ModelConfig, files: Mapping[str, FileFacts], folder: Path
) -> ModelSpec:
    title, licence, name = (_entry(studio, key, str, folder) for key in ("title", "licence", "id"))
    if not _ID.fullmatch(name) or name != folder.name:
        raise _damaged(folder, Phrase("it calls itself “{name}”", name=name[:64]))
    top = config.priors[Level.TOP]
    shortest, longest = _song_lengths(top)
    return ModelSpec(
        id=ModelId(name),
        title=title[:100],
        sample_rate=top.sample_rate,
        hops=cast(tuple[int, int, int], config.vqvae.hops),
        contexts=cast(tuple[int, int, int], tuple(prior.context for prior in config.priors)),
        codebook_size=top.codebook_size,
        min_song_length=shortest,
        max_song_length=longest,
        max_genres=top.labels.max_genres if top.labels else 0,
        lyric_characters=top.lyrics.tokens if top.lyrics else 0,
        size_bytes=sum(facts.size for facts in files.values()),
        licence=licence[:1000],
        temperatures=_temperatures(studio, folder),
        pulse=top.pulse,
    )


def _temperatures(studio: Json, folder: Path) -> tuple[float, float, float]:
    """The model's own, BOTTOM first, or the published ones where it names none."""
    told = studio.get("temperatures", list(PUBLISHED_TEMPERATURES))
    match told:
        case [int() | float() as bottom, int() | float() as middle, int() | float() as top] if all(
            0 < temperature <= 10 for temperature in (bottom, middle, top)
        ):
            return float(bottom), float(middle), float(top)
        case _:
            raise _damaged(
                folder,
                Phrase("its temperatures are not three numbers above 0 and up to 10"),
            )


def _song_lengths(top: PriorConfig) -> tuple[int, int]:
    """Shortest song, and what every song is shorter than, in samples."""
    timing = top.labels.timing if top.labels else None
    seconds = (timing.min_seconds, timing.max_seconds) if timing else (_SHORTEST_S, _LONGEST_S)
    shortest = max(math.ceil(seconds[0] * top.sample_rate), 1)
    return shortest, int(seconds[1] * top.sample_rate)


def _vocabularies(config: ModelConfig, folder: Path) -> tuple[Vocabulary | None, ...]:
    return tuple(
        None if prior.labels is None else vocabulary_in(folder, prior.labels)
        for prior in config.priors
    )


def _numbers_in(path: Path) -> int:
    """How many numbers a safetensors file says that it holds."""
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if length > _MAX_HEADER_BYTES:
                raise ValueError(f"a header of {length} bytes")
            header: Json = json.loads(file.read(length))
        return sum(
            math.prod(map(int, entry["shape"]))
            for name, entry in header.items()
            if name != "__metadata__"
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise _damaged(
            path.parent, Phrase("{name} has no readable beginning", name=path.name)
        ) from error
