"""One draw in numba: what `engine.steps.drawing` says in torch."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from engine.steps.arithmetic import Floats, exponential
from engine.steps.compiled import loose, strict
from engine.steps.lanes import larger, numbered

_ZERO, _ONE = np.float32(0), np.float32(1)
_STRETCH = 64
_HIGHEST = 0x3F800001  # As `numbered` counts: right above 1.


class Rules(NamedTuple):
    """How symbols are drawn; as `LevelSettings`, temperature and top-p as float32."""

    temperature: np.float32
    top_k: int
    top_p: np.float32


@loose
def _weigh(logits: Floats, temperature: np.float32, out: Floats) -> None:
    """Probabilities times a common factor, which spares a division each."""
    most, gain = logits[0], _ONE / temperature
    for n in range(1, logits.size):
        most = larger(most, logits[n])
    for n in range(logits.size):
        out[n] = exponential((logits[n] - most) * gain)


@loose
def _sum(numbers: Floats) -> float:
    """In double precision."""
    total = 0.0
    for n in range(numbers.size):
        total += numbers[n]
    return total


@strict
def _place(chances: Floats, uniform: float) -> int:
    """Where the sum of chances passes that share of them all; a stretch at a time."""
    size, passed, first = chances.size, 0.0, 0
    target = uniform * _sum(chances)
    while first + _STRETCH < size:
        after = passed + _sum(chances[first : first + _STRETCH])
        if after > target:
            break
        first, passed = first + _STRETCH, after
    for n in range(first, size):
        passed += chances[n]
        if passed > target:
            return n
    return size - 1


@loose
def _many_reach(chances: Floats, least: float, wanted: int) -> bool:
    """Whether at least so many are as large as `least`."""
    count = 0
    for n in range(chances.size):
        count += 1 if chances[n] >= least else 0
    return count >= wanted


@loose
def _much_exceeds(chances: Floats, least: float, most: np.float32) -> bool:
    """Whether those larger than `least` add up to more than `most`."""
    total = _ZERO
    for n in range(chances.size):
        total += chances[n] if chances[n] > least else _ZERO
    return bool(total > most)


@strict
def _least_kept(chances: Floats, rules: Rules) -> float:
    """The smallest chance that may be drawn, found bit by bit: positive floats lie in order."""
    low, high = -1, _HIGHEST
    share = rules.top_p * np.float32(_sum(chances))
    while low + 1 < high:
        middle = (low + high) // 2
        if rules.top_k > 0:
            above = not _many_reach(chances, numbered(middle), min(rules.top_k, chances.size))
        else:
            above = not _much_exceeds(chances, numbered(middle), share)
        if above:
            high = middle
        else:
            low = middle
    return numbered(low if rules.top_k > 0 else high)


@strict
def choose(logits: Floats, rules: Rules, uniform: float, chances: Floats) -> int:
    """The symbol that a number decides.

    Args:
        logits: (symbols,).
        chances: (symbols,) to work in.
    """
    _weigh(logits, rules.temperature, chances)
    if rules.top_k > 0 or rules.top_p > 0:
        least = _least_kept(chances, rules)
        for n in range(chances.size):
            if chances[n] < least:
                chances[n] = _ZERO
    return _place(chances, uniform)
