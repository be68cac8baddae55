"""A field for who sings and plays: one artist, or several that are blended by weight.

Knows the names that can be asked for. Knows nothing of sessions.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.language import tr
from app.song.names import NameIndex
from app.song.taste import Taste
from app.ui import name_words, widgets
from app.ui.blend_rows import BlendRows
from app.ui.name_field import NameField
from app.ui.name_notes import NameNotes
from engine.catalog.names import HalfKnownName
from engine.text.blends import parsed, with_another
from engine.types import MAX_BLENDED, Share


class ArtistField(QWidget):
    """The artist's name in a field; of a blend a row for each, above a field that adds one.

    Signals:
        changed: the artists and the part of the whole that each makes, when the user changed them.
        validity_changed: what `valid` says is another.
    """

    changed = Signal(tuple)
    validity_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = NameField("artist", tr("Any artist"))
        self.rows = BlendRows()
        self.blend = widgets.link(tr("Blend"), tr("Blend another artist in, by weight"))
        self._notes = NameNotes()
        self._names = NameIndex(())
        self._artists: tuple[Share, ...] = (Share("", 1),)
        self._unknown: tuple[str, ...] = ()
        self._adds = False
        self._build()

    @property
    def valid(self) -> bool:
        """Whether the model knows all that was asked for."""
        return self.field.valid and not self._unknown

    def set_names(self, known: NameIndex, taste: Taste) -> None:
        """Offer these names, those that somebody likes first."""
        self._names = known
        self.field.set_names(known, taste)

    def show_artists(self, artists: tuple[Share, ...], half_known: Sequence[HalfKnownName]) -> None:
        """Show who is asked for, and who of them is not known everywhere."""
        if len(artists) > 1 or artists != self._artists:
            self._adds = False
        self._artists = artists
        self._show()
        self._show_notes(half_known)

    @property
    def _blends(self) -> bool:
        return len(self._artists) > 1 or self._adds

    def _show(self) -> None:
        self.rows.show_shares(self._artists if self._blends else ())
        self.field.show_name("" if self._blends else self._artists[0].name)
        full = len(self._artists) >= MAX_BLENDED
        self.field.line.setEnabled(not full)
        add = tr("No room for more artists") if full else tr("Add another artist")
        self.field.line.setPlaceholderText(add if self._blends else tr("Any artist"))
        self.blend.setVisible(not self._blends and bool(self._artists[0].name))

    def _show_notes(self, half_known: Sequence[HalfKnownName]) -> None:
        known = self._names
        asked = [share.name for share in self._artists if share.name] if self._blends else []
        before = self.valid
        self._unknown = tuple(name for name in asked if known.names and not known.meant(name))
        unknown = (name_words.unknown_note("artist", name, known) for name in self._unknown)
        half = name_words.half_known_notes(half_known, "artist", known)
        self._notes.show_notes((*unknown, *half))
        if self.valid != before:
            self.validity_changed.emit()

    def _begin_blend(self) -> None:
        self._adds = True
        self._show()
        self.field.setFocus()

    def _enter(self, text: str) -> None:
        blend = parsed(text)
        if blend:
            known = self._names
            artists = tuple(Share(known.meant(s.name) or s.name, s.weight) for s in blend)
            self._tell(artists)
        elif not self._blends:
            self._tell((Share(text, 1),))
        elif not text and self._adds and not self.field.line.hasFocus():
            self._adds = False
            self._show()
        elif self._names.same(text):
            self.field.clear()
            self._tell(with_another(self._artists, text))

    def _tell(self, artists: tuple[Share, ...]) -> None:
        if len({share.name.casefold() for share in artists}) == len(artists) <= MAX_BLENDED:
            self.changed.emit(artists)

    def _replace(self, name: str, other: str) -> None:
        """Take another name in place of one, with its weight."""
        self._tell(tuple(
            Share(other if share.name == name else share.name, share.weight)
            for share in self._artists
        ))  # fmt: skip

    def _build(self) -> None:
        self.setFocusProxy(self.field)
        self.field.entered.connect(self._enter)
        self.field.validity_changed.connect(self.validity_changed)
        self.rows.changed.connect(self._tell)
        self.blend.clicked.connect(self._begin_blend)
        self._notes.picked.connect(self._replace)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for part in (self.rows, self.field, self._notes):
            column.addWidget(part)
