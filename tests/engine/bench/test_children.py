"""Children of the benchmark end with it, however it ends."""

import subprocess
import sys
import time

import psutil

ASKS = """
from engine.bench.children import Child, own_python
child = Child(own_python(), "tests.engine.bench.sleeper", 1)
child.ask("sleep", seconds=0)
print("asked", flush=True)
child.ask("sleep", seconds=600)
"""


def test_a_killed_benchmark_leaves_no_child_at_work():
    asking = subprocess.Popen([sys.executable, "-c", ASKS], stdout=subprocess.PIPE)
    assert asking.stdout.readline() == b"asked\n"
    (child,) = psutil.Process(asking.pid).children()
    asking.kill()
    asking.communicate()
    until = time.monotonic() + 20
    while child.is_running() and child.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < until
        time.sleep(0.05)
