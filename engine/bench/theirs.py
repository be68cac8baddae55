"""The child that measures `transformers`: it runs in an environment of its own, on the same work.

Run as a module; answers questions as `engine.bench.protocol` describes. A step is what the
library's own sampling loop does for each token, without its progress bar. Its attention layouts
are named layer by layer, since it has no name for some that it can run.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from torch import Tensor

from engine.bench.protocol import Json, serve
from engine.bench.work import TEMPERATURE, Decode, Work, read_work, set_threads, timed

Library = Any  # Any: the library is not installed where types are checked.

_FUNCTIONS = {
    "dense": "dense_attn",
    "block": "block_attn",
    "column": "transpose_block_attn",
    "previous_block": "prev_block_attn",
    "cross": "cross_attention",
    "lyrics": "prime_attn",
}


class TheirDecode(Decode):
    """Draws of the library, near a place in a window.

    The window is primed for one row; more rows get copies of its keys and values.
    """

    def __init__(self, network: Library, work: Work, batch: int, place: int) -> None:
        super().__init__(place, work.known.shape[1])
        self._filter = _library().filter_logits
        self._network, self._batch = network, batch
        self._start = work.start.expand(batch, -1, -1)
        self._positions = _or_zeros(work.positions, work.start).expand(batch, -1, -1)
        states = work.lyric_states
        self._lyrics = states.expand(batch, -1, -1) if states.shape[1] else None
        self._sequence = torch.cat((work.lyric_tokens, work.known[:, :place] + work.first), dim=1)
        self._past: list[tuple[int, dict[str, Tensor]]] | None = None
        self._primed_logits = self._logits = torch.empty(0)
        self._position = 0

    def open(self) -> None:
        """See `Decode.open`. After the first time, only what was cached is put back."""
        if self._past is None:
            self._past = self._primed()
        for layer, (position, cache) in zip(self._layers(), self._past, strict=True):
            layer.attn.sample_t, layer.attn.cache = position, dict(cache)
        self._position, self._logits = self._sequence.shape[1], self._primed_logits

    def draw(self, count: int) -> None:
        """See `Decode.draw`."""
        with torch.no_grad():
            for _ in range(count):
                logits = self._filter(self._logits / TEMPERATURE, top_k=0, top_p=0.0)
                self.feed(torch.distributions.Categorical(logits=logits).sample())

    def feed(self, symbols: Tensor) -> None:
        """Take one step with (batch, 1) symbols."""
        network = self._network
        self._position += 1
        hidden, heard = network.get_emb(
            self._position, self._batch, symbols, self._positions, self._start
        )
        hidden = network.transformer(hidden, last_encoder_hidden_states=self._lyrics, sample=True)
        self._logits = self._out(hidden, heard)

    @property
    def logits(self) -> Tensor:
        """(batch, symbols) of the next symbol."""
        return self._logits[:, -1]

    def _primed(self) -> list[tuple[int, dict[str, Tensor]]]:
        network = self._network
        network.transformer.del_cache()
        with torch.no_grad():
            embedded = torch.cat((self._start[:1], network.embed_tokens(self._sequence)), dim=1)
            fed = embedded.shape[1]
            heard = self._positions[:1, :fed]
            hidden = network.transformer(
                embedded + network.pos_emb()[:fed] + heard,
                last_encoder_hidden_states=None if self._lyrics is None else self._lyrics[:1],
                sample=True,
            )
            last = self._out(hidden[:, -1:], heard[:, -1:])
        self._primed_logits = last.expand(self._batch, -1, -1)
        return [(layer.attn.sample_t, _widened(layer.attn.cache, self._batch))
                for layer in self._layers()]  # fmt: skip

    def _out(self, hidden: Tensor, heard: Tensor) -> Tensor:
        network = self._network
        return network.fc_proj_out(hidden + heard if network.add_cond_after_transformer else hidden)

    def _layers(self) -> Library:
        return self._network.transformer._attn_mods


class Theirs:
    """What the questions are about: one prior at a time, and a decode of it."""

    def __init__(self) -> None:
        self._network: Library = None
        self._work: Work | None = None
        self._decode: TheirDecode | None = None

    def load(self, config: Json, folder: str, prefix: str, work: str, threads: int) -> Json:
        """Put the stack of a prior into memory, in single precision.

        Args:
            config: of the prior, as in the folder's `config.json`.
            prefix: of its weights' names.
            work: the file with the window.
        """
        set_threads(threads)
        self._decode = None
        self._work = read_work(Path(work))
        self._network = _network(config, read_state(Path(folder), f"{prefix}prior."))
        return {}

    def agree(self, place: int, codes: list[int]) -> Json:
        """How many of the codes that the other side drew this one would have drawn in its place."""
        assert self._work is not None
        decode = TheirDecode(self._network, self._work, 1, place)
        decode.open()
        same, first = 0, self._work.first
        for uniform, code in zip(self._work.uniforms[0], codes, strict=True):
            cumulative = torch.softmax(decode.logits[0] / TEMPERATURE, dim=-1).cumsum(dim=-1)
            symbol = int(torch.searchsorted(cumulative, uniform * cumulative[-1], right=True))
            same += max(0, symbol - first) == code
            with torch.no_grad():
                decode.feed(torch.tensor([[code + first]]))
        return {"same": same, "of": len(codes)}

    def prime(self, batch: int, place: int) -> Json:
        """Prime a window."""
        assert self._work is not None
        self._decode = None
        self._decode = TheirDecode(self._network, self._work, batch, place)
        self._decode.reset()
        return {}

    def slice(self, seconds: float) -> Json:
        """A slice of draws near the primed place; its amount is steps."""
        assert self._decode is not None
        return timed(self._decode, seconds)


def read_state(folder: Path, prefix: str) -> dict[str, Tensor]:
    """Weights whose names start with `prefix`, without it, in single precision."""
    state: dict[str, Tensor] = {}
    for file in sorted(folder.glob("*.safetensors")):
        with safe_open(file, framework="pt") as opened:
            for name in opened.keys():  # noqa: SIM118 — no mapping: it has `keys` and nothing else
                if name.startswith(prefix):
                    state[name.removeprefix(prefix)] = opened.get_tensor(name).float()
    return state


def _library() -> Library:
    return importlib.import_module("transformers.models.jukebox.modeling_jukebox")


def _network(config: Json, state: dict[str, Tensor]) -> Library:
    """The library's stack with these weights."""
    library = _library()
    functions = [_FUNCTIONS[name] for name in config["attention_layers"]]
    library.ATTENTION_PATTERNS["as listed"] = functions.__getitem__
    shape = library.JukeboxPriorConfig(**{**config, "attention_pattern": "as listed"})
    state.pop("start_token", None)  # The window brings what it starts with.
    state.setdefault("fc_proj_out.weight", state["embed_tokens.weight"])
    with torch.device("meta"):
        network = library.JukeboxConditionalAutoregressive(
            shape,
            n_ctx=state["pos_emb.pos_emb"].shape[0],
            embed_dim=state["embed_tokens.weight"].shape[0],
            audio_conditioning=True,
            metadata_conditioning=True,
        )
    network.load_state_dict(state, assign=True)
    if network.share_embed_tokens_fc_proj_out:
        network.fc_proj_out.weight = network.embed_tokens.weight
    return network.eval().requires_grad_(False)


def _or_zeros(positions: Tensor, start: Tensor) -> Tensor:
    return positions if positions.shape[1] else torch.zeros_like(start)


def _widened(cache: dict[str, Tensor], batch: int) -> dict[str, Tensor]:
    return {name: rows.repeat(batch, 1, 1) for name, rows in cache.items()}


if __name__ == "__main__":
    child = Theirs()
    serve(
        {
            "load": child.load,
            "agree": child.agree,
            "prime": child.prime,
            "slice": child.slice,
        }
    )
