"""Asks what to do with a song that is not saved."""

from __future__ import annotations

from enum import Enum, auto

from PySide6.QtWidgets import QMessageBox, QWidget

from app.language import tr


class Answer(Enum):
    """What to do with the song."""

    SAVE = auto()
    DISCARD = auto()
    CANCEL = auto()


def ask(title: str, parent: QWidget) -> Answer:
    """Save the song, let it go, or stay."""
    button = QMessageBox.StandardButton
    box = QMessageBox(parent)
    box.setObjectName("unsavedDialog")
    box.setWindowTitle(tr("Save the song?"))
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setText(tr("“{title}” has changes that are not saved.", title=title))
    box.setInformativeText(tr("They are lost if you do not save them."))
    box.setStandardButtons(button.Save | button.Discard | button.Cancel)
    box.setDefaultButton(button.Save)
    answers = {button.Save: Answer.SAVE, button.Discard: Answer.DISCARD}
    return answers.get(button(box.exec()), Answer.CANCEL)
