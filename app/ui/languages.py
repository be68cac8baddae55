"""Which language the window speaks, and what Qt has to know of it.

The choice is kept with the window's settings, and taken at the next start.
"""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QLocale, QSettings, QTranslator
from PySide6.QtWidgets import QApplication

from app import language

SYSTEM = ""
"""Speak what the system speaks, as far as possible."""

_CHOICE = "window/language"


def choice(settings: QSettings) -> str:
    """The language that the user asked for; `SYSTEM` for none."""
    asked = str(settings.value(_CHOICE, SYSTEM))
    return asked if asked in language.languages() else SYSTEM


def choose(settings: QSettings, code: str) -> None:
    """Ask for a language from the next start on; `SYSTEM` to follow the system."""
    settings.setValue(_CHOICE, code)


def begin(settings: QSettings) -> None:
    """Speak the language asked for. Comes before the first widget and the first text."""
    speak(choice(settings) or of_system())


def speak(code: str) -> None:
    """Speak a language, in Qt's own texts too, and read as it is read."""
    language.speak(code)
    # Numbers are written alike everywhere: 0 to 9, and the point of time codes and decibels.
    QLocale.setDefault(QLocale.c())
    app = QApplication.instance()
    if isinstance(app, QApplication):
        app.setLayoutDirection(QLocale(code).textDirection())
        _translate_qt(app, code)


def of_system() -> str:
    """The first language of the system that the program can speak."""
    asked = (name.split("-")[0].lower() for name in QLocale.system().uiLanguages())
    return next((code for code in asked if code in language.languages()), language.SOURCE)


def own_name(code: str) -> str:
    """What those who speak a language call it."""
    return "English" if code == language.SOURCE else QLocale(code).nativeLanguageName()


def _translate_qt(app: QApplication, code: str) -> None:
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    translator = QTranslator(app)
    if translator.load(f"qtbase_{code}", folder):
        app.installTranslator(translator)
