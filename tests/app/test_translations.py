"""The catalogues are complete, current, and fit the code; nothing on screen goes past them."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from gettext import GNUTranslations
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo

import resources
from app import language
from app.ui import menus
from tests import translations

CATALOGUES = pytest.mark.parametrize("path", translations.files(), ids=lambda path: path.stem)
ARABIC = re.compile("[\u0600-\u06ff]")


def ids(message: Message) -> tuple[str, ...]:
    return message.id if isinstance(message.id, tuple | list) else (message.id,)


def strings(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple | list) else (message.string,)


def texts(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def fields(text: str) -> Counter[str]:
    return Counter(f"{name}:{form}" for _, name, form, _ in Formatter().parse(text) if name)


@CATALOGUES
def test_a_catalogue_has_every_text_of_the_code_and_no_other(path: Path) -> None:
    wanted = {ids(message) for message in texts(translations.wanted())}
    there = {ids(message) for message in texts(translations.read(path))}

    assert sorted(wanted - there) == [], "run: python -m tests.translations"
    assert sorted(there - wanted) == [], "run: python -m tests.translations"


def test_what_the_engine_says_can_be_translated() -> None:
    assert translations.unsaid() == [], "give the sentence as a literal, and what stands in it"


@CATALOGUES
def test_every_text_is_translated_in_all_its_forms(path: Path) -> None:
    catalogue = translations.read(path)
    lacking = [m.id for m in texts(catalogue) if not all(strings(m)) or m.fuzzy]
    short = [
        m.id
        for m in texts(catalogue)
        if len(strings(m)) != (catalogue.num_plurals if len(ids(m)) == 2 else 1)
    ]

    assert lacking == []
    assert short == []


@CATALOGUES
def test_translations_fill_in_the_fields_that_the_code_gives(path: Path) -> None:
    wrong: list[str] = []
    for message in texts(translations.read(path)):
        given = fields(ids(message)[-1])
        for string in strings(message):
            # A form for one, two or none may do without the number.
            free = {name for name in given if name.startswith("count:")}
            used = fields(string)
            names = {name.split(":")[0] for name in used}
            if (
                names - {name.split(":")[0] for name in given}
                or (given.keys() - free) - used.keys()
            ):
                wrong.append(string)

    assert wrong == []


def test_arabic_is_written_in_arabic() -> None:
    latin = [
        message.id
        for message in texts(translations.read(resources.path("translations", "ar.po")))
        if not all(ARABIC.search(string) for string in strings(message))
        if re.search("[A-Za-z]{2}", re.sub("{[^}]*}|Jukebox Studio", "", ids(message)[0]))
    ]

    assert latin == []


@pytest.mark.parametrize("code", language.languages())
def test_letters_that_a_menu_underlines_are_told_apart(code: str) -> None:
    language.speak(code)
    letters = [mnemonic(language.tr(title)) for title in menus.MENUS]

    assert "" not in letters
    assert len(set(letters)) == len(letters)


def mnemonic(text: str) -> str:
    found = re.search("&([^&])", text)
    return found.group(1).casefold() if found else ""


class Marked(GNUTranslations):
    """A language in which every text is the English one in double brackets."""

    def __init__(self) -> None:
        compiled = io.BytesIO()
        write_mo(compiled, Catalog(locale="en"))
        compiled.seek(0)
        super().__init__(compiled)

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"
