"""Asks before something of a model is removed."""

from __future__ import annotations

from enum import Enum, auto

from PySide6.QtWidgets import QMessageBox, QWidget

from app.language import tr


class Answer(Enum):
    """What to do with what was fetched."""

    REMOVE = auto()
    KEEP = auto()
    GO_ON = auto()


def removal(title: str, size: str, parent: QWidget) -> bool:
    """Whether to remove a model, or what there is of it."""
    box = _box(
        tr("Remove {title}?", title=title), tr("{size} on the disk become free.", size=size), parent
    )
    remove = box.addButton(tr("Remove"), QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
    box.exec()
    return box.clickedButton() is remove


def giving_up(title: str, parent: QWidget) -> Answer:
    """What to do with what was fetched of a model, now that the user wants no more."""
    box = _box(
        tr("Stop installing {title}?", title=title),
        tr("What was fetched can wait for another time."),
        parent,
    )
    keep = box.addButton(tr("Stop and Keep"), QMessageBox.ButtonRole.AcceptRole)
    remove = box.addButton(tr("Stop and Remove"), QMessageBox.ButtonRole.DestructiveRole)
    go_on = box.addButton(tr("Go On"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(keep)
    box.setEscapeButton(go_on)
    box.exec()
    answers = {keep: Answer.KEEP, remove: Answer.REMOVE}
    return next((a for button, a in answers.items() if box.clickedButton() is button), Answer.GO_ON)


def _box(question: str, more: str, parent: QWidget) -> QMessageBox:
    box = QMessageBox(parent)
    box.setObjectName("consentDialog")
    box.setWindowTitle(tr("Models"))
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setText(question)
    box.setInformativeText(more)
    return box
