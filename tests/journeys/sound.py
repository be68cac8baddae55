"""A sound server of our own without loudspeakers: what programs play can be recorded exactly.

Knows PulseAudio and samples. Knows nothing of who plays.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.journeys.desktop import running, wait_for

SINK = "nowhere"
FINGERPRINT = 16
"""Samples that together tell one place of a sound from every other."""


class SoundServer:
    """A sink that swallows sound at one rate. `variables` make a program play into it."""

    def __init__(self, variables: Mapping[str, str], rate: int, folder: Path) -> None:
        self.variables = dict(variables)
        self._rate = rate
        self._folder = folder

    @contextmanager
    def recording(self) -> Iterator[Path]:
        """A file that grows by 16-bit stereo frames for as long as the block runs."""
        path = self._folder / "recording.raw"
        parec = ["parec", "-d", f"{SINK}.monitor", "--raw", "--format=s16le", "--channels=2"]
        command = [*parec, f"--rate={self._rate}", "--latency-msec=50", path]
        environment = os.environ | self.variables
        with running(*command, environment=environment, log=self._folder / "parec.log"):
            wait_for("first recorded frame", lambda: path.exists() and path.stat().st_size)
            yield path


@contextmanager
def sound_server(folder: Path, rate: int) -> Iterator[SoundServer]:
    """A private server whose only sink runs at `rate`, at full volume, and changes no bit."""
    runtime = folder / "run"
    (runtime / "pulse").mkdir(parents=True, mode=0o700)
    (folder / ".asoundrc").write_text("pcm.!default{type pulse}\nctl.!default{type pulse}\n")
    script = folder / "server.pa"
    script.write_text(
        "load-module module-native-protocol-unix auth-anonymous=1\n"
        f"load-module module-null-sink sink_name={SINK} rate={rate} format=s16le channels=2\n"
        f"set-default-sink {SINK}\n"
    )
    variables = {
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(runtime),
        "PULSE_SERVER": f"unix:{runtime}/pulse/native",
    }
    options = ["--exit-idle-time=-1", "--daemonize=no", "--realtime=no", "--high-priority=no"]
    command = ["pulseaudio", "-n", "-F", script, *options]
    environment = os.environ | variables
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, runtime, ignore_errors=True)
        stack.enter_context(
            running(*command, environment=environment, log=folder / "pulseaudio.log")
        )
        wait_for("sound server", lambda: _answers(environment))
        yield SoundServer(variables, rate, folder)


def _answers(environment: Mapping[str, str]) -> bool:
    asked = subprocess.run(["pactl", "info"], env=environment, capture_output=True, check=False)
    return asked.returncode == 0


def recorded(path: Path) -> NDArray[np.int16]:
    """The left channel of a recording; both are the same for mono sound."""
    raw = np.fromfile(path, np.int16)
    return raw[: len(raw) // 2 * 2].reshape(-1, 2)[:, 0]


def without_silence(sound: NDArray[np.int16]) -> NDArray[np.int16]:
    """The sound with every pause of `FINGERPRINT` zeros or more cut out, and both ends trimmed."""
    sounding = sound != 0
    edges = np.flatnonzero(np.diff(np.concatenate(([False], sounding, [False]))))
    keep = np.zeros(len(sound), bool)
    starts, ends = edges[::2], edges[1::2]
    for start, end, after in zip(
        starts, ends, [*starts[1:], len(sound) + FINGERPRINT], strict=True
    ):
        keep[start : end if after - end >= FINGERPRINT else after] = True
    return sound[keep]
