"""Play, stop, loop, the time, the level, and words when no sound can come out.

Shows what it was told last; its buttons are commands of the window.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QStyle, QToolButton, QWidget

from app.language import tr
from app.song.status import TransportState
from app.ui import clock, widgets
from app.ui.actions import Actions
from app.ui.level_meter import LevelMeter

TITLE_PX = 220
HEIGHT_PX = 50
"""Room for two lines of words, so that nothing moves when they come."""


class TransportBar(QFrame):
    """The top of the window.

    Signals:
        title_changed: the song's title, when the user has changed it.
    """

    title_changed = Signal(str)

    def __init__(
        self, actions: Actions, stereo: QWidget | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._actions, self._playing = actions, False
        self._stereo = stereo or QWidget()
        self.meter = LevelMeter()
        self.title = QLineEdit()
        self.message = widgets.paragraph("", role="warning")
        self.comparison = QToolButton()
        self._now = widgets.label("", role="clock")
        self._whole = widgets.label("", role="dim")
        self._build()

    @property
    def time(self) -> str:
        """The time on show."""
        return f"{self._now.text()} {self._whole.text()}"

    def show_title(self, title: str) -> None:
        """Show the song's title, unless somebody is typing one."""
        if not self.title.isModified() and title != self.title.text():
            self.title.setText(title)

    def show_time(self, playhead_s: float, whole_s: float) -> None:
        """Show where the playhead is, of how much."""
        self._now.setText(clock.moment(playhead_s))
        self._whole.setText(f"/ {clock.moment(whole_s)}")

    def show_level(self, state: TransportState) -> None:
        """Show how loud it is; silence at once where nothing plays or is pointed at."""
        if state.playing or state.peak:
            self.meter.show_level(state.peak)
        else:
            self.meter.rest()

    def show_comparison(self, compares: bool, gain_db: float) -> None:
        """Show that takes are compared, and by how much this one is turned down for that."""
        matches = self._actions["matchLoudness"].isChecked()
        words = tr("Equal loudness: {db:.1f} dB", db=gain_db)
        self.comparison.setText(words if matches else tr("Each as loud as it is"))
        self.comparison.setChecked(matches)
        self.comparison.setVisible(compares)

    def show_message(self, message: str) -> None:
        """Say why nothing can be heard, in place of the meter; "" when it can."""
        self.message.setText(message)
        self.meter.setVisible(not message)
        self.message.setVisible(bool(message))

    def show_playing(self, playing: bool) -> None:
        """Show what the play button will do."""
        if playing != self._playing:
            self._playing = playing
            self._actions.picture("play", "pause" if playing else "play")

    def _tell_title(self) -> None:
        self.title.setModified(False)
        self.title_changed.emit(self.title.text().strip())

    def _build(self) -> None:
        self.setObjectName("topBar")
        self.setMinimumHeight(HEIGHT_PX)
        self.title.setObjectName("title")
        self.message.setObjectName("soundMessage")
        self.title.setPlaceholderText(tr("Untitled song"))
        self.title.setAccessibleName(tr("Title of the song"))
        self.title.setToolTip(tr("Title of the song"))
        self.title.setFixedWidth(TITLE_PX)
        # At the window's edge, whichever way its letters run.
        edge = QStyle.visualAlignment(self.layoutDirection(), Qt.AlignmentFlag.AlignLeft)
        upright = Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
        self.title.setAlignment(edge | upright)
        self.title.editingFinished.connect(self._tell_title)
        self._now.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._now.setAccessibleName(tr("Playhead"))
        self._whole.setObjectName("songTime")
        self.message.setMinimumWidth(160)
        self.message.setMaximumWidth(400)
        self._build_comparison()
        keys = [widgets.icon_button(self._actions[name]) for name in _BUTTONS]
        for name, button in zip(_BUTTONS, keys, strict=True):
            button.setObjectName(f"{name}Button")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(6)
        row.addWidget(_side(self.title, 1), 1)
        # As on a tape machine, in every language: time runs from left to right.
        machine = QWidget()
        machine.setObjectName("tapeMachine")
        machine.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        machine.setLayout(widgets.beside(*keys, self._now, self._whole, spacing=6))
        row.addWidget(machine)
        # As wide as what is before the machine, so that it stays where it is, whatever is said.
        row.addWidget(_side(1, self._stereo, self.comparison, self.meter, self.message), 1)

    def _build_comparison(self) -> None:
        button, action = self.comparison, self._actions["matchLoudness"]
        button.setObjectName("comparison")
        button.setProperty("flat", "true")
        button.setCheckable(True)
        button.setToolTip(action.toolTip())
        button.setVisible(False)
        button.clicked.connect(action.trigger)


def _side(*parts: QWidget | int) -> QWidget:
    """What is beside the machine."""
    side = QWidget()
    side.setLayout(widgets.beside(*parts, spacing=6))
    return side


_BUTTONS = ("toStart", "play", "stopPlaying", "loop")
