"""`jukebox doctor`: what works on this computer, and what to do about the rest.

Whatever may crash or hang is tried in a process of its own, so that a broken library is a finding
and not the end. Knows what the program needs; repairs nothing.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from engine.catalog.store import ModelStore, verify
from engine.cli.console import answer, answer_json
from engine.cli.tools import Tools
from engine.errors import ModelError

_PATIENCE_S = 60
_ENOUGH_MEMORY = 2 * 2**30
_ENOUGH_DISK = 2**30
_OLDEST_PYTHON = (3, 11)

_PROBES: Mapping[str, str] = {
    "torch": (
        "import torch; from engine.runtime.devices import best_device, room; "
        "device = best_device(); free = room(device); free = (*free.gpus, free.ram)[0]; "
        "print(f'{torch.__version__}, on {device}, {free / 1e9:.1f} GB free')"
    ),
    "plan": (
        "from engine.catalog.store import default_store; "
        "from engine.runtime.outlook import outlook; "
        "print('. '.join(outlook(default_store())))"
    ),
    "sound": "import sounddevice; print(sounddevice.query_devices(kind='output')['name'])",
    "display": (
        "from PySide6.QtWidgets import QApplication; "
        "print('window system', QApplication([]).platformName())"
    ),
}

_ADVICE: Mapping[str, str] = {
    "torch": "Nothing can be composed without it. Install the program again.",
    "plan": "Close other programs, or choose a smaller model.",
    "PortAudio library not found": "Composing and exporting work. To hear music in the window, "
    "install PortAudio (Debian: apt install libportaudio2).",
    "sound": "Composing and exporting work. To hear music in the window, connect a sound card or "
    "start a sound server.",
    "cannot open shared object file": "The command line works. For the window, install the library "
    "named here (on Debian, ./run does).",
    "display": "The command line works. The window needs a desktop session, or DISPLAY set.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        works: whether it does.
        needed: whether composing depends on it.
        words: what was found.
        advice: what to do; empty when it works.
    """

    name: str
    works: bool
    needed: bool
    words: str
    advice: str = ""


def doctor(options: argparse.Namespace, tools: Tools) -> int:
    """Look at everything and tell. Gives 0 when composing works here, else 1."""
    findings = examine(tools.store)
    healthy = all(finding.works for finding in findings if finding.needed)
    if options.json:
        answer_json({"healthy": healthy, "findings": [asdict(finding) for finding in findings]})
        return 0 if healthy else 1
    for finding in findings:
        answer(f"{'ok ' if finding.works else 'NO '} {finding.name}: {finding.words}")
        if finding.advice:
            answer(f"    {finding.advice}")
    answer("Composing works here." if healthy else "Composing does not work here yet.")
    return 0 if healthy else 1


def examine(store: ModelStore) -> list[Finding]:
    """All findings. The slow ones are made side by side."""
    probes = {name: _start(code) for name, code in _PROBES.items()}
    return [
        _python(),
        _memory(),
        _disk(),
        *_models(store),
        *(_probed(name, process) for name, process in probes.items()),
    ]


def _python() -> Finding:
    works = sys.version_info >= _OLDEST_PYTHON
    words = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    oldest = ".".join(map(str, _OLDEST_PYTHON))
    return Finding("python", works, True, words, "" if works else f"Install {oldest} or newer.")


def _memory() -> Finding:
    memory = psutil.virtual_memory()
    works = memory.available >= _ENOUGH_MEMORY
    words = f"{memory.available / 2**30:.1f} of {memory.total / 2**30:.1f} GB are free"
    advice = "Pocket needs about 1 GB. Close other programs if it does not fit."
    return Finding("memory", works, False, words, "" if works else advice)


def _disk() -> Finding:
    free = shutil.disk_usage(Path.cwd()).free
    works = free >= _ENOUGH_DISK
    advice = "Free some space, or write somewhere else."
    words = f"{free / 2**30:.1f} GB are free in this folder"
    return Finding("disk", works, False, words, "" if works else advice)


def _models(store: ModelStore) -> list[Finding]:
    findings = [
        Finding("model", False, False, problem, "Install it again.") for problem in store.problems()
    ]
    whole = 0
    for model in store.models():
        try:
            verify(model)
        except ModelError as error:
            findings.append(Finding("model", False, False, str(error), "Install it again."))
        else:
            whole += 1
            words = f"{model.spec.title} ({model.spec.id}) is whole"
            findings.append(Finding("model", True, False, words))
    if not whole:
        words = "no whole model is installed"
        findings.append(Finding("model", False, True, words, "Install the program again."))
    return findings


def _start(code: str) -> subprocess.Popen[str]:
    """Try something in a process of its own, which sees the modules that this one sees."""
    source = str(Path(__file__).resolve().parents[2])
    paths = os.pathsep.join(path for path in (source, os.environ.get("PYTHONPATH", "")) if path)
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        env=os.environ | {"PYTHONPATH": paths},
    )


def _probed(name: str, process: subprocess.Popen[str]) -> Finding:
    try:
        said, complaints = process.communicate(timeout=_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return Finding(name, False, name == "torch", "does not answer", _ADVICE[name])
    works = process.returncode == 0
    lines = (said if works else complaints).strip().splitlines() or [f"left ({process.returncode})"]
    words = lines[-1] if works else _cause(lines)
    return Finding(name, works, name == "torch", words, "" if works else _advice(name, complaints))


def _cause(lines: list[str]) -> str:
    """The line that says most: the error's own, or the first of a native library's lament."""
    errors = [line for line in lines if "Error" in line]
    return (errors or lines)[-1 if errors else 0].strip()[:200]


def _advice(name: str, complaints: str) -> str:
    known = (advice for words, advice in _ADVICE.items() if words in complaints and " " in words)
    return next(known, _ADVICE[name])
