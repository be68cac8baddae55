from __future__ import annotations

import errno
import pickle
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from app import language
from app.song.problems import error_in_words, in_words, note_in_words, refused
from engine import errors
from engine.api import EncodeTask, Problem, ProblemKind
from engine.audio.export import write_audio
from engine.audio.files import read_audio
from engine.catalog.checks import check_extent
from engine.catalog.store import ModelStore, default_store
from engine.catalog.web import HUB, web_from
from engine.installing.findings import find
from engine.phrases import Phrase
from engine.runtime.budget import Demand, Room, plan
from engine.types import Audio, Level, ModelId, Precision

ARABIC = re.compile("[\u0600-\u06ff]")
POCKET = default_store().get(ModelId("pocket"))
NAMES = next(names for names in POCKET.vocabularies if names is not None)
TOO_SHORT = EncodeTask(ModelId("pocket"), Audio(np.zeros(9, np.float32), 22_050))
FOR_TWO = Demand(tuple(Level), 2, 0)
ERRORS = (
    errors.TaskError("The span is off the grid."),
    errors.AudioFileError("“a.wav” cannot be read."),
    errors.ModelMissingError("No model “5b”."),
    errors.ModelError("The weights are cut off."),
    errors.DownloadError("The server does not answer."),
    errors.MemoryPlanError("Needs 9.8 GB, 7.1 GB are free."),
    errors.EngineError("Something else."),
)


@pytest.mark.parametrize("kind", ProblemKind)
def test_in_english_the_engine_speaks_for_itself(kind: ProblemKind) -> None:
    assert in_words(Problem(kind, "It broke, 3 GB.", "Do that.")) == ("It broke, 3 GB.", "Do that.")


@pytest.mark.parametrize("kind", ProblemKind)
def test_in_arabic_a_problem_is_told_by_its_kind_and_the_numbers_follow(kind: ProblemKind) -> None:
    language.speak("ar")

    message, advice = in_words(Problem(kind, "It broke, 3 GB.", "Do that."))

    assert ARABIC.search(message) and not re.search("[A-Za-z]", message)
    assert ARABIC.search(advice) and "It broke, 3 GB." in advice


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_in_arabic_an_error_is_told_by_its_kind_and_its_own_words_follow(
    error: errors.EngineError,
) -> None:
    assert error_in_words(error) == (str(error), "")
    language.speak("ar")

    message, advice = error_in_words(error)

    assert ARABIC.search(message) and str(error) in advice


@pytest.mark.parametrize("content", [b"", b"no sound at all"], ids=["empty", "foreign"])
def test_in_arabic_what_is_wrong_with_a_sound_file_is_told_in_arabic(
    content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "riff {1}.wav"
    path.write_bytes(content)
    with pytest.raises(errors.AudioFileError) as caught:
        read_audio(path)
    assert path.name in str(caught.value)
    language.speak("ar")

    message, advice = error_in_words(caught.value)

    assert ARABIC.search(message) and path.name in message and advice == ""
    assert "Export it anew" not in message and "is not a sound file" not in message


def test_in_arabic_a_disk_that_refuses_a_sound_file_is_told_in_arabic(tmp_path: Path) -> None:
    with pytest.raises(errors.AudioFileError, match="cannot be written: its folder") as caught:
        write_audio(tmp_path / "no" / "song.wav", Audio(np.zeros(9, np.float32), 22_050))
    language.speak("ar")

    message, advice = error_in_words(caught.value)

    assert ARABIC.search(message) and "folder" not in message and advice == ""


@pytest.mark.parametrize(
    ("cause", "names"),
    [
        (lambda: NAMES.require_room(("folk", "rock"), 1), ("folk, rock",)),
        (lambda: NAMES.genre_ids(("folc",), 3), ("folc", "folk")),
        (lambda: check_extent(TOO_SHORT, POCKET.spec), (POCKET.spec.title,)),
        (lambda: ModelStore([]).get(ModelId("5b")), ("5b",)),
        (lambda: plan(POCKET.config, FOR_TWO, Room(0), (Precision.SINGLE,)), ("fp32",)),
        (lambda: plan(POCKET.config, FOR_TWO, Room(0, (0, 0)), (Precision.HALF,)), ("fp16",)),
        (lambda: find(Path("/nowhere")), ("/nowhere",)),
        (lambda: web_from({"HF_ENDPOINT": "no address"}), ("no address", "HF_ENDPOINT", HUB)),
    ],
)
def test_in_arabic_an_error_of_the_engine_is_told_in_arabic_with_its_names(
    cause: Callable[[], object], names: tuple[str, ...]
) -> None:
    with pytest.raises(errors.EngineError) as caught:
        cause()
    problem = Problem.of_error(ProblemKind.INTERNAL, caught.value)
    assert " ".join(in_words(problem)).strip() == str(caught.value)
    language.speak("ar")

    message, advice = error_in_words(caught.value)

    assert ARABIC.search(message) and advice == ""
    assert in_words(problem) == (message, "")
    for name in names:
        assert name in message
        message = message.replace(name, "")
    assert not re.search("[A-Za-z]{3}", message)


def test_an_error_keeps_its_fields_on_its_way_from_another_process() -> None:
    error = pickle.loads(pickle.dumps(errors.AudioFileError("“{name}” is odd.", name="a{b}")))

    assert str(error) == error.phrase == "“a{b}” is odd."
    assert (error.phrase.sentence, error.phrase.fields) == ("“{name}” is odd.", {"name": "a{b}"})


def test_notes_of_progress_are_told_in_arabic_without_the_engine_s_numbers() -> None:
    note = "loading the model: needs 425 MB of 20.2 GB free memory"
    assert note_in_words(note) == note
    language.speak("ar")

    assert ARABIC.search(note_in_words(note)) and "MB" not in note_in_words(note)
    assert note_in_words("never heard of") == "never heard of"


def test_in_arabic_a_problem_whose_phrases_are_known_is_told_in_them() -> None:
    problem = Problem.told(
        ProblemKind.OUT_OF_MEMORY,
        Phrase("Memory ran out."),
        Phrase("Sample fewer takes at once, or close other programs."),
    )
    assert in_words(problem) == (problem.message, problem.advice)
    language.speak("ar")

    assert not re.search("[A-Za-z]", "".join(in_words(problem)))


def test_the_narrower_kind_of_an_error_is_told() -> None:
    language.speak("ar")
    missing, broken = errors.ModelMissingError("No model."), errors.ModelError("Cut off.")

    assert error_in_words(missing)[0] != error_in_words(broken)[0]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_in_arabic_what_a_disk_refuses_is_told_with_what_to_do(number: int) -> None:
    error, path = OSError(number, "no"), Path("/songs/tune.jukebox")
    assert "cannot be written" in refused(error, path)
    language.speak("ar")

    words = refused(error, path)

    assert ARABIC.search(words) and str(path) in words
    assert not re.search("[A-Za-z]", words.replace(str(path), ""))


def test_what_only_the_system_knows_stays_in_its_own_words() -> None:
    language.speak("ar")

    assert "strange" in refused(OSError(errno.EIO, "strange"), Path("a"))
