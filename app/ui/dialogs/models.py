"""The models: which there are, and all that can be done with them.

Shows what the shelf tells, and sends it what the user asks for. Work goes on when the dialog is
closed.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFrame,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.language import tr
from app.session import Session
from app.song.shelf import ShelfTask, ShelfWork
from app.song.status import Notice
from app.ui import amounts, drop_overlay, widgets
from app.ui.dialogs import consent
from app.ui.dialogs.consent import Answer
from app.ui.dialogs.licence import LicencePage
from app.ui.dialogs.model_row import ImportRow, ModelRow
from app.ui.drop_overlay import DropOverlay
from app.ui.notice_bar import NoticeBar
from engine.installing.survey import Standing, Survey

_SIZE = (720, 520)
_ASK_FROM_BYTES = 50_000_000
"""What was fetched and is less is given up without a question."""


class ModelsDialog(QDialog):
    """A list of models, and a page for the licence of one that is to be installed."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._shelf = session, session.shelf
        self.survey: Survey | None = None
        self._chosen: Standing | None = None
        self.rows: dict[str, ModelRow] = {}
        self.licence = LicencePage()
        self.notice = NoticeBar()
        self._import = ImportRow()
        self._room = widgets.Elided(tr("Looking which models there are…"), role="dim")
        self._list = QVBoxLayout()
        self._pages = QStackedWidget()
        self._overlay = DropOverlay(self)
        self._build()
        self._connect()
        self._shelf.refresh()

    @property
    def room(self) -> str:
        """How much room there is, and where."""
        return self._room.words

    def show_survey(self, survey: Survey) -> None:
        """Show which models there are."""
        self.survey = survey
        focused = cast(QWidget | None, self.focusWidget())
        name = focused.objectName() if focused is not None else ""
        widgets.empty(self._list)
        self.rows = {model.name: self._row(model) for model in survey.models}
        for row in self.rows.values():
            self._list.addWidget(row)
        self._list.addStretch(1)
        self._room.set_words(
            tr(
                "{free} free in {folder}",
                free=amounts.size(survey.free_bytes),
                folder=survey.root,
            )
        )
        self.show_work(self._shelf.work)
        again = self.findChild(QWidget, name) if name else None
        if again is not None:
            again.setFocus()

    def show_work(self, work: ShelfWork | None) -> None:
        """Show what is being done."""
        for row in self.rows.values():
            row.show_work(work)
        self._import.show_work(work)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Say what a drop will do."""
        path = drop_overlay.dropped_file(event.mimeData())
        if path is not None and self._shelf.work is None:
            self._overlay.cover(tr("Install the model that lies here"), path.name)
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Take the veil away."""
        self._overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        """Do what was said."""
        self._overlay.hide()
        path = drop_overlay.dropped_file(event.mimeData())
        if path is not None:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self._shelf.import_from(path)

    def _row(self, model: Standing) -> ModelRow:
        row = ModelRow(model)
        row.asked.connect(partial(self._do, model))
        return row

    def _do(self, model: Standing, deed: str) -> None:
        match deed:
            case "install":
                self._ask_for_consent(model)
            case "resume" if model.known is not None:
                self._shelf.install(model.known)
            case "verify":
                self._shelf.verify(model)
            case "remove" | "discard":
                self._remove(model)
            case "pause":
                self._shelf.pause()
            case _:
                self._cancel(model)

    def _ask_for_consent(self, model: Standing) -> None:
        if self.survey is not None:
            self._chosen = model
            self.licence.show_model(model, self.survey)
            self._pages.setCurrentWidget(self.licence)

    def _install(self) -> None:
        self._show_list()
        if self._chosen is not None and self._chosen.known is not None:
            self._shelf.install(self._chosen.known)

    def _show_list(self) -> None:
        self._pages.setCurrentIndex(0)

    def _remove(self, model: Standing) -> None:
        if model.name == self._session.song.model:
            self.notice.show_notice(
                "warning", tr("The open song uses {title}.", title=model.title),
                tr("Choose another model, or open another song, first."),
            )  # fmt: skip
        elif consent.removal(model.title, amounts.size(self._bytes_of(model)), self):
            self._shelf.remove(model)

    def _bytes_of(self, model: Standing) -> int:
        return model.size_bytes if model.known is None else model.fetched_bytes

    def _cancel(self, model: Standing) -> None:
        """Stop; where much was fetched already, ask what to do with it."""
        work = self._shelf.work
        progress = work.progress if work is not None else None
        if work is None or work.task is not ShelfTask.INSTALL or progress is None:
            self._shelf.give_up()
            return
        answer = Answer.REMOVE
        if progress.done >= _ASK_FROM_BYTES:
            answer = consent.giving_up(model.title, self)
        if answer is Answer.REMOVE:
            self._shelf.give_up()
        elif answer is Answer.KEEP:
            self._shelf.pause()

    def _choose_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, tr("Import a Model"), str(Path.home()))
        if name:
            self._shelf.import_from(Path(name))

    def _show_notice(self, notice: Notice) -> None:
        self.notice.show_notice(notice.severity, notice.message, notice.advice)

    def _connect(self) -> None:
        shelf = self._shelf
        shelf.changed.connect(self.show_survey)
        shelf.worked.connect(self.show_work)
        shelf.told.connect(self._show_notice)
        self.licence.accepted.connect(self._install)
        self.licence.left.connect(self._show_list)
        self._import.chosen.connect(self._choose_folder)
        self._import.cancelled.connect(shelf.give_up)

    def _build(self) -> None:
        self.setWindowTitle(tr("Models"))
        self.setObjectName("modelsDialog")
        self.setAcceptDrops(True)
        self.resize(*_SIZE)
        body = QWidget()
        body.setObjectName("modelList")
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(8)
        body.setLayout(self._list)
        scroll = QScrollArea()
        scroll.setObjectName("modelScroll")
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(body)
        page = QWidget()
        close = QPushButton(tr("&Close"))
        close.setObjectName("closeModels")
        close.clicked.connect(self.accept)
        whole = widgets.stacked(scroll, self._import, spacing=12)
        foot = widgets.beside(self._room, close, spacing=12)
        foot.setStretch(0, 1)
        whole.addLayout(foot)
        page.setLayout(whole)
        self._pages.addWidget(page)
        self._pages.addWidget(self.licence)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 16)
        column.setSpacing(12)
        column.addWidget(self.notice)
        column.addWidget(self._pages, 1)
