"""Three steps that show a newcomer around: where to ask, where to make, where to shape.

Covers the window it explains and lights up one part of it at a time. Knows nothing of songs.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QFrame, QPushButton, QWidget

from app.language import tr
from app.ui import theme, widgets
from app.ui.side_panel import SidePanel

_CARD_PX = 320
_GAP_PX = 14


@dataclass(frozen=True, slots=True)
class Stop:
    """One step: a part of the window, and what to know of it."""

    part: QWidget
    heading: str
    words: str


class Tour(QWidget):
    """A veil with a hole, and a card that says what is seen there. Escape ends it at any step."""

    def __init__(self, stops: tuple[Stop, ...], window: QWidget) -> None:
        super().__init__(window)
        self._window, self._stops, self._at = window, stops, 0
        self.card = QFrame(self)
        self._heading = widgets.label("", role="title")
        self._words = widgets.paragraph("")
        self._place = widgets.label("", role="dim")
        self.back = QPushButton(tr("&Back"))
        self.next = QPushButton()
        self._build()
        window.installEventFilter(self)
        self.setGeometry(window.rect())
        self.show()
        self._show()

    @property
    def at(self) -> int:
        """Which step is shown, from 0."""
        return self._at

    def go(self, steps: int) -> None:
        """Go on or back; after the last step, end."""
        self._at = max(0, self._at + steps)
        if self._at >= len(self._stops):
            self.end()
        else:
            self._show()

    def end(self) -> None:
        """Go away."""
        self.hide()
        self.deleteLater()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape ends; the arrows go on and back, along the reading."""
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        onward = Qt.Key.Key_Left if mirrored else Qt.Key.Key_Right
        steps = {onward: 1, Qt.Key.Key_Right: -1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()), 0)
        if event.key() == Qt.Key.Key_Escape:
            self.end()
        elif steps:
            self.go(steps)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab stays on the card."""
        other = self.back if self.next.hasFocus() and self.back.isEnabled() else self.next
        other.setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay as large as the window."""
        if event.type() is QEvent.Type.Resize:
            self.setGeometry(self._window.rect())
            self._place_card()
        return False

    def mousePressEvent(self, event: QEvent) -> None:
        """A click beside the card does nothing below the veil."""
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The veil, and an outline around what is explained."""
        colours = theme.of(self)
        hole = self._hole()
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.OddEvenFill)
        path.addRect(self.rect())
        path.addRoundedRect(hole, 8, 8)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(path, theme.translucent("#000000", 0.55))
        painter.setPen(QPen(QColor(colours.accent), 2))
        painter.drawRoundedRect(hole, 8, 8)

    def _show(self) -> None:
        stop, last = self._stops[self._at], self._at == len(self._stops) - 1
        self._heading.setText(stop.heading)
        self._words.setText(stop.words)
        self._place.setText(tr("Step {step} of {steps}", step=self._at + 1, steps=len(self._stops)))
        self.back.setEnabled(self._at > 0)
        self.next.setText(tr("&Done") if last else tr("&Next"))
        self.card.setAccessibleName(f"{stop.heading}. {stop.words}")
        self._place_card()
        self.raise_()
        self.next.setFocus(Qt.FocusReason.OtherFocusReason)
        QAccessible.updateAccessibility(QAccessibleEvent(self.card, QAccessible.Event.Alert))
        self.update()

    def _hole(self) -> QRect:
        part = self._stops[self._at].part
        corner = part.mapTo(self._window, QPoint(0, 0))
        return QRect(corner, part.size()).adjusted(3, 3, -3, -3)

    def _place_card(self) -> None:
        """Beside what is explained, where there is more room, and inside the window."""
        hole, inside = self._hole(), self.rect().adjusted(_GAP_PX, _GAP_PX, -_GAP_PX, -_GAP_PX)
        self.card.setFixedWidth(min(_CARD_PX, inside.width()))
        self.card.adjustSize()
        size = self.card.size()
        if self.width() - hole.right() > size.width() + _GAP_PX:
            x = hole.right() + _GAP_PX
        elif hole.left() > size.width() + _GAP_PX:
            x = hole.left() - _GAP_PX - size.width()
        else:
            x = hole.center().x() - size.width() // 2
        y = hole.center().y() - size.height() // 2
        x = min(max(x, inside.left()), inside.right() - size.width())
        y = min(max(y, inside.top()), inside.bottom() - size.height())
        self.card.move(x, y)

    def _build(self) -> None:
        self.setObjectName("tour")
        self.card.setObjectName("tourCard")
        self.back.setObjectName("tourBack")
        self.next.setObjectName("tourNext")
        self.next.setProperty("role", "primary")
        close = QPushButton(tr("&Skip"))
        close.setObjectName("tourSkip")
        close.setProperty("role", "link")
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        close.clicked.connect(self.end)
        self.back.clicked.connect(lambda: self.go(-1))
        self.next.clicked.connect(lambda: self.go(1))
        column = widgets.stacked(self._place, self._heading, self._words, spacing=8)
        column.addLayout(widgets.beside(close, 1, self.back, self.next))
        column.setContentsMargins(18, 14, 18, 14)
        self.card.setLayout(column)


def begin(side: SidePanel, desk: QWidget, window: QWidget) -> Tour:
    """Show a newcomer around the window."""
    stops = (
        Stop(
            side.ask,
            tr("Say what you want"),
            tr(
                "Choose an artist and genres, and write words to be sung. All of it may stay "
                "empty: then the model decides."
            ),
        ),
        Stop(
            side.foot,
            tr("Make it, and hear it"),
            tr(
                "Generate makes as many takes as you ask for, and you hear them while they grow. "
                "Space plays; the keys 1 to 8 change between takes."
            ),
        ),
        Stop(
            desk,
            tr("Shape it"),
            tr(
                "The song appears here. Drag over its waveform to select: Continue goes on from "
                "there, Redo Inside makes the stretch anew, and every step can be undone."
            ),
        ),
    )
    return Tour(stops, window)
