"""A field for a few genres at once: a chip for each, or a row with its weight in a blend.

Knows a list of names and how many may be chosen. Knows nothing of sessions.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from app.language import tr
from app.song.names import NameIndex
from app.song.taste import Taste
from app.ui import icons, name_words, widgets
from app.ui.blend_rows import BlendRows
from app.ui.name_field import NameField
from app.ui.name_notes import NameNotes
from engine.catalog.names import HalfKnownName
from engine.text.blends import with_another
from engine.types import MAX_BLENDED, Share


class GenreField(QWidget):
    """The chosen genres, above a field that adds one.

    Signals:
        changed: the genres, all at full strength, when the user has changed them.
        weighed: the genres and the part of the whole that each makes, likewise.
        validity_changed: what `valid` says is another.
    """

    changed = Signal(tuple)
    weighed = Signal(tuple)
    validity_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._genres: tuple[str, ...] = ()
        self._shares: tuple[Share, ...] = ()
        self._unknown: tuple[str, ...] = ()
        self._names = NameIndex(())
        self._most = 1
        self._adds = False
        self.field = NameField("genre", tr("Any genre"))
        self.rows = BlendRows()
        self.blend = widgets.link(tr("Blend"), tr("Blend genres by weight"))
        self._notes = NameNotes()
        self._chips = QHBoxLayout()
        self._build()

    @property
    def valid(self) -> bool:
        """Whether the model knows all that was asked for."""
        return self.field.valid and not self._unknown

    @property
    def genres(self) -> tuple[str, ...]:
        """The genres on show."""
        return self._genres

    def set_names(self, known: NameIndex, taste: Taste, most: int) -> None:
        """Offer these names, of which up to `most` can be chosen at full strength."""
        self._names, self._most = known, most
        self.field.set_names(known, taste)
        self._show_blend()

    def show_genres(
        self,
        genres: tuple[str, ...],
        shares: tuple[Share, ...] = (),
        half_known: Sequence[HalfKnownName] = (),
    ) -> None:
        """Show what is chosen, with the shares of a blend, and what is not known everywhere."""
        if genres != self._genres or shares != self._shares:
            self._adds = False
            self._genres, self._shares = genres, shares
            self._show_chips()
            self.rows.show_shares(shares)
        self._show_blend()
        self._show_notes(half_known)

    def _show_chips(self) -> None:
        widgets.empty(self._chips)
        for genre in () if self._shares else self._genres:
            self._chips.addWidget(self._chip(genre))
        self._chips.addStretch(1)

    def _show_blend(self) -> None:
        blends = bool(self._shares)
        self.field.line.setEnabled(len(self._genres) < self._room)
        self.field.line.setPlaceholderText(self._invitation())
        self.blend.setText(tr("Full strength") if blends else tr("Blend"))
        fits = len(self._genres) <= self._most
        self.blend.setVisible(fits if blends else bool(self._genres) and not self._adds)

    @property
    def _room(self) -> int:
        return MAX_BLENDED if self._shares or self._adds else self._most

    def _show_notes(self, half_known: Sequence[HalfKnownName]) -> None:
        known, before = self._names, self.valid
        self._unknown = tuple(n for n in self._genres if known.names and not known.meant(n))
        unknown = (name_words.unknown_note("genre", name, known) for name in self._unknown)
        half = name_words.half_known_notes(half_known, "genre", known)
        self._notes.show_notes((*unknown, *half))
        if self.valid != before:
            self.validity_changed.emit()

    def _invitation(self) -> str:
        if not self._genres:
            return tr("Any genre")
        if len(self._genres) < self._room:
            return tr("Add another genre")
        return (
            tr("No room for more genres") if self._room > 1 else tr("Remove it to choose another")
        )

    def _add(self, name: str) -> None:
        known = self._names.same(name)
        if not name or known is None:
            return
        self.field.clear()
        if known in self._genres:
            return
        if self._adds:
            self.weighed.emit(with_another([Share(each, 1) for each in self._genres], known))
        elif self._shares:
            self.weighed.emit(with_another(self._shares, known))
        else:
            self.changed.emit((*self._genres, known))

    def _remove(self, genre: str) -> None:
        self.changed.emit(tuple(other for other in self._genres if other != genre))
        self.field.setFocus()

    def _toggle_blend(self) -> None:
        """Weigh the genres, add one to weigh against the only one, or weigh them no longer."""
        if self._shares:
            self.changed.emit(self._genres)
        elif len(self._genres) > 1:
            self.weighed.emit(tuple(Share(genre, 1 / len(self._genres)) for genre in self._genres))
        else:
            self._adds = True
            self._show_blend()
            self.field.setFocus()

    def _replace(self, name: str, other: str) -> None:
        """Take another name in place of one, with its weight."""
        if other in self._genres:
            return
        if self._shares:
            self.weighed.emit(tuple(
                Share(other if share.name == name else share.name, share.weight)
                for share in self._shares
            ))  # fmt: skip
        else:
            self.changed.emit(tuple(other if each == name else each for each in self._genres))

    def _chip(self, genre: str) -> QToolButton:
        chip = QToolButton()
        chip.setText(genre)
        chip.setIcon(icons.tinted(self, "close"))
        chip.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        chip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        chip.setIconSize(widgets.SMALL_ICON)
        chip.setFocusPolicy(widgets.STRONG_FOCUS)
        chip.setProperty("role", "chip")
        chip.setToolTip(tr("Remove {genre}", genre=genre))
        chip.setAccessibleName(tr("Remove genre {genre}", genre=genre))
        chip.clicked.connect(lambda: self._remove(genre))
        return chip

    def _build(self) -> None:
        self.setFocusProxy(self.field)
        self.field.entered.connect(self._add)
        self.field.validity_changed.connect(self.validity_changed)
        self.rows.changed.connect(self.weighed)
        self.blend.clicked.connect(self._toggle_blend)
        self._notes.picked.connect(self._replace)
        self._chips.setContentsMargins(0, 0, 0, 0)
        self._chips.setSpacing(4)
        self.blend.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(self._chips)
        for part in (self.rows, self.field, self._notes):
            column.addWidget(part)

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of theme."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._show_chips()
