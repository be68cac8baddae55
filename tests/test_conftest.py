"""The guards of the suite must themselves be able to fail."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

GUARDS = Path(__file__).with_name("conftest.py").read_text("utf-8")


def test_warnings_and_threads_left_running_fail_the_test(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(GUARDS)
    pytester.makepyfile(
        """
        import logging
        import threading
        import time

        from PySide6.QtCore import QThread

        threads = []

        class Brief(QThread):
            def run(self):
                time.sleep(0.1)

        def test_careless():
            logging.getLogger("engine").warning("late")

        def test_expecting(warnings_logged):
            logging.getLogger("engine").warning("late")
            assert [record.getMessage() for record in warnings_logged] == ["late"]

        def test_forgotten_thread():
            threading.Thread(target=time.sleep, args=(2,), name="sleeper").start()

        def test_forgotten_qt_thread(qapp):
            threads.append(QThread())
            threads[-1].start()

        def test_ended_qt_thread(qapp):
            threads.append(Brief())
            threads[-1].start()
        """
    )

    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")

    result.assert_outcomes(passed=5, errors=3)
    result.stdout.fnmatch_lines(
        ["*WARNING engine: late*", "*Left running: sleeper*", "*Left running: *QThread*"]
    )


def test_user_folders_lie_in_a_home_of_the_test(user_home: Path, tmp_path: Path) -> None:
    assert Path.home() == user_home
    assert Path(os.environ["XDG_CONFIG_HOME"]).is_relative_to(user_home)
    assert not user_home.is_relative_to(tmp_path)
    assert list(user_home.iterdir()) == []
