"""The compiled step: symbols in, symbols out, as many positions per call as are asked for.

One call holds no Python lock, allocates nothing that grows, and leaves the window where it stopped,
so that the next call goes on from there.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.steps.arithmetic import Floats, Ints, Room, Weights, bend, linear, normalise
from engine.steps.attending import Memory, Rows, Shape, attend, position_of, take_of
from engine.steps.choosing import Rules, choose
from engine.steps.compiled import kept_on_disk, strict
from engine.steps.crew import Crew, meet, remaining, weigh_up
from engine.steps.places import CachePlace

_ONE = np.float32(1)


class Stack(NamedTuple):
    """A prior as the compiled step reads it.

    Attributes:
        weights: four maps per layer: what attention takes in and gives, and the two of the MLP.
        output: the map to logits.
        layers: (depth, 7) int64: the five of `CachePlace`, `at` for a batch of one, then where the
            two normalisations lie among the vectors.
        symbols: (symbols, width) the input table.
        places: (length, width) added at every position.
        echoes: 1 where conditioning is added once more before the output map, else 0.
    """

    weights: Weights
    output: Weights
    shape: Shape
    layers: Ints
    symbols: Floats
    places: Floats
    echoes: int


class Window(NamedTuple):
    """One window being drawn, and room to work in; arrays are (rows, …).

    Attributes:
        progress: (2,) int64: the position that is fed next; 1 if the logits are still undrawn.
        last: (rows,) int64 symbols drawn last, or given, and fed next.
        heard: (1 or rows, length or 0, width) conditioning of every position.
        stream, middle, normal: of the residual stream's width, at least.
        projected, seen, branch, wide, logits: as wide as what linear maps give.
        chances: (crew, symbols) room for a draw each.
    """

    progress: Ints
    last: Ints
    heard: Floats
    memory: Memory
    room: Room
    stream: Floats
    middle: Floats
    normal: Floats
    projected: Floats
    seen: Floats
    branch: Floats
    wide: Floats
    logits: Floats
    chances: Floats


@strict
def _embed(stack: Stack, window: Window, rows: Rows, crew: Crew) -> None:
    heard = window.heard
    for row in range(crew.member, window.last.size, crew.size):
        position = position_of(rows, row)
        for i in range(stack.shape.width):
            value = stack.symbols[window.last[row], i] + stack.places[position, i]
            if heard.shape[1] > 0:
                value += heard[take_of(rows, row) % heard.shape[0], position, i]
            window.stream[row, i] = value


@strict
def _run_layer(stack: Stack, window: Window, number: int, rows: Rows, crew: Crew) -> None:
    weights, shape, plan = stack.weights, stack.shape, stack.layers[number]
    place = CachePlace(plan[0], plan[1] * rows.takes, plan[2], plan[3], plan[4])
    stream, middle, normal, branch = window.stream, window.middle, window.normal, window.branch
    first, room = 4 * number, window.room
    normalise(stream, normal, weights.vectors, (plan[5], shape.width), crew)
    linear(weights, first, normal, window.projected, room, crew)
    attend(place, shape, rows, (window.projected, window.seen), window.memory, crew)
    linear(weights, first + 1, window.seen, branch, room, crew)
    for row in range(crew.member, window.last.size, crew.size):
        for i in range(shape.width):
            middle[row, i] = stream[row, i] + branch[row, i]
        if shape.branch_scale != _ONE:
            for i in range(shape.width):
                stream[row, i] += shape.branch_scale * branch[row, i]
    normalise(middle, normal, weights.vectors, (plan[6], shape.width), crew)
    linear(weights, first + 2, normal, window.wide, room, crew)
    bend(window.wide, shape.mlp, crew)
    weigh_up(crew)
    linear(weights, first + 3, window.wide, branch, room, crew)
    for row in range(crew.member, window.last.size, crew.size):
        for i in range(shape.width):
            if shape.branch_scale == _ONE:
                stream[row, i] = middle[row, i] + branch[row, i]
            else:
                stream[row, i] += shape.branch_scale * branch[row, i]


@strict
def _run(stack: Stack, window: Window, rows: Rows, crew: Crew) -> Crew:
    """From symbols to the stream that logits are a map of; returns the crew that is left."""
    _embed(stack, window, rows, crew)
    for number in range(stack.layers.shape[0]):
        _run_layer(stack, window, number, rows, crew)
        crew = remaining(crew)
        if crew.member >= crew.size:
            return crew
    heard, stream = window.heard, window.stream
    if stack.echoes == 1 and heard.shape[1] > 0:
        for row in range(crew.member, window.last.size, crew.size):
            take, position = take_of(rows, row) % heard.shape[0], position_of(rows, row)
            for i in range(stack.shape.width):
                stream[row, i] += heard[take, position, i]
    return crew


@kept_on_disk
def feed_symbols(stack: Stack, window: Window, rows: Rows, crew: Crew) -> None:
    """Feed `last` of many positions of one take at once, by the very sums of a draw.

    They must lie in one block: positions of the next overwrite what a layer keeps of this one.
    """
    _run(stack, window, rows, crew)


@kept_on_disk
def foretell(stack: Stack, window: Window, crew: Crew) -> None:
    """The logits after all that was fed last."""
    linear(stack.output, 0, window.stream, window.logits, window.room, crew)


@kept_on_disk
def draw_symbols(
    stack: Stack,
    window: Window,
    rules: Rules,
    uniforms: Floats,
    out: NDArray[np.int64],
    crew: Crew,
) -> None:
    """Draw the symbols that follow.

    Args:
        uniforms: (rows, n) numbers that decide them.
        out: (rows, n) filled with symbols.
    """
    takes, steps = uniforms.shape
    symbols = stack.symbols.shape[0]
    position, undrawn = window.progress[0], window.progress[1]
    for step in range(steps):
        if undrawn == 0:
            crew = _run(stack, window, Rows(takes, 0, position, 0), crew)
            if crew.member >= crew.size:
                return
            linear(stack.output, 0, window.stream, window.logits, window.room, crew)
            position += 1
        undrawn = 0
        for row in range(crew.member, takes, crew.size):
            logits = window.logits[row, :symbols]
            symbol = choose(logits, rules, uniforms[row, step], window.chances[crew.member])
            window.last[row] = symbol
            out[row, step] = symbol
    meet(crew)
    if crew.member == 0:
        window.progress[0], window.progress[1] = position, undrawn
