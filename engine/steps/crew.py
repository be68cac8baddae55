"""Several threads at one step: who does what, and how they wait for each other.

All run the same compiled function side by side. Rows belong to one of them each; the panels of a
matrix are handed out as they go, so that one that is held up holds up little. Either way each
number is summed by one thread in the one order there is, so that how many work changes no bit.

They exist for one call only: nothing waits, or keeps a core warm, between two calls. Where others
keep the processors busy, waiting for each other costs more than it gains: at the third layer of a
call with a long wait the crew breaks up, the first member goes on alone, and only later is it tried
again.
"""

from __future__ import annotations

import ctypes
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

import llvmlite.binding as llvm
import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray

from engine.steps.compiled import strict

_APART = 16  # Numbers that share no line of a cache, nor the one fetched with it.
_ARRIVED, _ROUND, _TAKEN, _SIZE, _WAITED, _HELD_UP = (_APART * n for n in range(6))
_BOARD = 6 * _APART
_PATIENCE = 50_000  # Looks, of some 20 ns each, before the core is offered to others.
_OFFERED = 10_000  # Looks that an offer counts for.
_TOO_LONG = 60_000  # Looks in one layer.
_TOO_OFTEN = 3  # Layers of one call in which the first waited too long.
_PAUSE_S, _LONGEST_S = 0.25, 8.0
_GAIN = 0.9
_INT64 = ir.IntType(64)
_GIVE_WAY = "jukebox_give_way"

# llvmlite and numba tell no types of theirs.
_in_llvm: Any = intrinsic


class Crew(NamedTuple):
    """One of those who work at a step.

    Attributes:
        board: what they share: how many have arrived, how often all had, panels that are taken, how
            many they shall be, how long the first has waited in a layer, and in how many too long.
        size: how many they are.
        member: which of them this is, from 0.
    """

    board: NDArray[np.int64]
    size: int
    member: int


def alone() -> Crew:
    """A crew of one."""
    return Crew(np.zeros(_BOARD, np.int64), 1, 0)


class Crews:
    """Lets several threads do a piece of work, as long as that takes less time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._alone_s: dict[int, float] = {}
        self._again_at, self._pause_s = 0.0, _PAUSE_S

    def work(self, size: int, work: Callable[[Crew], None], parts: int, kind: int) -> None:
        """Let up to so many do the same work, this thread among them.

        Args:
            work: compiled, and without Python's lock.
            parts: how much there is to do.
            kind: of work: parts of one kind take the same time.
        """
        began = self._clock()
        if size == 1 or kind not in self._alone_s or began < self._again_at:
            work(alone())
            self._alone_s[kind] = (self._clock() - began) / parts
            return
        whole = together(size, work)
        now = self._clock()
        if whole and now - began < _GAIN * self._alone_s[kind] * parts:
            self._pause_s = _PAUSE_S
        else:
            self._again_at, self._pause_s = now + self._pause_s, min(2 * self._pause_s, _LONGEST_S)


def together(size: int, work: Callable[[Crew], None]) -> bool:
    """Let so many do the same work; returns whether they all did to the end."""
    board, begin = np.zeros(_BOARD, np.int64), threading.Event()
    helpers: list[threading.Thread] = []

    def help_out(member: int) -> None:
        begin.wait()
        work(Crew(board, len(helpers) + 1, member))

    with suppress(RuntimeError):  # Where the system gives no more threads.
        for member in range(1, size):
            helper = threading.Thread(target=help_out, args=(member,), name="step", daemon=True)
            helper.start()
            helpers.append(helper)
    board[_SIZE] = len(helpers) + 1
    begin.set()
    work(Crew(board, len(helpers) + 1, 0))
    for helper in helpers:
        helper.join()
    return bool(board[_SIZE] == size)


def _name_give_way() -> None:
    """Tell LLVM under which name compiled code finds what offers the core to other threads."""
    library = ctypes.CDLL("kernel32" if sys.platform == "win32" else None)
    found = library.SwitchToThread if sys.platform == "win32" else library.sched_yield
    llvm.add_symbol(_GIVE_WAY, ctypes.cast(found, ctypes.c_void_p).value)


_name_give_way()


def _place(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    """Where a number of an array lies."""
    array = cgutils.create_struct_proxy(signature.args[0])(context, builder, value=args[0])
    return builder.gep(array.data, [args[1]])


@_in_llvm
def _add(typing: Any, board: Any, place: Any) -> Any:
    """Add 1 to a number that all see, and return what it was."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        there = _place(context, builder, signature, args)
        return builder.atomic_rmw("add", there, _INT64(1), "acq_rel")

    return types.int64(board, place), emit


@_in_llvm
def _look(typing: Any, board: Any, place: Any) -> Any:
    """A number that others change; whatever they wrote before it is then seen too."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.load_atomic(_place(context, builder, signature, args), "acquire", 8)

    return types.int64(board, place), emit


@_in_llvm
def _show(typing: Any, board: Any, place: Any, number: Any) -> Any:
    """Change a number that others look at."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        builder.store_atomic(args[2], _place(context, builder, signature, args), "release", 8)
        return context.get_dummy_value()

    return types.void(board, place, types.int64), emit


@_in_llvm
def _rest(typing: Any) -> Any:
    """Tell the core that this is but waiting, where it can be told."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        names = {"x86": ("llvm.x86.sse2.pause", []), "aar": ("llvm.aarch64.hint", [1])}
        name, numbers = names.get(llvm.get_process_triple()[:3], ("", []))
        given = [ir.IntType(32)(number) for number in numbers]
        if name:
            kind = ir.FunctionType(ir.VoidType(), [number.type for number in given])
            builder.call(cgutils.get_or_insert_function(builder.module, kind, name), given)
        return context.get_dummy_value()

    return types.void(), emit


@_in_llvm
def _give_way(typing: Any) -> Any:
    """Offer the core to other threads."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kind = ir.FunctionType(ir.IntType(32), [])
        builder.call(cgutils.get_or_insert_function(builder.module, kind, _GIVE_WAY), [])
        return context.get_dummy_value()

    return types.void(), emit


@strict
def meet(crew: Crew) -> None:
    """Wait until all are here; each then sees what the others wrote, and all panels are free."""
    if crew.size == 1:
        return
    board = crew.board
    before = _look(board, _ROUND)
    if _add(board, _ARRIVED) == crew.size - 1:
        _show(board, _ARRIVED, 0)
        _show(board, _TAKEN, 0)
        _show(board, _ROUND, before + 1)
        return
    looks = 0
    while _look(board, _ROUND) == before:
        if looks < _PATIENCE:
            _rest()
            looks += 1
        else:
            _give_way()
            looks += _OFFERED
    if crew.member == 0:
        board[_WAITED] += looks


@strict
def weigh_up(crew: Crew) -> None:
    """Let the first decide, between two meetings, whether the crew shall break up."""
    if crew.size > 1 and crew.member == 0:
        if crew.board[_WAITED] > _TOO_LONG:
            crew.board[_HELD_UP] += 1
            if crew.board[_HELD_UP] == _TOO_OFTEN:
                _show(crew.board, _SIZE, 1)
        crew.board[_WAITED] = 0


@strict
def remaining(crew: Crew) -> Crew:
    """The crew as it goes on; a member past its size has nothing more to do."""
    if crew.size == 1:
        return crew
    size = _look(crew.board, _SIZE)
    if size < crew.size:
        meet(crew)  # Whoever goes on needs the rows of those who do not.
    return Crew(crew.board, size, crew.member)


@strict
def share(crew: Crew, whole: int, done: int) -> tuple[int, int]:
    """The next panels of `whole` that are to be done by whoever asks.

    Half of all at first, in equal parts, which streams best; then one by one, so that all end
    together.

    Args:
        done: where the last share ended, at first 0.

    Returns:
        The first of them, and where they end; nothing is left where the first is `whole`.
    """
    if crew.size == 1:
        return done, whole
    number, bulk = _add(crew.board, _TAKEN), whole // (2 * crew.size)
    if number < crew.size:
        return number * bulk, (number + 1) * bulk
    first = min(whole, crew.size * bulk + number - crew.size)
    return first, min(whole, first + 1)
