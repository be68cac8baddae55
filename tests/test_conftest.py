"""The guards of the suite must themselves be able to fail."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

GUARDS = Path(__file__).with_name("conftest.py").read_text("utf-8")


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project of its own with the same conftest, each test of which fails or passes by it."""
    pytester.makeconftest(GUARDS)
    return pytester


def test_a_warning_in_the_log_fails_the_test_unless_it_asks_for_it(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import logging

        def test_careless():
            logging.getLogger("engine").warning("late")

        def test_expecting(warnings_logged):
            logging.getLogger("engine").warning("late")
            assert [record.getMessage() for record in warnings_logged] == ["late"]
        """
    )

    result = suite.runpytest_subprocess("-p", "no:cacheprovider")

    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*WARNING engine: late*"])


def test_threads_left_running_fail_the_test(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import threading
        import time

        from PySide6.QtCore import QThread

        threads = []

        class Brief(QThread):
            def run(self):
                time.sleep(0.1)

        def test_forgotten_thread():
            threading.Thread(target=time.sleep, args=(3,), name="sleeper").start()

        def test_forgotten_qt_thread(qapp):
            threads.append(QThread())
            threads[0].start()

        def test_ended_qt_thread(qapp):
            threads.append(Brief())
            threads[-1].start()
        """
    )

    result = suite.runpytest_subprocess("-p", "no:cacheprovider")

    result.assert_outcomes(passed=3, errors=2)
    result.stdout.fnmatch_lines(["*Left running: sleeper*", "*Left running: *QThread*"])


def test_user_folders_lie_in_a_home_of_the_test(user_home: Path, tmp_path: Path) -> None:
    assert Path.home() == user_home
    assert Path(os.environ["XDG_CONFIG_HOME"]).is_relative_to(user_home)
    assert not user_home.is_relative_to(tmp_path)
    assert list(user_home.iterdir()) == []
