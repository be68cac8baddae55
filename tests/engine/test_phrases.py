from __future__ import annotations

import pickle
from pathlib import Path

from engine.phrases import Phrase


def test_a_phrase_is_its_text_and_knows_what_it_was_made_of() -> None:
    phrase = Phrase("{path} has {count} bytes.", path=Path("a{b}"), count=3)

    assert phrase == "a{b} has 3 bytes."
    assert (phrase.sentence, phrase.fields) == (
        "{path} has {count} bytes.",
        {"path": "a{b}", "count": 3},
    )


def test_a_text_without_fields_is_taken_as_it_is() -> None:
    assert Phrase("{“size”: 3}") == "{“size”: 3}"


def test_what_stands_in_a_phrase_can_go_through_a_pipe() -> None:
    class Odd(Exception):
        """Of a class that no other process has."""

    phrase = Phrase("{what} ({error}).", what=Phrase("{n} lost", n=2), error=Odd("gone"))

    arrived = pickle.loads(pickle.dumps(phrase))

    assert arrived == phrase == "2 lost (gone)."
    assert arrived.fields["what"].sentence == "{n} lost"
