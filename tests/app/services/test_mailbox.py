from __future__ import annotations

import threading
from itertools import zip_longest

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.services.mailbox import MOST_UNREAD_CHUNKS, Letter, Mailbox
from engine.api import Chunk, Event, Finished, Progress, Saved, Started
from engine.types import Audio, Level

CHUNK = Chunk(0, Level.TOP, 0, Audio(np.zeros(1, np.float32), 1))
SAVED = Saved(0, Level.TOP, 0, np.zeros(1, np.uint16))


def progress(done: int) -> Progress:
    return Progress(None, done, 100)


def drained(mailbox: Mailbox) -> list[Event]:
    events = []
    while (letter := mailbox.take()) is not None:
        events.append(letter.event)
    return events


events = st.one_of(st.just(CHUNK), st.just(SAVED), st.builds(progress, st.integers(0, 9)))


@given(st.lists(events, max_size=MOST_UNREAD_CHUNKS))
def test_all_but_outdated_progress_arrives_in_order(sent: list[Event]) -> None:
    mailbox = Mailbox(lambda: None)
    for event in sent:
        mailbox.put(Letter(1, event))

    kept = [
        event
        for event, after in zip_longest(sent, sent[1:])
        if not (isinstance(event, Progress) and isinstance(after, Progress))
    ]
    assert drained(mailbox) == kept


def test_progress_of_another_job_is_not_outdated() -> None:
    mailbox = Mailbox(lambda: None)
    mailbox.put(Letter(1, progress(1)))
    mailbox.put(Letter(2, progress(2)))

    assert drained(mailbox) == [progress(1), progress(2)]


def test_at_most_one_wake_up_is_pending() -> None:
    wakes: list[None] = []
    mailbox = Mailbox(lambda: wakes.append(None))
    for _ in range(3):
        mailbox.put(Letter(1, SAVED))
    assert len(wakes) == 1

    drained(mailbox)
    mailbox.put(Letter(1, SAVED))

    assert len(wakes) == 2


def test_a_full_mailbox_makes_the_engine_wait() -> None:
    mailbox = Mailbox(lambda: None)
    for _ in range(MOST_UNREAD_CHUNKS):
        mailbox.put(Letter(1, CHUNK))
    writer = threading.Thread(target=mailbox.put, args=(Letter(1, CHUNK),))
    writer.start()
    writer.join(0.05)
    assert writer.is_alive()

    mailbox.take()

    writer.join(5)
    assert not writer.is_alive()


def test_closing_lets_a_waiting_engine_go() -> None:
    mailbox = Mailbox(lambda: None)
    writer = threading.Thread(
        target=lambda: [mailbox.put(Letter(1, CHUNK)) for _ in range(2 * MOST_UNREAD_CHUNKS)]
    )
    writer.start()

    mailbox.close()

    writer.join(5)
    assert not writer.is_alive()
    mailbox.put(Letter(1, Started(1)))
    assert mailbox.take() is None


def test_what_is_put_last_is_still_there() -> None:
    mailbox = Mailbox(lambda: None)
    mailbox.put(Letter(1, progress(99)))
    mailbox.put(Letter(1, Finished()))

    assert drained(mailbox)[-1] == Finished()
