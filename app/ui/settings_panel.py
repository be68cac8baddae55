"""How much to make, how well, and by which dice.

Shows the session's settings and sends it changes.
"""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from app.language import mark, tr
from app.session import Session
from app.song.song import Quality
from app.ui import widgets
from app.ui.choice import Choice
from app.ui.drawer import Drawer
from app.ui.number_field import CountField, DecimalField, SeedField
from engine.types import MAX_VARIATIONS, Level

_QUALITIES = (
    (Quality.DRAFT, mark("Draft"), mark("The coarse sound only: quickest, for trying things out")),
    (Quality.MID, mark("Mid"), mark("Draft first, then clearer sound")),
    (Quality.FULL, mark("Full"), mark("Draft, mid, and at last the finest sound the model makes")),
)


_ALL_S = -0.5
"""What the field of seconds heard holds for all that fits."""


class SettingsPanel(QWidget):
    """The lower part of the side panel."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.seconds = DecimalField(tr(" s"), 1.0, tr("How much music to make now"))
        self.length = DecimalField(
            tr(" s"),
            5.0,
            tr(
                "How long the whole song is. The model hears where in the song it is, and begins "
                "and ends accordingly."
            ),
        )
        self.quality: Choice[Quality] = Choice(
            tuple((each, tr(word), tr(tip)) for each, word, tip in _QUALITIES)
        )
        self.takes = CountField(1, MAX_VARIATIONS, tr("How many takes to make side by side"))
        self.seed = SeedField()
        self.temperature = DecimalField(
            "", 0.01, tr("How daring: lower repeats what is likely, higher wanders. 0.98 is usual.")
        )
        self.heard = DecimalField(
            tr(" s"),
            0.5,
            tr(
                "How much of the music before it the model hears, at most. Less makes it forget "
                "the beginning. The bracket on the timeline shows it."
            ),
        )
        self.heard.setSpecialValueText(tr("All that fits"))
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
            window = model.contexts[Level.TOP] * model.grid / model.sample_rate
            self.heard.show_range(_ALL_S, round(window, 1))
            self.length.show_number(session.song.prompt.song_length / model.sample_rate)
        settings = session.song.settings
        self.seconds.show_number(settings.seconds)
        self.quality.show_choice(settings.quality)
        self.takes.show_number(settings.takes)
        self.seed.show_seed(settings.seed)
        self.temperature.show_number(settings.temperature)
        self.heard.show_number(_ALL_S if settings.heard_s is None else settings.heard_s)

    def _connect(self) -> None:
        session = self._session
        self.seconds.valueChanged.connect(session.set_seconds)
        self.length.valueChanged.connect(session.set_song_length)
        self.quality.chosen.connect(session.set_quality)
        self.takes.valueChanged.connect(session.set_takes)
        self.seed.seed_changed.connect(session.set_seed)
        self.temperature.valueChanged.connect(session.set_temperature)
        self.heard.valueChanged.connect(self._set_heard)

    def _set_heard(self, seconds: float) -> None:
        self._session.set_heard(None if seconds < 0 else seconds)

    def _build(self) -> None:
        self.temperature.setRange(0.05, 2.0)
        fields = {
            "seconds": self.seconds,
            "songLength": self.length,
            "quality": self.quality,
            "takeCount": self.takes,
            "seed": self.seed,
            "temperature": self.temperature,
            "heard": self.heard,
        }
        for name, field in fields.items():
            field.setObjectName(name)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        grid.addLayout(_named(tr("&Make"), self.seconds), 0, 0)
        grid.addLayout(_named(tr("&Song length"), self.length), 0, 1)
        grid.addLayout(_named(tr("&Quality"), self.quality), 1, 0, 1, 2)
        grid.addLayout(_named(tr("&Takes"), self.takes), 2, 0)
        grid.addLayout(_named(tr("See&d"), self.seed), 2, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(grid)
        advanced = QWidget()
        rows = widgets.stacked(spacing=8)
        rows.addLayout(_named(tr("Temperat&ure"), self.temperature))
        rows.addLayout(_named(tr("&Hears"), self.heard))
        advanced.setLayout(rows)
        self.advanced = Drawer(tr("Advanced"), advanced)
        self.advanced.setObjectName("advancedDrawer")
        self.advanced.button.setObjectName("advanced")
        column.addWidget(self.advanced)


def _named(name: str, field: QWidget) -> QVBoxLayout:
    return widgets.stacked(widgets.field_name(name, field), field)
