"""Texts in the language that is spoken: fields, plurals, directions."""

from __future__ import annotations

import pytest

from app import language
from app.language import mark, tr, trn


def test_the_programs_own_language_needs_no_catalogue() -> None:
    assert language.spoken() == "en"
    assert tr("Open {name}", name="Ada") == "Open Ada"
    assert tr("100 % {as} written") == "100 % {as} written"
    assert mark("Draft") == "Draft"


def test_english_counts_one_and_many() -> None:
    words = [trn("{count} take", "{count:,} takes", count) for count in (0, 1, 2, 1200)]

    assert words == ["0 takes", "1 take", "2 takes", "1,200 takes"]


def test_a_text_without_a_translation_is_itself() -> None:
    language.speak("ar")

    assert tr("Nobody has ever written {this}.", this=1) == "Nobody has ever written 1."


def test_names_in_a_sentence_from_right_to_left_keep_their_own_direction() -> None:
    language.speak("ar")

    assert tr("{name}: {count}", name="Ada", count=3) == "\u2068Ada\u2069: 3"


def test_a_language_without_a_catalogue_is_refused_and_the_old_one_stays() -> None:
    language.speak("ar")

    with pytest.raises(ValueError, match="xx"):
        language.speak("xx")
    assert language.spoken() == "ar"
