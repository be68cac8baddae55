"""What is told of the installed models is what an engine would plan."""

from engine.api import CancelToken, Progress, SampleTask
from engine.catalog.store import ModelStore
from engine.runtime import devices
from engine.runtime.budget import Room
from engine.runtime.local import LocalEngine
from engine.runtime.outlook import outlook
from engine.types import Codes, Level, ModelId, Prompt, SamplingSettings, Span
from tests.engine.runtime import middling

GB = 10**9


def test_the_outlook_is_the_plan_of_a_song(tmp_path, monkeypatch):
    middling.write(tmp_path)
    monkeypatch.setattr(devices, "room", lambda device: Room(2 * GB))
    prompt, span = Prompt("", (), "", 1000), Span(0, middling.HOPS[Level.TOP])
    task = SampleTask(
        ModelId("middling"), prompt, Codes.empty(), span, tuple(Level), SamplingSettings()
    )

    (sentence,) = outlook(ModelStore([tmp_path]), "cpu")

    first = next(LocalEngine([str(tmp_path)], "cpu").run(task, CancelToken()))
    assert isinstance(first, Progress)
    assert first.note == f"loading the model: {sentence.removeprefix('middling ')}"


def test_a_model_that_does_not_fit_is_told_of_too(tmp_path, monkeypatch):
    middling.write(tmp_path)
    monkeypatch.setattr(devices, "room", lambda device: Room(GB // 10))

    (sentence,) = outlook(ModelStore([tmp_path]), "cpu")

    assert sentence.startswith("middling does not fit: ")
    assert "100 MB are free" in sentence
