"""Everything that `engine` raises on purpose.

    EngineError
    ├── TaskError              the task can never succeed as asked; raised before the first event
    │   └── UnknownNameError   an artist or genre that the model does not know
    ├── AudioFileError         a sound file that cannot be read or written
    ├── CodesFileError         a file of codes that cannot be read
    ├── ModelError             a model that is missing, broken or hostile
    │   └── ModelMissingError  no such model is installed
    ├── DownloadError          a file could not be fetched
    └── MemoryPlanError        it does not fit, and the numbers say why

Each message is for a person: what happened, the numbers, what to do.
"""

from __future__ import annotations

from engine.phrases import Phrase


class EngineError(Exception):
    """Root of all errors that the engine raises on purpose. `str(error)` is for the user.

    Attributes:
        phrase: what `str(error)` says, so that it can be said in another language.
    """

    def __init__(self, sentence: str, **fields: object) -> None:
        self.phrase = sentence if isinstance(sentence, Phrase) else Phrase(sentence, **fields)
        super().__init__(str(self.phrase))


class TaskError(EngineError):
    """The task can never succeed as asked."""


class UnknownNameError(TaskError):
    """A name that is not in the model's vocabulary.

    Attributes:
        kind: "artist" or "genre".
        name: as it was asked for.
        suggestions: names of the vocabulary that are close, best first.
    """

    def __init__(self, kind: str, name: str, suggestions: tuple[str, ...]) -> None:
        self.kind, self.name, self.suggestions = kind, name, suggestions
        hint = _hint([f"“{name}”" for name in suggestions])
        super().__init__(Phrase(_UNKNOWN[kind], name=_shortened(name), hint=hint))

    def __reduce__(self) -> tuple[object, ...]:
        return UnknownNameError, (self.kind, self.name, self.suggestions)


class AudioFileError(EngineError):
    """A sound file cannot be read or written."""


class CodesFileError(EngineError):
    """A file of codes cannot be read."""


class ModelError(EngineError):
    """A model is broken, hostile, or of a kind that is not supported."""


class ModelMissingError(ModelError):
    """No such model is installed."""


class DownloadError(EngineError):
    """A file could not be fetched. What came is kept, unless it was wrong."""


class MemoryPlanError(EngineError):
    """The task does not fit in the memory there is."""


_UNKNOWN = {
    "artist": Phrase("The model knows no artist “{name}”. {hint}"),
    "genre": Phrase("The model knows no genre “{name}”. {hint}"),
}


def _hint(names: list[str]) -> Phrase:
    if not names:
        return Phrase("See the list of names.")
    if len(names) == 1:
        return Phrase("Did you mean {name}?", name=names[0])
    return Phrase("Did you mean {names} or {last}?", names=", ".join(names[:-1]), last=names[-1])


def _shortened(name: str, limit: int = 60) -> str:
    return name if len(name) <= limit else name[: limit - 1] + "…"
