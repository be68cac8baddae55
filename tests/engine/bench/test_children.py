"""Children of the benchmark end with it, however it ends."""

import subprocess
import sys
from contextlib import suppress

import psutil

from tests.contract.hearing import wait_for

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
    wait_for(lambda: not at_work(child), limit_s=20)


def at_work(process):
    """Whether a process is there, and not merely unburied: whoever should do that is killed."""
    with suppress(psutil.NoSuchProcess):
        return process.status() != psutil.STATUS_ZOMBIE
    return False
