"""The child that measures this engine: weights, a window, slices of draws, and what memory gives.

Run as a module; answers questions as `engine.bench.protocol` describes.
"""

from __future__ import annotations

import mmap
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor

from engine.bench.bodies import body_of, load_prior, placement_of
from engine.bench.memory import peak_bytes
from engine.bench.protocol import Json, Stopwatch, serve
from engine.bench.work import DRAWN, TEMPERATURE, Decode, Work, set_threads, timed
from engine.catalog import dialects
from engine.catalog.configs import from_json
from engine.catalog.specs import PriorConfig
from engine.nn.conditioning import Conditioning, LabelBatch
from engine.nn.prior import Prior
from engine.steps.body import Body, CodeStream
from engine.types import LevelSettings

_SEED = 20
_SONG_S = 180
_PAGE = 2 << 20
_LARGEST = 512 << 20
_SETTINGS = LevelSettings(temperature=TEMPERATURE)


class OurDecode(Decode):
    """Draws of this engine, near a place in a window that is primed once for all rows."""

    def __init__(self, body: Body, work: Work, batch: int, place: int) -> None:
        super().__init__(place, work.known.shape[1])
        self._body = body
        self._known = work.known[:, :place]
        self._conditioning = conditioning_of(work)
        room = work.known.shape[1] - place
        self._uniforms = torch.rand((batch, room), generator=_generator()).to(work.known.device)
        self._stream: CodeStream | None = None
        self._drawn = 0

    def open(self) -> None:
        """See `Decode.open`."""
        self._stream = self._body.open(
            self._known, self._conditioning, LevelSettings(temperature=TEMPERATURE)
        )
        self._drawn = 0

    def draw(self, count: int) -> None:
        """See `Decode.draw`."""
        assert self._stream is not None
        self._stream.draw(self._uniforms[:, self._drawn : self._drawn + count]).cpu()
        self._drawn += count


def draw_weights(model: Json, folder: str) -> Json:
    """Write a folder with random weights of an architecture's only prior, drawn by a fixed seed."""
    (config,) = from_json(model).priors
    torch.manual_seed(_SEED)
    rename, prefix = dialects.to_hf(dialects.PRIOR), dialects.prior_prefix(config.level)
    state = Prior(config).state_dict()
    halves = {prefix + rename(name): tensor.half() for name, tensor in state.items()}
    save_file(halves, Path(folder, "model.safetensors"), {"format": "pt"})
    return {}


class Ours:
    """What the questions are about: one prior at a time, and decodes of it."""

    def __init__(self) -> None:
        self._device = torch.device("cpu")
        self._body: Body | None = None
        self._work: Work | None = None
        self._decodes: dict[tuple[int, int], OurDecode] = {}

    def load(self, model: Json, folder: str, precision: str, threads: int, device: str) -> Json:
        """Put the only prior of an architecture into memory."""
        self._decodes.clear()
        set_threads(threads)
        (config,) = from_json(model).priors
        watch = Stopwatch()
        watch.start()
        placement = placement_of(device, precision, threads)
        self._device = placement.device
        prior = load_prior(config, Path(folder), placement)
        self._work = work_of(prior).to(placement.device)
        self._body, weight_bytes = body_of(prior, placement)
        watch.stop()
        return {"load_s": watch.wall_s, "weight_bytes": weight_bytes}

    def write(self, path: str) -> Json:
        """Write the window for the other side."""
        assert self._work is not None
        self._work.write(Path(path))
        return {}

    def draws(self, place: int) -> Json:
        """The codes drawn from a place on by the window's own numbers."""
        assert self._body is not None and self._work is not None
        work = self._work
        stream = self._body.open(work.known[:, :place], conditioning_of(work), _SETTINGS)
        return {"codes": stream.draw(work.uniforms)[0].tolist()}

    def prime(self, batch: int, place: int) -> Json:
        """Prime a window for a batch to draw from; a slice whose amount is positions."""
        assert self._body is not None and self._work is not None
        decode = OurDecode(self._body, self._work, batch, place)
        self._decodes[batch, place] = decode
        watch = Stopwatch()
        watch.start()
        decode.reset()
        watch.stop()
        return watch.slice(place + self._work.lyric_tokens.shape[1] + 1)

    def slice(self, batch: int, place: int, seconds: float) -> Json:
        """A slice of draws near a primed place; its amount is steps."""
        return timed(self._decodes[batch, place], seconds)

    def forget(self) -> Json:
        """Let primed windows go."""
        self._decodes.clear()
        return {}

    def read(self, count: int, seconds: float) -> Json:
        """Read that many bytes again and again; the amount is bytes."""
        numbers = self._large(min(count, _LARGEST))
        watch, done = Stopwatch(), 0
        numbers.sum()
        while watch.cpu_s < seconds:
            watch.start()
            float(numbers.sum())
            watch.stop()
            done += numbers.nbytes
        return watch.slice(done)

    def memory(self) -> Json:
        """The most memory that this process has held, in bytes."""
        there = self._device.type == "cuda"
        return {"peak": torch.cuda.max_memory_allocated() if there else peak_bytes()}

    def _large(self, count: int) -> Tensor:
        """Single-precision numbers in that many bytes, in large pages where the system has them."""
        if self._device.type != "cpu":
            return torch.ones(count // 4, device=self._device)
        space = mmap.mmap(-1, count + _PAGE)
        if hasattr(space, "madvise") and hasattr(mmap, "MADV_HUGEPAGE"):
            space.madvise(mmap.MADV_HUGEPAGE)
        return torch.from_numpy(np.frombuffer(space, np.float32, count // 4)).fill_(1)


def work_of(prior: Prior) -> Work:
    """A window of a prior, its codes, labels and lyrics drawn by a fixed seed."""
    config, draws = prior.config, _generator()
    known = torch.randint(config.codebook_size, (1, config.context), generator=draws)
    upper = None
    if config.conditioner is not None:
        length = config.context // config.conditioner.factor
        upper = torch.randint(config.codebook_size, (1, length), generator=draws)
    labels, device = _labels(config, draws), prior.device
    with torch.no_grad():
        heard = prior.condition(
            labels and labels.to(device), upper if upper is None else upper.to(device)
        )
    nothing = torch.zeros(1, 0, config.transformer.width)
    return Work(
        start=heard.start,
        positions=nothing if heard.positions is None else heard.positions,
        lyric_states=nothing if heard.lyric_states is None else heard.lyric_states,
        lyric_tokens=known[:, :0] if heard.lyric_tokens is None else heard.lyric_tokens,
        known=known,
        uniforms=torch.rand((1, DRAWN), generator=draws),
        first=config.first_code,
    )


def conditioning_of(work: Work) -> Conditioning:
    """What the window is told."""
    return Conditioning(
        start=work.start,
        positions=work.positions if work.positions.shape[1] else None,
        lyric_states=work.lyric_states if work.lyric_states.shape[1] else None,
        lyric_tokens=work.lyric_tokens if work.lyric_tokens.shape[1] else None,
    )


def _labels(config: PriorConfig, draws: torch.Generator) -> LabelBatch | None:
    if config.labels is None:
        return None
    song, one = _SONG_S * config.sample_rate, torch.ones(1, dtype=torch.int64)
    lyrics = None
    if config.lyrics is not None:
        size = (1, config.lyrics.tokens)
        lyrics = torch.randint(config.lyrics.vocabulary_size, size, generator=draws)
    return LabelBatch(
        total_length=song * one,
        offset=0 * one,
        length=config.context * config.hop * one,
        artist=0 * one,
        genres=torch.zeros(1, config.labels.max_genres, dtype=torch.int64),
        lyrics=lyrics,
    )


def _generator() -> torch.Generator:
    return torch.Generator().manual_seed(_SEED)


if __name__ == "__main__":
    child = Ours()
    serve(
        {
            "draw_weights": draw_weights,
            "load": child.load,
            "write": child.write,
            "draws": child.draws,
            "prime": child.prime,
            "slice": child.slice,
            "forget": child.forget,
            "read": child.read,
            "memory": child.memory,
        }
    )
