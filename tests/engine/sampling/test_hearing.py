"""What is decoded beside sampling is heard once, in the order of asking, and leaves no thread."""

import threading

import numpy as np
import pytest

from engine.sampling.hearing import AtOnce, Listener, new_listener
from engine.types import Level


class Slow:
    """A decoder that gives one chunk per position, when it is let go on."""

    def __init__(self, may_go_on=None):
        self.may_go_on, self.given = may_go_on, 0

    def sound(self, until):
        if self.may_go_on is not None:
            self.may_go_on.wait(10)
        for start in range(self.given, until):
            yield start, np.full((2, 1), start, np.float32)
        self.given = until


@pytest.fixture
def listener():
    listener = new_listener("cpu")
    yield listener
    listener.close()


def test_asking_does_not_wait_for_the_sound(listener):
    gate = threading.Event()
    listener.listen(Level.TOP, Slow(gate), 3)

    assert list(listener.heard(patience_s=0.01)) == []

    gate.set()
    assert [part.start for part in listener.rest()] == [0, 1, 2]


def test_sound_comes_once_in_the_order_of_asking(listener):
    top, bottom = Slow(), Slow()
    heard = []
    for until in (2, 5):
        listener.listen(Level.TOP, top, until)
        listener.listen(Level.BOTTOM, bottom, until)
        heard += listener.heard(patience_s=10)

    heard += listener.rest()

    assert [(part.level, part.start) for part in heard] == [
        *((level, start) for level in (Level.TOP, Level.BOTTOM) for start in (0, 1)),
        *((level, start) for level in (Level.TOP, Level.BOTTOM) for start in (2, 3, 4)),
    ]
    assert list(listener.rest()) == []


def test_decoding_cannot_be_left_behind(listener):
    """Codes that wait to be decoded would take up memory without end."""
    gate = threading.Event()
    decoder = Slow(gate)
    for until in range(1, 20):
        listener.listen(Level.TOP, decoder, until)
    threading.Timer(0.05, gate.set).start()

    assert list(listener.heard(patience_s=0))


def test_an_error_of_the_decoder_is_met_where_its_sound_is_asked_for(listener):
    class Broken:
        def sound(self, until):
            raise RuntimeError("no sound")

    listener.listen(Level.TOP, Broken(), 1)

    with pytest.raises(RuntimeError, match="no sound"):
        list(listener.rest())


def test_closing_forgets_what_waits():
    listener, gate = new_listener("cpu"), threading.Event()
    first, second = Slow(gate), Slow()
    listener.listen(Level.TOP, first, 1)
    listener.listen(Level.TOP, second, 1)

    threading.Timer(0.05, gate.set).start()
    listener.close()

    assert second.given == 0
    assert not [t for t in threading.enumerate() if t.name.startswith("decoding")]


def test_what_decodes_at_once_needs_no_patience():
    listener = Listener(AtOnce())
    listener.listen(Level.TOP, Slow(), 3)

    assert [part.start for part in listener.heard(patience_s=0)] == [0, 1, 2]
