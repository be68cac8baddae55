"""A sound server of our own without loudspeakers: what programs play can be recorded exactly.

Knows PulseAudio and samples. Knows nothing of who plays.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import psutil
from numpy.typing import NDArray

from tests.journeys.desktop import running, wait_for

SINK = "nowhere"
FINGERPRINT = 16
"""Samples that together tell one place of a sound from every other."""


class SoundServer:
    """Sinks that swallow sound at one rate. `variables` make a program play into the first."""

    def __init__(self, variables: Mapping[str, str], rate: int, folder: Path) -> None:
        self.variables = dict(variables)
        self._rate = rate
        self._folder = folder

    @contextmanager
    def recording(self, sink: str = SINK) -> Iterator[Path]:
        """A file that grows by 16-bit stereo frames for as long as the block runs."""
        path = self._folder / ("recording.raw" if sink == SINK else f"recording-{sink}.raw")
        parec = ["parec", "-d", f"{sink}.monitor", "--raw", "--format=s16le", "--channels=2"]
        command = [*parec, f"--rate={self._rate}", "--latency-msec=50", path]
        environment = os.environ | self.variables
        log = self._folder / "parec.log"
        with running(*command, environment=environment, log=log) as recorder:
            favour(psutil.Process(recorder.process.pid))
            wait_for("first recorded frame", lambda: path.exists() and path.stat().st_size)
            yield path

    def set_default(self, sink: str) -> None:
        """Let programs that do not choose play into another sink."""
        self._control("set-default-sink", sink)

    def unplug(self, sink: str) -> None:
        """Take a sink away, with all that plays into it."""
        modules = self._control("list", "short", "modules")
        number = next(line.split()[0] for line in modules.splitlines() if f"name={sink} " in line)
        self._control("unload-module", number)

    def kill_streams(self) -> None:
        """End every stream, as when a sound card is pulled out that a program holds itself."""
        inputs = self._control("list", "short", "sink-inputs").splitlines()
        for line in inputs:
            environment = os.environ | self.variables
            command = ["pacmd", "kill-sink-input", line.split()[0]]
            subprocess.run(command, env=environment, capture_output=True, check=True)

    def kill_recordings(self) -> None:
        """End every stream that records, as when a microphone is pulled out."""
        outputs = self._control("list", "short", "source-outputs").splitlines()
        for line in outputs:
            environment = os.environ | self.variables
            command = ["pacmd", "kill-source-output", line.split()[0]]
            subprocess.run(command, env=environment, capture_output=True, check=True)

    def plug(self, sink: str) -> None:
        """Bring a sink back, or another one."""
        self._control("load-module", *_null_sink(sink, self._rate).split())

    def _control(self, *words: str) -> str:
        environment = os.environ | self.variables
        return subprocess.run(
            ["pactl", *words], env=environment, capture_output=True, text=True, check=True
        ).stdout


def favour(*processes: psutil.Process) -> None:
    """Let sound come first, as desktops do for it, where that is allowed.

    Each thread has a rank of its own; a sound server gives up what it inherited.
    """
    policy = os.sched_getscheduler(0)
    for thread in (thread.id for process in processes for thread in process.threads()):
        with contextlib.suppress(PermissionError, ProcessLookupError):
            os.setpriority(os.PRIO_PROCESS, thread, -11)
            if policy != os.SCHED_OTHER:
                os.sched_setscheduler(thread, policy, os.sched_getparam(0))


def _null_sink(name: str, rate: int) -> str:
    return f"module-null-sink sink_name={name} rate={rate} format=s16le channels=2"


def _alsa(sinks: Sequence[str]) -> str:
    """ALSA's way to the server: its default, and each sink by name."""
    named = "".join(f'pcm.{sink}{{type pulse device "{sink}"}}\n' for sink in sinks)
    return f"pcm.!default{{type pulse}}\nctl.!default{{type pulse}}\n{named}"


@contextmanager
def sound_server(folder: Path, rate: int, sinks: Sequence[str] = (SINK,)) -> Iterator[SoundServer]:
    """A private server whose sinks run at `rate`, at full volume, and change no bit.

    The first is the default. A program finds each by its name.
    """
    runtime = folder / "run"
    (runtime / "pulse").mkdir(parents=True, mode=0o700)
    (folder / ".asoundrc").write_text(_alsa(sinks if len(sinks) > 1 else ()))
    script = folder / "server.pa"
    script.write_text(
        "load-module module-native-protocol-unix auth-anonymous=1\n"
        "load-module module-cli-protocol-unix\n"
        + "".join(f"load-module {_null_sink(sink, rate)}\n" for sink in sinks)
        + f"set-default-sink {sinks[0]}\n"
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
        log = folder / "pulseaudio.log"
        program = stack.enter_context(running(*command, environment=environment, log=log))
        wait_for("sound server", lambda: _answers(environment))
        favour(psutil.Process(program.process.pid))
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
