"""How much to make, how well, and by which dice.

Shows the session's settings and sends it changes.
"""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from app.session import Session
from app.song.song import Quality
from app.ui import widgets
from app.ui.choice import Choice
from app.ui.drawer import Drawer
from app.ui.number_field import CountField, DecimalField, SeedField
from engine.types import MAX_VARIATIONS

_QUALITIES = (
    (Quality.DRAFT, "Draft", "The coarse sound only: quickest, for trying things out"),
    (Quality.MID, "Mid", "Draft first, then clearer sound"),
    (Quality.FULL, "Full", "Draft, mid, and at last the finest sound the model makes"),
)


class SettingsPanel(QWidget):
    """The lower part of the side panel."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.seconds = DecimalField(" s", 1.0, "How much music to make now")
        self.length = DecimalField(
            " s",
            5.0,
            "How long the whole song is. The model hears where in the song it is, and begins "
            "and ends accordingly.",
        )
        self.quality: Choice[Quality] = Choice(_QUALITIES)
        self.takes = CountField(1, MAX_VARIATIONS, "How many takes to make side by side")
        self.seed = SeedField()
        self.temperature = DecimalField(
            "", 0.01, "How daring: lower repeats what is likely, higher wanders. 0.98 is usual."
        )
        self._build()
        self._connect()

    def show_song(self) -> None:
        """Show the session's settings."""
        session = self._session
        model = session.model
        if model is not None:
            longest = (model.max_song_length - 1) / model.sample_rate
            self.length.show_range(model.min_song_length / model.sample_rate, longest)
            self.seconds.show_range(0.1, longest)
            self.length.show_number(session.song.prompt.song_length / model.sample_rate)
        settings = session.song.settings
        self.seconds.show_number(settings.seconds)
        self.quality.show_choice(settings.quality)
        self.takes.show_number(settings.takes)
        self.seed.show_seed(settings.seed)
        self.temperature.show_number(settings.temperature)

    def _connect(self) -> None:
        session = self._session
        self.seconds.valueChanged.connect(session.set_seconds)
        self.length.valueChanged.connect(session.set_song_length)
        self.quality.chosen.connect(session.set_quality)
        self.takes.valueChanged.connect(session.set_takes)
        self.seed.seed_changed.connect(session.set_seed)
        self.temperature.valueChanged.connect(session.set_temperature)

    def _build(self) -> None:
        self.temperature.setRange(0.05, 2.0)
        fields = {
            "seconds": self.seconds,
            "songLength": self.length,
            "quality": self.quality,
            "takeCount": self.takes,
            "seed": self.seed,
            "temperature": self.temperature,
        }
        for name, field in fields.items():
            field.setObjectName(name)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        grid.addLayout(_named("&Make", self.seconds), 0, 0)
        grid.addLayout(_named("&Song length", self.length), 0, 1)
        grid.addLayout(_named("&Quality", self.quality), 1, 0, 1, 2)
        grid.addLayout(_named("&Takes", self.takes), 2, 0)
        grid.addLayout(_named("See&d", self.seed), 2, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(grid)
        advanced = QWidget()
        advanced.setLayout(_named("Temperat&ure", self.temperature))
        self.advanced = Drawer("Advanced", advanced)
        self.advanced.button.setObjectName("advanced")
        column.addWidget(self.advanced)


def _named(name: str, field: QWidget) -> QVBoxLayout:
    return widgets.stacked(widgets.field_name(name, field), field)
