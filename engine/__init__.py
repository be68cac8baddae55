"""Makes music with Jukebox models. Importing it loads neither torch nor Qt.

Three ways in: `Jukebox` for scripts, `Engine` and its tasks for programs, and the networks
themselves, `VQVAE` and `Prior`, which load torch when they are first named.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

# Read when numba is first imported. With coloured errors it exchanges the process's standard
# streams whenever it compiles, on whatever thread, and what others say meanwhile goes astray.
os.environ.setdefault("NUMBA_DISABLE_ERROR_MESSAGE_HIGHLIGHTING", "1")

from engine.api import (
    Aligned,
    AlignTask,
    Cancelled,
    CancelToken,
    Chunk,
    DecodeTask,
    EncodeTask,
    Engine,
    Event,
    Failed,
    Finished,
    PrepareTask,
    Problem,
    ProblemKind,
    Progress,
    SampleTask,
    Saved,
    Started,
    Task,
)
from engine.errors import EngineError, TaskError, UnknownNameError
from engine.types import (
    NO_CODE,
    Audio,
    Codes,
    Cue,
    Level,
    LevelSettings,
    ModelId,
    Prompt,
    SamplingSettings,
    Share,
    Span,
)

if TYPE_CHECKING:
    from engine.audio.export import write_audio
    from engine.audio.files import read_audio
    from engine.catalog.hub import load_config, save_config
    from engine.catalog.tokenizer import Tokenizer
    from engine.jukebox import Jukebox
    from engine.models import VQVAE, Prior

_LATER = {
    "Jukebox": "engine.jukebox",
    "Prior": "engine.models",
    "Tokenizer": "engine.catalog.tokenizer",
    "VQVAE": "engine.models",
    "load_config": "engine.catalog.hub",
    "read_audio": "engine.audio.files",
    "save_config": "engine.catalog.hub",
    "write_audio": "engine.audio.export",
}
"""What is loaded when it is first named, and from where."""

__all__ = [
    "NO_CODE",
    "VQVAE",
    "AlignTask",
    "Aligned",
    "Audio",
    "CancelToken",
    "Cancelled",
    "Chunk",
    "Codes",
    "Cue",
    "DecodeTask",
    "EncodeTask",
    "Engine",
    "EngineError",
    "Event",
    "Failed",
    "Finished",
    "Jukebox",
    "Level",
    "LevelSettings",
    "ModelId",
    "PrepareTask",
    "Prior",
    "Problem",
    "ProblemKind",
    "Progress",
    "Prompt",
    "SampleTask",
    "SamplingSettings",
    "Saved",
    "Share",
    "Span",
    "Started",
    "Task",
    "TaskError",
    "Tokenizer",
    "UnknownNameError",
    "load_config",
    "read_audio",
    "save_config",
    "write_audio",
]


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module 'engine' has no attribute '{name}'")
    return getattr(import_module(_LATER[name]), name)
