"""One model in the list of models: what it is, what can be done with it, and how that goes."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app.language import mark, say, tr
from app.song.shelf import ShelfTask, ShelfWork
from app.ui import amounts, widgets
from engine.installing.progress import Progress
from engine.installing.survey import Standing, State

_STEPS = 1000
_OFFER = mark(
    "Have the files already? Drop their folder here: OpenAI's .pth.tar files, or a folder from the "
    "hub."
)

_DEEDS = {
    State.AVAILABLE: ("install",),
    State.BEGUN: ("resume", "discard"),
    State.INSTALLED: ("verify", "remove"),
    State.DAMAGED: ("remove",),
}
_WORDS = {
    "install": (mark("Install…"), mark("See its licence, then fetch and install {title}")),
    "resume": (mark("Resume"), mark("Go on fetching {title}")),
    "discard": (mark("Discard…"), mark("Remove what is here of {title}")),
    "verify": (mark("Verify"), mark("Compare every file of {title} with its checksum")),
    "remove": (mark("Remove…"), mark("Remove {title} from this computer")),
    "pause": (mark("Pause"), mark("Stop fetching {title}; what came is kept")),
    "cancel": (mark("Cancel"), mark("Stop what is done to {title}")),
}


class ModelRow(QFrame):
    """A row of the models dialog. Shows what it was told last.

    Signals:
        asked: the name of a deed: install, resume, discard, verify, remove, pause or cancel.
    """

    asked = Signal(str)

    def __init__(self, model: Standing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self._facts = widgets.paragraph(amounts.standing(model), role="dim")
        self._problem = widgets.paragraph(say(model.problem), role="problem")
        self._bar = QProgressBar()
        self.buttons = {name: self._button(name) for name in _deeds(model)}
        self.pause, self.cancel = self._button("pause"), self._button("cancel")
        self._build()
        self.show_work(None)

    @property
    def words(self) -> str:
        """What it says of the model, or of the work on it."""
        return self._facts.text()

    def show_work(self, work: ShelfWork | None) -> None:
        """Show what is being done: to this model, to another one, or nothing."""
        mine = (
            work is not None and work.task is not ShelfTask.IMPORT and work.name == self.model.name
        )
        for button in self.buttons.values():
            button.setVisible(not mine)
            button.setEnabled(work is None)
        for part in (self._bar, self.cancel):
            part.setVisible(mine)
        self._facts.setText(amounts.standing(self.model))
        self.pause.setVisible(mine and work is not None and work.task is ShelfTask.INSTALL)
        if mine and work is not None:
            self._show_progress(work)

    def _show_progress(self, work: ShelfWork) -> None:
        progress = work.progress
        words = amounts.progress(progress)
        self._facts.setText(words)
        self._bar.setAccessibleName(words)
        _show(self._bar, progress)

    def _button(self, name: str) -> QPushButton:
        words, tip = _WORDS[name]
        button = QPushButton(tr(words))
        button.setToolTip(tr(tip, title=self.model.title))
        button.setAccessibleName(f"{tr(words).rstrip('…')} {self.model.title}")
        button.setObjectName(f"{name}-{self.model.name}")
        button.setAutoDefault(False)
        button.clicked.connect(lambda: self.asked.emit(name))
        return button

    def _build(self) -> None:
        self.setObjectName("modelRow")
        self._bar.setTextVisible(False)
        self._problem.setVisible(bool(self.model.problem))
        title = widgets.label(self.model.title, role="heading")
        words = widgets.stacked(title, self._facts, self._problem, spacing=3)
        row = widgets.beside(*self.buttons.values(), self.pause, self.cancel, spacing=6)
        head = widgets.beside(spacing=12)
        head.addLayout(words, 1)
        head.addLayout(row)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 12, 10)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self._bar)


def _deeds(model: Standing) -> tuple[str, ...]:
    """What can be done with a model."""
    deeds = _DEEDS[model.state]
    if not model.ours:
        return tuple(deed for deed in deeds if deed != "remove")
    return deeds if model.known or model.state is not State.BEGUN else ("discard",)


class ImportRow(QFrame):
    """Where a folder can be brought in; shows how far that is.

    Signals:
        chosen: the user wants to choose a folder.
        cancelled: the user wants the import to stop.
    """

    chosen, cancelled = Signal(), Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = widgets.paragraph("", role="dim")
        self._bar = QProgressBar()
        self._choose = QPushButton(tr("&Import Folder…"))
        self._cancel = QPushButton(tr("Cancel"))
        self._build()
        self.show_work(None)

    def show_work(self, work: ShelfWork | None) -> None:
        """Show an import, or the offer of one."""
        busy = work is not None and work.task is ShelfTask.IMPORT
        self._choose.setVisible(not busy)
        self._choose.setEnabled(work is None)
        self._cancel.setVisible(busy)
        self._bar.setVisible(busy)
        if busy and work is not None:
            _show(self._bar, work.progress)
            self._words.setText(f"{work.title}: {amounts.progress(work.progress)}")
        else:
            self._words.setText(tr(_OFFER))

    def _build(self) -> None:
        self.setObjectName("importRow")
        self._choose.setObjectName("importModel")
        self._cancel.setObjectName("cancelImport")
        self._cancel.setAccessibleName(tr("Cancel the import"))
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(tr("Import"))
        self._choose.clicked.connect(self.chosen)
        self._cancel.clicked.connect(self.cancelled)
        head = widgets.beside(self._words, self._choose, self._cancel, spacing=12)
        head.setStretch(0, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 12, 10)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self._bar)


def _show(bar: QProgressBar, progress: Progress | None) -> None:
    """A bar that moves on, or to and fro while nothing is known."""
    bar.setRange(0, 0 if progress is None else _STEPS)
    if progress is not None and progress.total:
        bar.setValue(min(_STEPS, _STEPS * progress.done // progress.total))
