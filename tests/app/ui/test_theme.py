from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from app.ui import theme
from app.ui.theme import CONTRAST_DARK, CONTRAST_LIGHT, DARK, LIGHT, Theme
from engine.types import Level

THEMES = pytest.mark.parametrize(
    "colours",
    [DARK, LIGHT, CONTRAST_DARK, CONTRAST_LIGHT],
    ids=["dark", "light", "contrast-dark", "contrast-light"],
)
WITHIN_THE_END, INSIDE_OF_A_BOX = QRect(98, 4, 18, 22), QRect(108, 10, 10, 10)
CONTRASTS = pytest.mark.parametrize("colours", [CONTRAST_DARK, CONTRAST_LIGHT])


def luminance(colour: str) -> float:
    """Relative luminance. Source: WCAG 2.1."""
    channels = (QColor(colour).redF(), QColor(colour).greenF(), QColor(colour).blueF())
    red, green, blue = (
        c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a: str, b: str) -> float:
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@THEMES
def test_words_can_be_read_on_every_surface(colours: Theme) -> None:
    for ground in (colours.window, colours.panel, colours.field):
        for words in (colours.text, colours.dim, colours.error):
            assert contrast(words, ground) >= 4.5
    assert contrast(colours.on_accent, colours.accent) >= 4.5


@CONTRASTS
def test_high_contrast_is_seven_to_one_for_words_and_three_for_lines(colours: Theme) -> None:
    for ground in (colours.window, colours.panel, colours.field, colours.hover):
        for words in (colours.text, colours.dim, colours.accent, colours.error, colours.warning):
            assert contrast(words, ground) >= 7
    for line in (colours.border, colours.draft, colours.mid, colours.full, colours.accent):
        assert contrast(line, colours.canvas) >= 3


@THEMES
def test_qualities_differ_in_lightness_and_not_only_in_hue(colours: Theme) -> None:
    shades = [colours.level(level) for level in (Level.TOP, Level.MIDDLE, Level.BOTTOM)]
    steps = [contrast(shade, colours.canvas) for shade in shades]

    assert steps == sorted(steps)
    assert steps[0] >= 2
    assert all(after / before >= 1.4 for before, after in itertools.pairwise(steps))


@THEMES
def test_widgets_find_the_theme_they_wear(
    colours: Theme, qapp: QApplication, qtbot: object
) -> None:
    theme.apply(qapp, colours)
    widget = QWidget()

    assert theme.of(widget) is colours


def drawn(widget: QWidget, place: QRect) -> set[str]:
    """The colours in a part of a widget of 120 × 30, four device pixels each way for one."""
    widget.resize(120, 30)
    picture = QPixmap(widget.size() * 4)
    picture.setDevicePixelRatio(4)
    widget.render(picture)
    part = picture.toImage().copy(QRect(place.topLeft() * 4, place.size() * 4))
    return {part.pixelColor(x, y).name() for x in range(part.width()) for y in range(part.height())}


@THEMES
@pytest.mark.parametrize("kind", [QComboBox, QSpinBox], ids=lambda kind: kind.__name__)
def test_small_arrows_are_seven_to_one(
    kind: type[QWidget], colours: Theme, qapp: QApplication, qtbot: QtBot
) -> None:
    theme.apply(qapp, colours)
    widget = kind()
    qtbot.addWidget(widget)

    shades = drawn(widget, WITHIN_THE_END)
    assert max(contrast(shade, colours.field) for shade in shades) >= 7
    widget.setEnabled(False)
    shades = drawn(widget, WITHIN_THE_END)
    assert max(contrast(shade, colours.window) for shade in shades) < 7


@THEMES
def test_a_tick_is_three_to_one_on_the_accent(
    colours: Theme, qapp: QApplication, qtbot: QtBot
) -> None:
    theme.apply(qapp, colours)
    box = QCheckBox()
    qtbot.addWidget(box)
    box.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    box.setChecked(True)

    shades = drawn(box, INSIDE_OF_A_BOX)
    assert colours.accent in shades
    assert max(contrast(shade, colours.accent) for shade in shades) >= 3


def test_following_a_system_that_says_nothing_is_light(qapp: QApplication) -> None:
    assert theme.chosen(qapp, theme.Appearance.SYSTEM) in (LIGHT, DARK)
    assert theme.chosen(qapp, theme.Appearance.DARK) is DARK
    assert theme.chosen(qapp, theme.Appearance.LIGHT) is LIGHT
