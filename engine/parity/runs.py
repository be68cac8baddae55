"""Cases of whole runs: three levels, windows that overlap, primed, continued and upsampled.

Each item of a run is sampled on its own: what a take becomes must not depend on its neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import load_file

from engine.api import CancelToken, SampleTask
from engine.audio.files import Channels, read_audio
from engine.catalog.pickles import read_pickle
from engine.catalog.specs import ModelSpec, PriorConfig
from engine.nn.prior import Prior
from engine.nn.vqvae import VQVAE
from engine.parity.case import Case, Check, Json, close, equal, facts, same
from engine.parity.models import (
    PRIOR_FILES,
    OffsetLabels,
    autoencoder_of,
    prior_config,
    prior_of,
    vqvae_of,
)
from engine.runtime.harvest import Harvest
from engine.sampling.alignment import align
from engine.sampling.plan import hop_codes
from engine.sampling.sampler import sample
from engine.steps.body import Body
from engine.steps.plain import PlainBody
from engine.types import (
    NO_CODE,
    Codes,
    Level,
    LevelSettings,
    ModelId,
    Prompt,
    SamplingSettings,
    Span,
)

Data = Mapping[str, NDArray[np.generic]]


@dataclass
class GoldenModel:
    """The original's small networks as the sampler wants them, with the labels of one item."""

    vqvae: VQVAE
    priors: Mapping[Level, Prior]
    rows: dict[Level, list[int]] = field(default_factory=dict[Level, list[int]])
    lyrics: str = ""
    told: dict[Level, OffsetLabels] = field(default_factory=dict[Level, OffsetLabels])
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    holds_all_levels: bool = True

    @property
    def spec(self) -> ModelSpec:
        """What the sampler needs of it."""
        config = self.vqvae.config
        bottom, middle, top = (self.priors[level].config.context for level in Level)
        hops = (config.hops[0], config.hops[1], config.hops[2])
        return ModelSpec(
            ModelId("golden"), "", config.sample_rate, hops, (bottom, middle, top),
            config.codebook_size, 1, 10**9, 5, 0, 0, "",
        )  # fmt: skip

    def prior(self, level: Level) -> Prior:
        """The network of a level."""
        return self.priors[level]

    def body(self, level: Level) -> Body:
        """The readable one, whose arithmetic is the original's."""
        return PlainBody(self.priors[level])

    def prior_config(self, level: Level) -> PriorConfig:
        """Its shape."""
        return self.priors[level].config

    def labels(self, level: Level, prompt: Prompt) -> OffsetLabels:
        """The labels of the item at hand, which note down what is asked of them."""
        self.told[level] = OffsetLabels(self.rows[level], self.lyrics, self.prior_config(level))
        return self.told[level]


@dataclass
class Run:
    """One item of one recorded run."""

    folder: Path
    name: str
    item: int

    def __post_init__(self) -> None:
        self.request: Json = facts(self.folder / f"{self.name}.json")
        self.data: Data = load_file(self.folder / f"{self.name}.safetensors")
        shared = model_beside(self.folder, self.name.partition(".")[0])
        self.model = GoldenModel(shared.vqvae, shared.priors)
        self.lyrics: str = self.request["label_info"][-1][self.item]["lyrics"]
        self.model.lyrics = self.lyrics
        self.model.rows = {
            level: [int(n) for n in self.data[f"in.label_y_l{int(level)}"][self.item]]
            for level in Level
        }

    def recorded(self, level: Level) -> NDArray[np.uint16]:
        """The original's codes of a level."""
        return self.data[f"out.z_l{int(level)}"][self.item].astype(np.uint16)

    def given(self) -> Codes:
        """The codes that the run starts from."""
        if "in.x" in self.data:
            sound = torch.from_numpy(self.data["in.x"][self.item : self.item + 1, :, 0])
            return Codes(
                tuple(c[0].numpy().astype(np.uint16) for c in self.model.vqvae.encode(sound))
            )
        none = np.empty((self.item + 1, 0), np.uint16)
        known = [self.data.get(f"in.z_l{int(level)}", none) for level in Level]
        return Codes(tuple(codes[self.item].astype(np.uint16) for codes in known))

    def wanted(self, level: Level) -> int:
        """Codes of a level that the request asks for."""
        return self.request["sample_length"] // self.model.spec.hop(level)

    def sampled(self, codes: Codes, level: Level, end: int) -> Codes:
        """`codes` with one level sampled up to `end` codes."""
        start, hop = len(codes.at(level)), self.model.spec.hop(level)
        if end <= start:
            return codes
        settings = {
            each: LevelSettings(top_k=1, hop_fraction=self.request["hop_fraction"][each])
            for each in Level
        }
        task = SampleTask(
            self.model.spec.id,
            Prompt("", (), "", 10**6),  # The model has the lyrics, and nothing is aligned here.
            codes,
            Span(start * hop, end * hop),
            (level,),
            SamplingSettings(levels=settings),
        )
        harvest = Harvest(task)
        for event in sample(task, self.model, CancelToken()):
            harvest.add(event)
        new = np.concatenate([codes.at(level), harvest.results()[0].at(level)])
        return with_level(codes, level, new)


def with_level(codes: Codes, level: Level, new: NDArray[np.uint16]) -> Codes:
    """`codes` with one level replaced."""
    return Codes(tuple(new if each is level else codes.at(each) for each in Level))


def cases(folder: Path) -> Iterator[Case]:
    """All cases of a folder that holds whole runs."""
    for path in sorted(folder.glob("*.*.json")):
        request = facts(path)
        if "windows_in_call_order" in request:
            for item in range(request["n_samples"]):
                name = f"{path.stem}/item {item}"
                yield Case(name, lambda n=path.stem, i=item: _item(Run(folder, n, i)))
    for path in sorted(folder.glob("*.data.pth.tar")):
        yield Case(path.name, lambda path=path: _written(path))


@lru_cache(maxsize=2)
def model_beside(folder: Path, top: str) -> GoldenModel:
    """The model of a run, its parts found in the folders beside."""
    beside = [path for path in sorted(folder.parent.iterdir()) if path.is_dir()]
    upper = next(path for path in beside if path.name.endswith(f"top_{top}"))
    priors = {Level.TOP: prior_of(upper)}
    for path in beside:
        if any(path.glob(PRIOR_FILES)) and autoencoder_of(path) == autoencoder_of(upper):
            priors.setdefault(prior_config(path).level, prior_of(path))
    return GoldenModel(vqvae_of(autoencoder_of(upper)), priors)


def _item(run: Run) -> Iterator[Check]:
    codes = run.given()
    if "in.x" in run.data:
        for level in Level:
            if f"in.z_l{int(level)}" in run.data:
                recorded = run.data[f"in.z_l{int(level)}"][run.item]
                yield same(f"in.z_l{int(level)}", _tokens(codes.at(level)), _tokens(recorded))
    for level in sorted(Level, reverse=True):
        recorded, known = run.recorded(level), len(codes.at(level))
        if len(recorded) > run.wanted(level) > known:
            yield from _overshooting(run, codes, level)
            codes = with_level(codes, level, recorded)
            continue
        codes = run.sampled(codes, level, run.wanted(level))
        yield same(f"out.z_l{int(level)}", _tokens(codes.at(level)), _tokens(recorded))
        if len(codes.at(level)) > known:
            yield _told(run, level)
    yield from _sound(run)
    if f"out.alignment.item{run.item}" in run.data:
        yield _aligned(run)


def _overshooting(run: Run, codes: Codes, level: Level) -> Iterator[Check]:
    """The original adds what is asked for on top of what is there (specification 8.2, O3).

    Asked for as much, we make the same; asked for the whole, we end where the request does.
    """
    recorded, known, asked = run.recorded(level), len(codes.at(level)), run.wanted(level)
    first = max(0, len(recorded) - run.model.prior_config(level).context)
    seen = codes.at(level).copy()
    seen[:first] = NO_CODE
    same_window = run.sampled(with_level(codes, level, seen), level, len(recorded))
    name = f"out.z_l{int(level)}"
    yield same(
        name, _tokens(same_window.at(level)[known:]), _tokens(recorded[known:]),
        f"the original's {len(recorded)} codes where {asked} were asked for",
    )  # fmt: skip
    intended = run.sampled(codes, level, asked).at(level)
    note = f"as intended: {asked} codes, {known} of them given"
    if first == 0:
        yield same(f"{name} as intended", _tokens(intended), _tokens(recorded[:asked]), note)
    else:
        yield equal(f"{name} as intended", len(intended), asked, note)


def _told(run: Run, level: Level) -> Check:
    """What the prior was told in each window, as it was in the original's."""
    recorded = [run.data[key][row].tolist() for key, row in _calls(run, level)]
    asked = run.model.told[level].asked
    return equal(f"labels of {len(asked)} windows of level {int(level)}", asked, recorded)


def _calls(run: Run, level: Level) -> Iterator[tuple[str, int]]:
    """Key and row of this item's labels in every call of a level: parts of a batch follow on."""
    first = 0
    for call in run.request["windows_in_call_order"]:
        if call["level"] != int(level):
            continue
        if first <= run.item < first + call["batch"]:
            yield call["y_key"], run.item - first
        first = (first + call["batch"]) % run.request["n_samples"]


def _sound(run: Run) -> Iterator[Check]:
    for level in Level:
        recorded = run.data.get(f"out.x_l{int(level)}")
        if recorded is not None and run.item < len(recorded):
            tokens = _tokens(run.recorded(level))[None]
            sound = run.model.vqvae.decode(tokens, int(level))[0]
            wanted = torch.from_numpy(recorded[run.item, :, 0].astype(np.float32))
            yield close(f"out.x_l{int(level)}", sound, wanted)


def _aligned(run: Run) -> Check:
    prior = run.model.prior(Level.TOP)
    labels = OffsetLabels(run.model.rows[Level.TOP], run.lyrics, prior.config)
    fraction = run.request["hop_fraction"][Level.TOP]
    hop = hop_codes(fraction, prior.config.context, 1)
    seen = align(prior, run.recorded(Level.TOP), labels, hop)
    recorded = run.data[f"out.alignment.item{run.item}"]
    return close("out.alignment", torch.from_numpy(seen), torch.from_numpy(recorded))


def _written(path: Path) -> Iterator[Check]:
    """The files that the original writes beside each level."""
    name, _, level = path.name.removesuffix(".data.pth.tar").rpartition(".level_")
    data = load_file(path.parent / f"{name}.safetensors")
    content: Json = read_pickle(path)
    for number, codes in enumerate(content["zs"]):
        yield same(f"zs[{number}]", codes, torch.from_numpy(data[f"out.z_l{number}"]))
    yield close("x", content["x"], torch.from_numpy(data[f"out.x_l{level}"]))
    for wav in sorted(path.parent.glob(f"{name}.level_{level}.item_*.wav")):
        item = int(wav.stem.rpartition("_")[2])
        sound = torch.tensor(read_audio(wav, None, Channels.MONO).samples)
        wanted = content["x"][item, :, 0].clamp(-1, 1)
        error = (sound - wanted).abs().max().item() * 2**15
        yield Check(wav.name, error, 1.0, "in steps of 16 bits")


def _tokens(codes: NDArray[np.generic]) -> torch.Tensor:
    return torch.from_numpy(codes.astype(np.int64))
