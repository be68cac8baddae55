from __future__ import annotations

import threading

import pytest
from pytestqt.qtbot import QtBot

from app.services.background import Background


def refuse(error: Exception) -> None:
    raise error


@pytest.fixture
def background(qtbot: QtBot):
    made = Background()
    yield made
    made.finish()


def test_work_is_done_elsewhere_in_order_and_handed_over_here(
    background: Background, qtbot: QtBot
) -> None:
    threads: list[threading.Thread] = []
    results: list[int] = []

    def work(number: int) -> int:
        threads.append(threading.current_thread())
        return number

    def take(number: int) -> None:
        assert threading.current_thread() is threading.main_thread()
        results.append(number)

    for number in range(20):
        background.run(lambda number=number: work(number), take, refuse)
    qtbot.waitUntil(lambda: len(results) == 20)

    assert results == list(range(20))
    assert threading.main_thread() not in threads


def test_errors_are_handed_over_here(background: Background, qtbot: QtBot) -> None:
    errors: list[Exception] = []

    background.run(lambda: 1 / 0, lambda _: None, errors.append)

    qtbot.waitUntil(lambda: bool(errors))
    assert isinstance(errors[0], ZeroDivisionError)


def test_finishing_does_all_work_and_hands_nothing_over(qtbot: QtBot) -> None:
    background = Background()
    done: list[int] = []
    told: list[None] = []
    for number in range(5):
        background.run(lambda number=number: done.append(number), told.append, refuse)

    background.finish()
    qtbot.wait(1)

    assert done == list(range(5))
    assert told == []
