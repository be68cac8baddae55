"""Which body serves: on a CUDA device a graph; on a processor the compiled step, and torch until it
is there; torch elsewhere.

Compiling happens once per machine and takes seconds; reading what was compiled takes less than one.
Both are done in the background: reading is waited for at the first window, compiling is not. So on
one machine the same body serves in every run but the very first.
"""

from __future__ import annotations

import importlib
import logging
import threading
import time
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from engine.nn.conditioning import Conditioning
from engine.nn.prior import Prior
from engine.steps.body import Body, CodeStream
from engine.steps.graphed import GraphedBody
from engine.steps.plain import PlainBody
from engine.types import LevelSettings, Precision

if TYPE_CHECKING:
    from engine.steps.fused import FusedBody

log = logging.getLogger(__name__)

_PATIENCE_S = 1.0


class Bodies:
    """Makes the bodies of priors on one device.

    Args:
        device: where the priors live.
        precision: of their stacks.
    """

    def __init__(self, device: torch.device, precision: Precision) -> None:
        self._fuses, self._records = device.type == "cpu", device.type == "cuda"
        self._precision = precision
        if self._fuses:
            # Half a second that loading a model hides.
            threading.Thread(target=_import_fused, name="compiler", daemon=True).start()

    def body(self, prior: Prior) -> Body:
        """The best body there is for a prior; a big prior gives its matrices up to it."""
        if self._fuses:
            return WarmingBody(prior, self._precision)
        return GraphedBody(prior) if self._records else PlainBody(prior)


class WarmingBody:
    """The plain body until the fused one is ready. Implements `engine.steps.body.Body`."""

    def __init__(self, prior: Prior, precision: Precision) -> None:
        fused = importlib.import_module("engine.steps.fused").FusedBody(prior, precision)
        self._serving: Body = PlainBody(prior)
        self._served: Body | None = None
        self._ready = threading.Event()
        self._patience_s: float | None = None if precision.rounds_inputs else _PATIENCE_S
        threading.Thread(target=self._warm, args=(fused,), name="compiler", daemon=True).start()

    def open(
        self, known: Tensor, conditioning: Conditioning, settings: LevelSettings
    ) -> CodeStream:
        """See `Body.open`. What is on disk is waited for; what must be compiled is not.

        Where inputs of matrices are rounded too, the plain body would give other codes, so there
        the compiler is waited for.
        """
        self._ready.wait(self._patience_s)
        if self._patience_s is not None:
            self._patience_s = 0.0
        self._served = self._serving
        return self._served.open(known, conditioning, settings)

    @property
    def warming(self) -> bool:
        """See `Body.warming`."""
        ended = self._ready.is_set() and self._served is self._serving
        return self._served is not None and not ended

    def _warm(self, fused: FusedBody) -> None:
        began = time.monotonic()
        try:
            importlib.import_module("engine.steps.compiling").prepare(fused)
            self._serving = fused
            log.info("compiled step ready in %.1f s", time.monotonic() - began)
        except Exception:
            log.exception("no compiled step: torch goes on serving, slowly")
        finally:
            self._ready.set()


def _import_fused() -> None:
    importlib.import_module("engine.steps.fused")
