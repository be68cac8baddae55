"""The language of the program: every text that people see goes through `tr` or `trn`.

The code holds the English text; `resources/translations/<language>.po` holds what stands for it
elsewhere (GNU gettext). Pure: knows those catalogues, and the engine's phrases. Knows nothing of
Qt, widgets or songs.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

import resources
from engine.phrases import Phrase

SOURCE = "en"
"""The language that the code is written in."""

_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"


@dataclass(frozen=True, slots=True)
class _Voice:
    """A language that can be spoken."""

    code: str
    catalogue: NullTranslations
    right_to_left: bool


def languages() -> tuple[str, ...]:
    """The languages that the program can speak, as ISO 639 codes, its own first."""
    return (SOURCE, *sorted(path.stem for path in _folder().glob("*.po")))


def speak(code: str) -> None:
    """Speak this language from now on; texts that were made already stay as they are.

    Raises:
        ValueError: there is no catalogue of that language.
    """
    global _voice
    if code not in languages():
        raise ValueError(f"No translation into “{code}” comes with the program.")
    _voice = _ENGLISH if code == SOURCE else _foreign(code)


def spoken() -> str:
    """The language that is spoken now."""
    return _voice.code


def tr(text: str, **fields: object) -> str:
    """A text in the language that is spoken, with its {fields} filled in.

    `text` is a literal, or was given to `mark` where it stands as one: the catalogue is made from
    the literals. A text without a translation is itself.
    """
    return _filled(_voice.catalogue.gettext(text), fields)


def trn(one: str, many: str, count: int, **fields: object) -> str:
    """A text that counts something, in the form that the language has for `count`: {count}."""
    return _filled(_voice.catalogue.ngettext(one, many, count), {"count": count, **fields})


def knows(text: str) -> bool:
    """Whether the language that is spoken has a translation of a text."""
    return _voice.catalogue.gettext(text) != text


def say(text: str) -> str:
    """What the engine says, in the language that is spoken, with the phrases that stand in it.

    A text that is no phrase is itself.
    """
    if not isinstance(text, Phrase):
        return text
    fields = {
        name: say(value) if isinstance(value, str) else value for name, value in text.fields.items()
    }
    return tr(text.sentence, **fields)


def mark(text: str) -> str:
    """The text as it is: it is translated where it is shown, by `tr`."""
    return text


def _filled(text: str, fields: dict[str, object]) -> str:
    if not fields:
        return text
    if _voice.right_to_left:
        fields = {name: _isolated(value) for name, value in fields.items()}
    return text.format(**fields)


def _isolated(value: object) -> object:
    """Names and paths keep their own direction, and leave that of the sentence alone."""
    plain = isinstance(value, int | float) or not str(value)
    return value if plain else f"{_ISOLATE}{value}{_END_ISOLATE}"


def _foreign(code: str) -> _Voice:
    # Imported here, since most who speak English never need it.
    from babel import Locale
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    with (_folder() / f"{code}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=code, abort_invalid=True))
    compiled.seek(0)
    return _Voice(code, GNUTranslations(compiled), Locale(code).text_direction == "rtl")


def _folder() -> Path:
    return resources.path("translations")


_ENGLISH = _voice = _Voice(SOURCE, NullTranslations(), right_to_left=False)
