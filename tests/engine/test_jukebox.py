"""The calls of a script become the tasks that an engine knows. The music itself: acceptance."""

import numpy as np
import pytest

from engine.errors import EngineError, ModelMissingError, TaskError
from engine.jukebox import Jukebox
from engine.runtime.fake import FakeEngine, Mishap, Script
from engine.types import NO_CODE, Audio, Codes, Level, SamplingSettings


class Watched(FakeEngine):
    """Keeps the tasks and says when it was closed."""

    def __init__(self, spec, script=None):
        super().__init__(spec, script)
        self.tasks, self.closed = [], False

    def run(self, task, cancel):
        self.tasks.append(task)
        return super().run(task, cancel)

    def close(self):
        self.closed = True


@pytest.fixture
def engine():
    from engine.catalog.store import default_store

    return Watched(default_store().get("pocket").spec)


@pytest.fixture
def jukebox(engine):
    return Jukebox("pocket", engine)


def lengths(codes):
    return [len(level) for level in codes.levels]


def test_new_music_follows_what_there_is(jukebox, engine):
    prompt = jukebox.prompt(lyrics="la", seconds=20)
    (song,) = jukebox.sample(prompt, 0.5)

    takes = jukebox.sample(prompt, 0.25, song, SamplingSettings(seed=3, variations=2))

    spec = jukebox.spec
    assert lengths(song) == [spec.snap_up(11025) // hop for hop in spec.hops]
    assert engine.tasks[1].span.start == engine.tasks[0].span.end
    assert len(takes) == 2 and takes[0] != takes[1]
    for take in takes:
        for level in Level:
            known = song.at(level)
            assert np.array_equal(take.at(level)[: len(known)], known)
            assert len(take.at(level)) > len(known)


def test_a_draft_becomes_full_from_where_its_lower_levels_end(jukebox, engine):
    prompt = jukebox.prompt(seconds=20)
    (song,) = jukebox.sample(prompt, 0.25)
    (longer,) = jukebox.sample(prompt, 0.5, song, levels=(Level.TOP,))

    (full,) = jukebox.upsample(prompt, longer)

    assert [task.levels for task in engine.tasks[1:]] == [
        (Level.TOP,),
        (Level.MIDDLE, Level.BOTTOM),
    ]
    assert engine.tasks[2].span.start == engine.tasks[0].span.end
    assert len({n * hop for n, hop in zip(lengths(full), jukebox.spec.hops, strict=True)}) == 1
    with pytest.raises(TaskError, match="no TOP codes"):
        jukebox.upsample(prompt, full)


def test_a_level_that_was_left_out_keeps_its_hole(jukebox):
    prompt = jukebox.prompt(seconds=20)
    (draft,) = jukebox.sample(prompt, 0.25, levels=(Level.TOP,))

    (song,) = jukebox.sample(prompt, 0.25, draft)

    middle, hop = song.at(Level.MIDDLE), jukebox.spec.hops[1]
    hole = len(draft.at(Level.TOP)) * jukebox.spec.grid // hop
    assert np.all(middle[:hole] == NO_CODE)
    assert np.all(middle[hole:] != NO_CODE)


def test_sound_becomes_codes_and_codes_sound(jukebox):
    codes = jukebox.encode(Audio(np.sin(np.arange(44_100) / 7), 44_100))

    sound, coarse = jukebox.decode(codes), jukebox.decode(codes, Level.TOP)

    whole = jukebox.spec.snap_down(22_050)
    assert (len(sound.samples), sound.rate) == (whole, 22_050)
    assert len(coarse.samples) == whole
    assert sound != coarse


def test_words_get_their_times(jukebox):
    prompt = jukebox.prompt(lyrics="over the hills", seconds=12)
    (song,) = jukebox.sample(prompt, 8.0, levels=(Level.TOP,))

    words = jukebox.align(prompt, song)

    assert [word.text for word in words] == ["over", "the", "hills"]
    assert 3.4 < words[1].start_s < 4.6


def test_the_shortest_song_is_meant_where_nothing_is_said(jukebox):
    spec = jukebox.spec

    assert spec.min_song_length <= jukebox.prompt().song_length < spec.min_song_length + spec.grid


def test_what_cannot_be_is_raised_and_what_breaks_too(engine):
    with pytest.raises(ModelMissingError):
        Jukebox("no such model", engine)
    broken = Watched(engine._spec, Script(mishap=Mishap.FAIL))
    jukebox = Jukebox("pocket", broken)
    with pytest.raises(TaskError):
        jukebox.decode(Codes.empty())
    with pytest.raises(EngineError, match="script says to fail"):
        jukebox.sample(jukebox.prompt(), 1.0)


def test_leaving_gives_the_memory_back(engine):
    with Jukebox("pocket", engine) as jukebox:
        assert jukebox.tokenizer.encode(jukebox.prompt("Marlow Finch")).names[Level.TOP].artist
        assert not engine.closed

    assert engine.closed
