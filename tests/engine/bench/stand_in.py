"""Another implementation for tests: this engine's own layers, run as the peer is.

It draws by the same numbers, so it must agree with every code, and it serves the same questions.
"""

from pathlib import Path

import torch

from engine.bench.ours import OurDecode
from engine.bench.protocol import serve
from engine.bench.theirs import read_state
from engine.bench.work import read_work, timed
from engine.catalog import dialects
from engine.catalog.specs import Pattern, PriorConfig, TransformerConfig
from engine.nn.prior import Prior
from engine.steps.plain import PlainBody
from engine.types import Level


class StandIn:
    def load(self, config, folder, prefix, work, threads):
        self.work = read_work(work)
        stack = TransformerConfig(
            config["n_ctx"],
            config["hidden_size"],
            config["num_layers"],
            config["n_heads"],
            config["blocks"],
            tuple(Pattern[name.upper()] for name in config["attention_layers"]),
        )
        self.prior = Prior(PriorConfig(Level.TOP, config["sampling_rate"], 1, stack.length,
                                       config["music_vocab_size"], stack))  # fmt: skip
        rename = dialects.from_hf(dialects.PRIOR)
        state = {
            rename(f"prior.{k}"): v for k, v in read_state(Path(folder), f"{prefix}prior.").items()
        }
        self.prior.load_state_dict(state)
        return {}

    def _decode(self, batch, place):
        return OurDecode(PlainBody(self.prior), self.work, batch, place)

    def agree(self, place, codes):
        decode = self._decode(1, place)
        decode.open()
        drawn = decode._stream.draw(self.work.uniforms)[0].tolist()
        return {"same": sum(a == b for a, b in zip(drawn, codes, strict=True)), "of": len(codes)}

    def prime(self, batch, place):
        self.decode = self._decode(batch, place)
        self.decode.reset()
        return {}

    def slice(self, seconds):
        return timed(self.decode, seconds)


if __name__ == "__main__":
    torch.set_num_threads(1)
    child = StandIn()
    serve({name: getattr(child, name) for name in ("load", "agree", "prime", "slice")})
