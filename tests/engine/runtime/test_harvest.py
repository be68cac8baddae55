import numpy as np

from engine.api import EncodeTask, Finished, Progress, SampleTask, Saved
from engine.runtime.harvest import Harvest
from engine.types import Audio, Codes, Level, ModelId, Prompt, SamplingSettings, Span

MODEL = ModelId("any")


def sampling(takes: int) -> SampleTask:
    prompt = Prompt("", (), "", song_length=1)
    settings = SamplingSettings(variations=takes)
    return SampleTask(MODEL, prompt, Codes.empty(), Span(0, 1024), (Level.TOP,), settings)


def saved(take: int, level: Level, *codes: int) -> Saved:
    return Saved(take, level, 0, np.array(codes, np.uint16))


def test_results_join_the_stretches_of_each_take_and_level() -> None:
    harvest = Harvest(sampling(takes=2))

    for event in (
        saved(0, Level.TOP, 1, 2),
        saved(1, Level.TOP, 7),
        Progress(Level.TOP, 3, 9),
        saved(0, Level.MIDDLE, 5),
        saved(0, Level.TOP, 3),
    ):
        harvest.add(event)

    first, second = harvest.results()
    assert [level.tolist() for level in first.levels] == [[], [5], [1, 2, 3]]
    assert [level.tolist() for level in second.levels] == [[], [], [7]]


def test_a_task_that_does_not_sample_has_the_results_it_finished_with() -> None:
    encoding = EncodeTask(MODEL, Audio(np.zeros(4, np.float32), rate=8))
    codes = Codes(tuple(np.array([level], np.uint16) for level in range(3)))

    harvest = Harvest(encoding)
    before = harvest.results()
    harvest.add(Finished((codes,)))

    assert before == ()
    assert harvest.results() == (codes,)
