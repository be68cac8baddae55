"""The dialog of models: what it shows, and what it asks before anything is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSettings, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QComboBox, QMessageBox
from pytestqt.qtbot import QtBot

from app.services.machines import DeskModel, desk_models
from app.services.shelf import Shop
from app.session import Session
from app.song.shelf import ShelfTask, ShelfWork
from app.ui.dialogs.models import ModelsDialog
from app.ui.drop_overlay import DropOverlay
from app.ui.main_window import MainWindow
from app.ui.notice_bar import NoticeBar
from engine.catalog.known import KnownModel
from engine.catalog.store import ModelStore
from engine.catalog.web import Web
from engine.installing.places import Places
from engine.installing.progress import Phase, Progress
from tests.app.kit import MODEL
from tests.app.listening import Open
from tests.engine.catalog.hub_server import HubServer
from tests.engine.catalog.model_folder import write_model
from tests.engine.installing.small_model import REPOSITORY, known_model, write_hub_folder

LONG_MS = 120_000


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with HubServer() as server:
        yield server


@pytest.fixture
def known(server: HubServer, tmp_path: Path) -> KnownModel:
    folder = write_hub_folder(tmp_path / "hub")
    for path in folder.iterdir():
        server.files[f"/{REPOSITORY}/resolve/main/{path.name}"] = path.read_bytes()
    return known_model(folder)


@pytest.fixture
def desk(open_session: Open, server: HubServer, known: KnownModel, tmp_path: Path) -> Session:
    """A session whose models are those of a folder, with one of its own in it."""
    root = tmp_path / "models"
    write_model(root, "tiny")
    store = ModelStore([root])
    shop = Shop(Places(root, store), (known,), lambda: Web(server.address))

    def found() -> tuple[DeskModel, ...]:
        return (MODEL, *desk_models(store))

    return open_session(shop=shop, find_models=found)


@pytest.fixture
def dialog(desk: Session, qtbot: QtBot) -> ModelsDialog:
    result = ModelsDialog(desk)
    qtbot.addWidget(result)
    result.show()
    qtbot.waitUntil(lambda: "small" in result.rows)
    return result


def words(dialog: ModelsDialog, name: str) -> str:
    return dialog.rows[name].words


def answering(text: str) -> Callable[[], None]:
    """Presses a button of the question that is open."""

    def press() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        next(b for b in box.buttons() if b.text().replace("&", "") == text).click()

    return press


def test_every_model_is_shown_with_size_licence_and_room(dialog: ModelsDialog) -> None:
    assert words(dialog, "tiny").endswith("CC0")
    assert "to fetch" in words(dialog, "small")
    assert "OpenAI's non-commercial licence" in words(dialog, "small")
    assert "free in" in dialog.room


def test_a_model_is_installed_once_its_licence_is_accepted(
    dialog: ModelsDialog, desk: Session, server: HubServer, qtbot: QtBot
) -> None:
    offered: list[object] = []
    desk.models_changed.connect(lambda: offered.append(desk.models))
    dialog.rows["small"].buttons["install"].click()
    page = dialog.licence
    assert page.isVisible() and not page.install.isEnabled()
    assert server.requests == []

    page.consent.click()
    page.install.click()

    qtbot.waitUntil(lambda: "verify" in dialog.rows["small"].buttons, timeout=LONG_MS)
    assert dialog.notice.words.startswith("Small Jukebox is installed.")
    qtbot.waitUntil(lambda: bool(offered))
    assert [spec.id for spec in desk.models][1:] == ["small", "tiny"]


def test_consent_to_one_licence_is_no_consent_to_the_next(dialog: ModelsDialog) -> None:
    install = dialog.rows["small"].buttons["install"]
    install.click()
    dialog.licence.consent.click()
    dialog.licence.back.click()

    install.click()

    assert not dialog.licence.consent.isChecked() and not dialog.licence.install.isEnabled()


def test_what_does_not_fit_cannot_be_asked_for(
    dialog: ModelsDialog, known: KnownModel, qtbot: QtBot
) -> None:
    survey = dialog.survey
    assert survey is not None
    dialog.licence.show_model(dialog.rows["small"].model, replace(survey, free_bytes=1000))

    dialog.licence.consent.setChecked(True)

    assert not dialog.licence.install.isEnabled()
    assert "of room are lacking" in dialog.licence.problem


def test_progress_shows_on_the_row_and_everything_else_waits(dialog: ModelsDialog) -> None:
    progress = Progress(Phase.DOWNLOADING, 12_300_000_000, 30_500_000_000, 11.4e6, 1600.0)
    dialog.show_work(ShelfWork(ShelfTask.INSTALL, "small", "Small Jukebox", progress))

    row = dialog.rows["small"]
    assert row.words == "Fetching · 12.3 GB of 30.5 GB · 11 MB/s · about 27 min left"
    assert row.pause.isVisible() and row.cancel.isVisible()
    assert not dialog.rows["tiny"].buttons["remove"].isEnabled()

    waiting = replace(progress, note="The connection was lost. Next try in 4 s.", per_second=None)
    dialog.show_work(ShelfWork(ShelfTask.INSTALL, "small", "Small Jukebox", waiting))
    assert row.words == "Fetching · The connection was lost. Next try in 4 s."

    dialog.show_work(None)
    assert not row.pause.isVisible() and row.buttons["install"].isEnabled()


def test_a_model_is_removed_after_a_question(
    dialog: ModelsDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    remove = dialog.rows["tiny"].buttons["remove"]
    QTimer.singleShot(0, answering("Cancel"))
    remove.click()
    assert (tmp_path / "models" / "tiny").exists()

    QTimer.singleShot(0, answering("Remove"))
    remove.click()

    qtbot.waitUntil(lambda: "tiny" not in dialog.rows)
    assert not (tmp_path / "models" / "tiny").exists()


def test_the_model_of_the_open_song_stays(
    dialog: ModelsDialog, desk: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(desk.models_changed):
        desk.shelf.models_changed.emit()
    desk.set_model(desk.models[1].id)

    dialog.rows["tiny"].buttons["remove"].click()

    assert "The open song uses Tiny" in dialog.notice.words
    assert (tmp_path / "models" / "tiny").exists()


def test_much_that_was_fetched_is_not_given_up_without_a_question(
    dialog: ModelsDialog, desk: Session, known: KnownModel, qtbot: QtBot
) -> None:
    asked: list[str] = []
    desk.shelf.install(known)
    work = desk.shelf.work
    assert work is not None
    desk.shelf.work = replace(work, progress=Progress(Phase.DOWNLOADING, 10**9, 10**10))
    press = answering("Stop and Keep")
    QTimer.singleShot(0, lambda: (asked.append("once"), press()))

    dialog.rows["small"].cancel.click()

    assert asked == ["once"]
    qtbot.waitUntil(lambda: desk.shelf.work is None, timeout=LONG_MS)


def test_a_folder_is_dropped_on_the_dialog(
    dialog: ModelsDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(write_hub_folder(tmp_path / "mine")))])
    copy, left, none = (
        Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    enter = QDragEnterEvent(QPoint(5, 5), copy, data, left, none)
    QApplication.sendEvent(dialog, enter)
    overlay = dialog.findChild(DropOverlay)
    assert enter.isAccepted() and overlay.words == "Install the model that lies here"

    QApplication.sendEvent(dialog, QDropEvent(QPointF(5, 5), copy, data, left, none))

    assert not overlay.isVisible()
    qtbot.waitUntil(lambda: "verify" in dialog.rows["small"].buttons, timeout=LONG_MS)


def test_the_window_opens_it_offers_new_models_and_tells_when_it_is_closed(
    desk: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    window = MainWindow(desk, settings)
    qtbot.addWidget(window, before_close_func=lambda _: desk.discard())
    window.show()
    choice = window.findChild(QComboBox, "model")
    assert not choice.isVisible()
    window.actions_by_name["models"].trigger()
    dialog = window.findChild(ModelsDialog)
    qtbot.waitUntil(lambda: "tiny" in dialog.rows)
    dialog.accept()
    qtbot.waitUntil(lambda: window.findChild(ModelsDialog) is None)

    desk.shelf.import_from(tmp_path / "models" / "tiny")
    qtbot.waitUntil(lambda: desk.shelf.work is None, timeout=LONG_MS)
    desk.shelf.models_changed.emit()

    qtbot.waitUntil(choice.isVisible)
    assert [choice.itemText(row) for row in range(choice.count())][1] == "Tiny"
    told = [bar.words for bar in window.findChildren(NoticeBar)]
    assert any("“tiny” is installed already" in words for words in told)
