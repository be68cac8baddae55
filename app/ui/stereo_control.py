"""Whether a take that was rendered in stereo is heard so, and how wide; hidden for other takes."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QSlider, QToolButton, QWidget

from app.language import tr
from app.session import Session
from app.song.preferences import MOST_WIDTH
from app.ui import widgets
from app.ui.actions import Actions

_SLIDER_PX = 90


class StereoControl(QWidget):
    """A button between stereo and mono, and a slider for the width."""

    def __init__(self, session: Session, actions: Actions) -> None:
        super().__init__()
        self._session = session
        self.button, self.slider = QToolButton(), QSlider(Qt.Orientation.Horizontal)
        self._build(actions)
        session.takes_changed.connect(self._show_session)
        session.song_changed.connect(self._show_session)
        session.preferences_changed.connect(self._show_session)
        self._show_session()

    def _show_session(self, *_: object) -> None:
        preferences = self._session.preferences
        words = tr("Stereo, {percent} % wide", percent=preferences.width)
        self.button.setText(words if preferences.stereo else tr("Mono"))
        self.button.setChecked(preferences.stereo)
        self.slider.setEnabled(preferences.stereo)
        with QSignalBlocker(self.slider):
            self.slider.setValue(preferences.width)
        self.setVisible(self._session.sides is not None)

    def _build(self, actions: Actions) -> None:
        action = actions["hearStereo"]
        self.button.setObjectName("stereoButton")
        self.button.setProperty("flat", "true")
        self.button.setCheckable(True)
        self.button.setToolTip(action.toolTip())
        self.button.clicked.connect(action.trigger)
        self.slider.setObjectName("stereoWidth")
        self.slider.setRange(0, MOST_WIDTH)
        self.slider.setPageStep(10)
        self.slider.setFixedWidth(_SLIDER_PX)
        self.slider.setToolTip(tr("How strong left and right are beside the middle"))
        self.slider.setAccessibleName(tr("Width of stereo"))
        self.slider.valueChanged.connect(self._session.set_width)
        self.setLayout(widgets.beside(self.button, self.slider, spacing=4))
