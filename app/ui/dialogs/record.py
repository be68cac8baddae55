"""Records from a microphone: which one, how loud, how long; what comes of it enters the song.

Shows the session's recorder and sends it what the user asks for.
"""

from __future__ import annotations

from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.language import tr
from app.session import Session
from app.song.status import RecorderPhase, RecorderState
from app.ui import clock, widgets
from app.ui.level_meter import LevelMeter

_SOURCE = "record/source"
_SIZE = (460, 250)


class RecordDialog(QDialog):
    """A source, a meter, a clock, and a button that begins and ends."""

    def __init__(self, session: Session, settings: QSettings, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._recorder, self._settings = session.recorder, settings
        self._limit_s = session.longest_s
        self.source = QComboBox()
        self.meter = LevelMeter()
        self._clock = widgets.label("", role="clock")
        self._limit = widgets.label("", role="dim")
        self._message = widgets.paragraph("", role="warning")
        self.button = QPushButton()
        self._build()
        self._recorder.changed.connect(self._show)
        self._recorder.sources_changed.connect(self._show_sources)
        self._recorder.recorded.connect(self._note_recorded)
        self._show_sources()
        self._show(RecorderState())
        self._recorder.look_for_sources()

    def press(self) -> None:
        """Begin to record, or end it and take what was recorded into the song."""
        if self._recorder.state.phase is RecorderPhase.IDLE:
            source = str(self.source.currentData() or "")
            self._settings.setValue(_SOURCE, source)
            self._recorder.start(source, self._limit_s)
        else:
            self._recorder.stop()

    def done(self, result: int) -> None:
        """What is still being recorded when the dialog closes is thrown away."""
        self._recorder.cancel()
        super().done(result)

    def _show(self, state: RecorderState) -> None:
        idle = state.phase is RecorderPhase.IDLE
        self.source.setEnabled(idle)
        self.button.setText(tr("Record") if idle else tr("Stop and Use It"))
        self.button.setEnabled(state.phase in (RecorderPhase.IDLE, RecorderPhase.RECORDING))
        self.meter.show_level(state.peak)
        self._clock.setText(clock.moment(state.seconds))
        self._message.setText(state.message)

    def _note_recorded(self, _: object) -> None:
        """It is in the song. Where something ended it, the sentence about that stays to be read."""
        if not self._recorder.state.message:
            self.accept()

    def _show_sources(self) -> None:
        chosen = self.source.currentData()
        last = str(chosen if chosen is not None else self._settings.value(_SOURCE, ""))
        self.source.clear()
        self.source.addItem(tr("System Default"), "")
        for name in self._recorder.sources:
            self.source.addItem(name, name)
        self.source.setCurrentIndex(max(0, self.source.findData(last)))

    def _build(self) -> None:
        self.setWindowTitle(tr("Record"))
        self.setObjectName("recordDialog")
        self.source.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.meter.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._limit.setText(tr("at most {length}", length=clock.duration(self._limit_s)))
        self._clock.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        names = {
            "recordSource": self.source,
            "recordButton": self.button,
            "recordClock": self._clock,
            "recordMessage": self._message,
        }
        for name, field in names.items():
            field.setObjectName(name)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 16)
        column.setSpacing(12)
        name = widgets.field_name(tr("&Microphone"), self.source)
        column.addLayout(widgets.stacked(name, self.source))
        column.addWidget(self.meter)
        column.addLayout(widgets.beside(self._clock, self._limit, 1))
        column.addWidget(self._message)
        column.addStretch(1)
        column.addWidget(self._buttons())
        widgets.fit(self, _SIZE)

    def _buttons(self) -> QDialogButtonBox:
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        box.addButton(self.button, QDialogButtonBox.ButtonRole.ActionRole)
        self.button.setProperty("role", "primary")
        self.button.setDefault(True)
        self.button.clicked.connect(self.press)
        box.rejected.connect(self.reject)
        return box
