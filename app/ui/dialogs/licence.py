"""Shows what is asked of whoever uses a model, and what its disk needs, and has it accepted."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QLabel, QPushButton, QVBoxLayout, QWidget

from app.language import tr
from app.ui import amounts, widgets
from engine.installing.survey import Standing, Survey


class LicencePage(QWidget):
    """A page of the models dialog.

    Signals:
        accepted: the user accepts, and wants the model.
        left: the user does not.
    """

    accepted = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = widgets.label("", role="title")
        self._licence = widgets.paragraph("", role="heading")
        self._points = QVBoxLayout()
        self._address = QLabel()
        self._room = widgets.paragraph("", role="dim")
        self._problem = widgets.paragraph("", role="warning")
        self.consent = QCheckBox(tr("I have read the licence and &accept it"))
        self.install = QPushButton(tr("Install"))
        self.back = QPushButton(tr("&Back"))
        self._fits = False
        self._build()

    @property
    def problem(self) -> str:
        """What stands in the way; "" for nothing."""
        return "" if self._fits else self._problem.text()

    def show_model(self, model: Standing, survey: Survey) -> None:
        """Show one model's licence and needs; consent begins anew."""
        known = model.known
        assert known is not None
        self._title.setText(tr("Install {title}", title=known.title))
        self._licence.setText(known.licence.name)
        widgets.empty(self._points)
        for point in known.licence.points:
            self._points.addWidget(widgets.paragraph(f"•  {point}"))
        address = known.licence.address
        link = f'<a href="{address}">{address}</a>'
        self._address.setText(tr("In full: {link}", link=link))
        self._room.setText(
            tr(
                "{fetched} are fetched from {hosts}. Until all is done the disk needs "
                "{needed}, afterwards {installed}. {free} are free in {folder}.",
                fetched=amounts.size(known.download_bytes),
                hosts=_hosts(model),
                needed=amounts.size(model.missing_bytes),
                installed=amounts.size(known.installed_bytes),
                free=amounts.size(survey.free_bytes),
                folder=survey.root,
            )
        )
        self._fits = survey.free_bytes > model.missing_bytes
        lacking = model.missing_bytes - survey.free_bytes
        self._problem.setText(tr("{lacking} of room are lacking.", lacking=amounts.size(lacking)))
        self._problem.setVisible(not self._fits)
        self.consent.setChecked(False)
        self._follow()
        self.consent.setFocus()

    def _follow(self) -> None:
        self.install.setEnabled(self.consent.isChecked() and self._fits)

    def _build(self) -> None:
        self._address.setOpenExternalLinks(True)
        self._address.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        names = {
            "acceptLicence": self.consent,
            "installNow": self.install,
            "backToModels": self.back,
        }
        for name, part in names.items():
            part.setObjectName(name)
        self.install.setProperty("role", "primary")
        self.consent.toggled.connect(self._follow)
        self.install.clicked.connect(self.accepted)
        self.back.clicked.connect(self.left)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self._points.setSpacing(4)
        column.addWidget(self._title)
        column.addWidget(self._licence)
        column.addLayout(self._points)
        for part in (self._address, self._room, self._problem, self.consent):
            column.addWidget(part)
        column.addStretch(1)
        column.addLayout(widgets.beside(0, self.back, self.install))


def _hosts(model: Standing) -> str:
    """Where files come from, for people."""
    assert model.known is not None
    whole = any("://" in file.address for file in model.known.files)
    return (
        tr("the hub and from OpenAI’s server")
        if whole
        else tr("the hub (huggingface.co, or its mirror)")
    )
