import contextlib
import signal
import subprocess
import sys
import threading

import pytest

from engine.api import CancelToken
from engine.cli.interrupts import Stopped, leaving_at_once, stopping


def test_before_the_work_a_signal_leaves_with_its_status():
    with pytest.raises(Stopped) as caught, leaving_at_once():
        signal.raise_signal(signal.SIGTERM)

    assert caught.value.status == 143


def test_during_the_work_the_first_signal_cancels_and_the_second_leaves():
    cancel = CancelToken()

    with stopping(cancel) as request:
        signal.raise_signal(signal.SIGINT)
        assert cancel.cancelled and request.status == 130
        with pytest.raises(Stopped):
            signal.raise_signal(signal.SIGINT)


def test_libraries_that_swallow_errors_do_not_swallow_a_stop():
    """Importing torch runs such code."""
    with pytest.raises(Stopped), leaving_at_once(), contextlib.suppress(Exception):
        signal.raise_signal(signal.SIGINT)


def test_while_libraries_are_loaded_a_signal_ends_the_process_without_raising():
    program = """if True:
        import signal
        from engine.cli.interrupts import ending_at_once
        try:
            with ending_at_once():
                signal.raise_signal(signal.SIGTERM)
        finally:
            print("raised")
    """

    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert (ended.returncode, ended.stdout) == (143, "")
    assert ended.stderr == "Stopped; nothing was written.\n"


def test_handlers_are_as_before_even_after_an_error():
    before = signal.getsignal(signal.SIGINT)

    with pytest.raises(ZeroDivisionError), stopping(CancelToken()):
        raise ZeroDivisionError

    assert signal.getsignal(signal.SIGINT) is before


def test_on_another_thread_signals_are_left_alone():
    before = signal.getsignal(signal.SIGINT)
    seen = []

    def work():
        with stopping(CancelToken()):
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    assert seen == [before]
