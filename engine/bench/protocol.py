"""Questions and answers between the benchmark and its children: a line of JSON each way.

Standard library only: one of the children runs in an environment without this project's packages.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]  # Any: whatever a line of JSON holds; both ends of the pipe are ours.
Handler = Callable[..., Json]


def serve(handlers: Mapping[str, Handler]) -> None:
    """Answer questions from standard input; end with it, in the midst of an answer too.

    A question names its handler as `do`; its other entries are the handler's arguments. What a
    library prints meanwhile goes to standard error, not between the answers.
    """
    questions: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(questions,), daemon=True).start()
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answers:
        os.dup2(2, 1)
        while True:
            answer = _answer(handlers, json.loads(questions.get()))
            print(json.dumps(answer), file=answers, flush=True)


def _listen(questions: queue.SimpleQueue[str]) -> None:
    """Pass questions on until whoever asks is gone, killed perhaps: then nobody wants answers."""
    for line in sys.stdin:
        questions.put(line)
    os._exit(0)


def _answer(handlers: Mapping[str, Handler], question: Json) -> Json:
    try:
        return handlers[question.pop("do")](**question)
    except Exception as error:  # noqa: BLE001 — the other end tells a person and ends this one
        return {"error": f"{type(error).__name__}: {error}"}


@dataclass(slots=True)
class Stopwatch:
    """Time spent between `start` and `stop`, added up.

    Attributes:
        wall_s: by the clock.
        cpu_s: of this process, all threads together.
    """

    wall_s: float = 0.0
    cpu_s: float = 0.0
    _wall: float = 0.0
    _cpu: float = 0.0

    def start(self) -> None:
        """Go on."""
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def stop(self) -> None:
        """Pause."""
        self.cpu_s += time.process_time() - self._cpu
        self.wall_s += time.perf_counter() - self._wall

    def slice(self, amount: float) -> Json:
        """What was done in that time, as an answer."""
        return {"amount": amount, "wall_s": self.wall_s, "cpu_s": self.cpu_s}
