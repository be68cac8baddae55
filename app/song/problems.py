"""What the engine's problems mean, in the language that is spoken.

The engine speaks English, with numbers that a report of a fault needs word for word. What it says
of sound files has a translation; of other problems the kind is told, and what to do, and the
engine's own words follow.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from pathlib import Path

from app.language import SOURCE, knows, mark, spoken, tr
from engine import errors
from engine.api import Problem, ProblemKind
from engine.atomic import UNWRITABLE, told

NOTES = (
    mark("loading the model"),
    mark("listening for words"),
    mark("listening again"),
)
"""What the engine says of its progress."""

_AGAIN = mark("What was made so far is kept. Try again; if it stays, please report it.")
_KINDS: Mapping[ProblemKind, tuple[str, str]] = {
    ProblemKind.ENGINE_DIED: (
        mark("The engine ended unexpectedly."),
        mark("What was made so far is kept, and the next try starts the engine anew."),
    ),
    ProblemKind.OUT_OF_MEMORY: (
        mark("The memory of this computer is not enough for that."),
        mark("Ask for fewer takes at once, close other programs, or use a smaller model."),
    ),
    ProblemKind.MODEL_MISSING: (
        mark("The model is not installed."),
        mark("Install it by the list of models, and try again."),
    ),
    ProblemKind.MODEL_BROKEN: (
        mark("The model's files cannot be used."),
        mark("Check or install the model anew by the list of models."),
    ),
    ProblemKind.INTERNAL: (mark("The engine could not do that."), _AGAIN),
}
_ERRORS: Mapping[type[errors.EngineError], str] = {
    errors.UnknownNameError: mark("The model does not know this name."),
    errors.TaskError: mark("That cannot be made as it was asked for."),
    errors.AudioFileError: mark("The sound file cannot be read or written."),
    errors.ModelMissingError: mark("The model is not installed."),
    errors.ModelError: mark("The model's files cannot be used."),
    errors.DownloadError: mark("A file could not be fetched."),
    errors.MemoryPlanError: mark("The memory of this computer is not enough for that."),
    errors.EngineError: mark("The engine could not do that."),
}
"""Those of narrower kinds first."""

_REASONS: Mapping[int, str] = {
    errno.ENOSPC: mark("The disk is full. Free some space, or write to another disk."),
    errno.EDQUOT: mark("Your share of the disk is used up. Free some space, or write elsewhere."),
    errno.EACCES: mark("It may not be written. Choose a place of your own."),
    errno.EPERM: mark("It may not be written. Choose a place of your own."),
    errno.EROFS: mark("The disk is read-only. Choose another place."),
    errno.ENOENT: mark("Its folder does not exist. Make the folder first."),
    errno.ENOTDIR: mark("Its folder does not exist. Make the folder first."),
    errno.EISDIR: mark("It is a folder. Give the name of a file."),
    errno.ENAMETOOLONG: mark("Its name is too long. Choose a shorter one."),
}


def in_words(problem: Problem) -> tuple[str, str]:
    """What happened, and what to do about it."""
    if spoken() == SOURCE:
        return problem.message, problem.advice
    what, advice = _KINDS[problem.kind]
    return tr(what), f"{tr(advice)} {_own_words(problem.message)}"


def error_in_words(error: errors.EngineError) -> tuple[str, str]:
    """What went wrong, and the engine's own words about it where they have no translation."""
    if spoken() == SOURCE:
        return str(error), ""
    cause = error.__cause__
    if error.sentence == UNWRITABLE and isinstance(cause, OSError):
        return refused(cause, Path(str(error.fields["path"]))), ""
    if knows(error.sentence):
        return tr(error.sentence, **error.fields), ""
    what = next(words for kind, words in _ERRORS.items() if isinstance(error, kind))
    return tr(what), _own_words(str(error))


def note_in_words(note: str) -> str:
    """A note of progress; in another language without the numbers that follow a colon."""
    head = note.partition(":")[0]
    return tr(head) if knows(head) else note


def refused(error: OSError, path: Path) -> str:
    """A refused write as a sentence with advice."""
    reason = _REASONS.get(error.errno or 0)
    if reason is None or spoken() == SOURCE:
        return told(error, path)
    return tr("“{path}” cannot be written: {reason}", path=path, reason=tr(reason))


def _own_words(words: str) -> str:
    return tr("In its own words: {words}", words=words)
