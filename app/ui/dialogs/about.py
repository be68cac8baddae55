"""What the program is, and all licences that concern it: for reading without a network."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QTabWidget, QVBoxLayout, QWidget

from app import licences
from app.language import mark, tr
from app.ui import icons, widgets
from engine.catalog.licences import OPENAI_JUKEBOX

WHAT = mark("Composes music with Jukebox, OpenAI’s 2020 model family, on this computer.")
FREE = mark(
    "This is free software: you may use it, study it, share it and change it, under the GNU "
    "General Public License, version 3 or later. It comes without any warranty."
)
MODELS_DIFFER = mark(
    "Models have licences of their own, which cover the music made with them. Those of the "
    "installed models, and of the models that can be installed:"
)
_SIZE = (680, 520)


@dataclass(frozen=True, slots=True)
class ModelLicence:
    """The licence of an installed model, in one line."""

    title: str
    licence: str


class AboutDialog(QDialog):
    """Name, version and licences, each on a page."""

    def __init__(
        self, version: str, models: tuple[ModelLicence, ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("About Jukebox Studio"))
        self.setObjectName("aboutDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.pages = QTabWidget()
        self.pages.setObjectName("aboutPages")
        self.pages.setDocumentMode(True)
        self.pages.addTab(_about(version), tr("About"))
        self.pages.addTab(_models(models), tr("Models"))
        self.pages.addTab(_reading(licences.licence(), tr("Licence")), tr("Licence"))
        self.pages.addTab(_reading(licences.notice(), tr("Notice")), tr("Notice"))
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 16)
        column.setSpacing(14)
        column.addWidget(self.pages)
        column.addWidget(widgets.close_box(self))
        widgets.fit(self, _SIZE)


def _about(version: str) -> QWidget:
    picture = widgets.label("")
    picture.setPixmap(icons.program_icon().pixmap(96))
    title = widgets.label(tr("Jukebox Studio {version}", version=version), role="title")
    words = (widgets.paragraph(tr(WHAT)), widgets.paragraph(tr(FREE), role="dim"))
    for part in (picture, title, *words):
        part.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    return _page(1, picture, title, *words, 2)


def _models(models: tuple[ModelLicence, ...]) -> QWidget:
    parts: list[QWidget | int] = [widgets.paragraph(tr(MODELS_DIFFER))]
    for model in models:
        parts.append(widgets.paragraph(model.title, role="heading"))
        parts.append(widgets.paragraph(model.licence))
    parts.append(widgets.paragraph(tr("OpenAI’s Jukebox (1B and 5B)"), role="heading"))
    parts += [widgets.paragraph(f"•  {tr(point)}") for point in OPENAI_JUKEBOX.points]
    return widgets.scrolling(_page(*parts, 1), tr("Licences of models"))


def _page(*parts: QWidget | int) -> QWidget:
    page = QWidget()
    page.setObjectName("aboutPage")
    layout = widgets.stacked(*parts, spacing=10)
    layout.setContentsMargins(24, 18, 24, 18)
    page.setLayout(layout)
    return page


def _reading(text: str, name: str) -> QPlainTextEdit:
    """A long text to read, in English whatever the language."""
    result = QPlainTextEdit(text)
    result.setReadOnly(True)
    result.setAccessibleName(name)
    result.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    result.setTabChangesFocus(True)
    result.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    result.setProperty("role", "reading")
    return result
