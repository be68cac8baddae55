"""What the engine's problems mean, in the language that is spoken.

The engine speaks English. Most of what it says has a translation, found by its phrases; of a
problem without one the kind is told, and what to do, and the engine's own words follow.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from app.language import SOURCE, knows, mark, say, spoken, tr
from engine import errors
from engine.api import Problem, ProblemKind
from engine.atomic import told
from engine.phrases import Phrase

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
    errors.TaskError: mark("That cannot be made as it was asked for."),
    errors.AudioFileError: mark("The sound file cannot be read or written."),
    errors.ModelMissingError: mark("The model is not installed."),
    errors.ModelError: mark("The model's files cannot be used."),
    errors.DownloadError: mark("A file could not be fetched."),
    errors.MemoryPlanError: mark("The memory of this computer is not enough for that."),
    errors.EngineError: mark("The engine could not do that."),
}
"""Those of narrower kinds first."""


def in_words(problem: Problem) -> tuple[str, str]:
    """What happened, and what to do about it."""
    if spoken() == SOURCE:
        return problem.message, problem.advice
    if problem.said and all(knows(phrase.sentence) for phrase in problem.said):
        message, *advice = map(say, problem.said)
        return message, " ".join(advice)
    what, advice = _KINDS[problem.kind]
    return tr(what), f"{tr(advice)} {_own_words(problem.message)}"


def error_in_words(error: errors.EngineError) -> tuple[str, str]:
    """What went wrong, and the engine's own words about it where they have no translation."""
    if spoken() == SOURCE:
        return str(error), ""
    if knows(error.phrase.sentence):
        return say(error.phrase), ""
    what = next(words for kind, words in _ERRORS.items() if isinstance(error, kind))
    return tr(what), _own_words(str(error))


def note_in_words(note: str) -> str:
    """A note of progress; in another language without the numbers that follow a colon."""
    if isinstance(note, Phrase):
        return say(note)
    head = note.partition(":")[0]
    return tr(head) if knows(head) else note


def refused(error: OSError, path: Path) -> str:
    """A refused write as a sentence with advice."""
    return say(told(error, path))


def _own_words(words: str) -> str:
    return tr("In its own words: {words}", words=words)
