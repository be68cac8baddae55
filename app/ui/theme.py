"""How the program looks: colours for light and dark, the palette and the style sheet made of them.

Knows colours and roles. Knows nothing of songs or of which widgets exist.

Qt's own colour scheme does nothing on a bare X display, so Fusion and a palette of our own make
the program look the same everywhere. Painted widgets ask `of(widget)` for their colours, so a
change of the palette is all that a change of theme needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from string import Template

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

import resources
from app.ui import icons
from engine.types import Level


class Appearance(StrEnum):
    """What the user asked for."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"
    CONTRAST_LIGHT = "contrast-light"
    CONTRAST_DARK = "contrast-dark"


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours by meaning, as #rrggbb.

    Attributes:
        window, panel, field, border, hover: surfaces, from the back to the front.
        text, dim: words, and words that matter less. Both reach 4.5:1 on `window` and `panel`.
        accent, on_accent: the one thing to press, the playhead, focus; and words upon it.
        canvas, canvas_line: the timeline's ground and its faint lines.
        draft, mid, full: sound by quality. Their lightness differs, so that hue is not needed.
        selection: laid over the canvas, translucent.
        good, warning, error: meters and notices.
    """

    window: str
    panel: str
    field: str
    border: str
    hover: str
    text: str
    dim: str
    accent: str
    on_accent: str
    canvas: str
    canvas_line: str
    draft: str
    mid: str
    full: str
    selection: str
    good: str
    warning: str
    error: str

    def level(self, level: Level) -> str:
        """The colour of sound decoded from a level."""
        return {Level.TOP: self.draft, Level.MIDDLE: self.mid, Level.BOTTOM: self.full}[level]


DARK = Theme(
    window="#1b1d21",
    panel="#22252a",
    field="#16181b",
    border="#3a3f47",
    hover="#2c3037",
    text="#e8eaed",
    dim="#a3aab5",
    accent="#f3a73f",
    on_accent="#1d1304",
    canvas="#131518",
    canvas_line="#2a2e35",
    draft="#72789f",
    mid="#55a3dc",
    full="#8be6c8",
    selection="#f3a73f",
    good="#5bc98a",
    warning="#eec04d",
    error="#ff7b72",
)

LIGHT = Theme(
    window="#f2f2f0",
    panel="#fbfbfa",
    field="#ffffff",
    border="#c9cbce",
    hover="#e6e6e3",
    text="#1e2227",
    dim="#59616b",
    accent="#b35a00",
    on_accent="#ffffff",
    canvas="#ffffff",
    canvas_line="#e4e5e6",
    draft="#8b8fb5",
    mid="#2a74ae",
    full="#0b5f57",
    selection="#d97706",
    good="#1a7f4b",
    warning="#9a6700",
    error="#c62828",
)


CONTRAST_DARK = Theme(
    window="#000000",
    panel="#050505",
    field="#000000",
    border="#bdbdbd",
    hover="#303030",
    text="#ffffff",
    dim="#e4e4e4",
    accent="#ffd60a",
    on_accent="#000000",
    canvas="#000000",
    canvas_line="#5c5c5c",
    draft="#8a90c8",
    mid="#6cc4ff",
    full="#a8ffe2",
    selection="#ffd60a",
    good="#5cff9d",
    warning="#ffd60a",
    error="#ffb3ad",
)

CONTRAST_LIGHT = Theme(
    window="#ffffff",
    panel="#fdfdfd",
    field="#ffffff",
    border="#4a4a4a",
    hover="#eeeeee",
    text="#000000",
    dim="#1c1c1c",
    accent="#7a1fa2",
    on_accent="#ffffff",
    canvas="#ffffff",
    canvas_line="#8a8a8a",
    draft="#7278b0",
    mid="#14588f",
    full="#00352f",
    selection="#7a1fa2",
    good="#005a2b",
    warning="#5c3500",
    error="#960000",
)

_THEMES = {
    Appearance.LIGHT: LIGHT,
    Appearance.DARK: DARK,
    Appearance.CONTRAST_LIGHT: CONTRAST_LIGHT,
    Appearance.CONTRAST_DARK: CONTRAST_DARK,
}
_WORN = {theme.window: theme for theme in _THEMES.values()}


def of(widget: QWidget) -> Theme:
    """The theme that the program wears, to which the widget belongs."""
    del widget  # Its own palette may be a style sheet's.
    ground = QApplication.palette().window().color()
    return _WORN.get(ground.name(), DARK if ground.lightness() < 128 else LIGHT)


def chosen(app: QApplication, appearance: Appearance) -> Theme:
    """The theme for what the user asked, which may be to follow the system."""
    if appearance is not Appearance.SYSTEM:
        return _THEMES[appearance]
    hints = app.styleHints()
    dark = hints.colorScheme() is Qt.ColorScheme.Dark
    if hints.accessibility().contrastPreference() is Qt.ContrastPreference.HighContrast:
        return CONTRAST_DARK if dark else CONTRAST_LIGHT
    return DARK if dark else LIGHT


def apply(app: QApplication, theme: Theme) -> None:
    """Give every window of the application this look, now."""
    sheet = _style_sheet(theme, app.layoutDirection())
    if app.styleSheet() != sheet:
        app.setStyle(QStyleFactory.create("Fusion"))
        app.setPalette(_palette(theme))
        app.setStyleSheet(sheet)


def apply_appearance(appearance: Appearance) -> None:
    """Give the running application the look that the user asked for."""
    app = QApplication.instance()
    if isinstance(app, QApplication):
        apply(app, chosen(app, appearance))


def _palette(theme: Theme) -> QPalette:
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.field,
        role.AlternateBase: theme.panel,
        role.Text: theme.text,
        role.PlaceholderText: theme.dim,
        role.Button: theme.panel,
        role.ButtonText: theme.text,
        role.BrightText: theme.error,
        role.Light: theme.hover,
        role.Midlight: theme.hover,
        role.Mid: theme.border,
        role.Dark: theme.border,
        role.Shadow: theme.canvas,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent,
        role.Accent: theme.accent,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
        role.ToolTipBase: theme.panel,
        role.ToolTipText: theme.text,
    }
    palette = QPalette()
    for name, colour in colours.items():
        palette.setColor(name, QColor(colour))
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, mixed(theme.text, theme.window, 0.6))
    return palette


def mixed(colour: str, ground: str, share: float) -> QColor:
    """`colour` with `share` (0…1) of `ground` mixed in."""
    a, b = QColor(colour), QColor(ground)
    return QColor.fromRgbF(
        a.redF() + (b.redF() - a.redF()) * share,
        a.greenF() + (b.greenF() - a.greenF()) * share,
        a.blueF() + (b.blueF() - a.blueF()) * share,
    )


def translucent(colour: str, opacity: float) -> QColor:
    """`colour` at an opacity of 0…1."""
    result = QColor(colour)
    result.setAlphaF(opacity)
    return result


def _style_sheet(theme: Theme, reading: Qt.LayoutDirection) -> str:
    mirrored = reading is Qt.LayoutDirection.RightToLeft
    template = Template(resources.path("theme", "studio.qss").read_text(encoding="utf-8"))
    disabled = mixed(theme.text, theme.window, 0.6).name()
    return template.substitute(
        {name: getattr(theme, name) for name in Theme.__slots__},
        disabled=disabled,
        accent_hover=mixed(theme.accent, theme.text, 0.14).name(),
        accent_off=mixed(theme.accent, theme.window, 0.72).name(),
        arrows=icons.folder(theme.text),
        arrows_off=icons.folder(disabled),
        ticks=icons.folder(theme.on_accent),
        start="right" if mirrored else "left",
        end="left" if mirrored else "right",
    )
