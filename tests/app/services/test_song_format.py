from __future__ import annotations

from contextlib import closing
from pathlib import Path

import numpy as np

from app.services.opening import read_song
from app.services.songs import GivenFile, SongFile, new_path
from app.song.past import Past
from app.song.song import Fit, Maker, Verdict
from engine.types import Cue, Level, Share
from tests.app.kit import SPEC, codes_like

OLD = Path(__file__).parents[2] / "data" / "songs"


def test_a_song_of_the_second_document_still_opens(tmp_path: Path) -> None:
    with closing(SongFile.copy_of(OLD / "format-1-document-2.jukebox", new_path(tmp_path))) as file:
        again = file.song()
        codes = list(file.codes())
        recorded = again.takes[2]
        (sound,) = file.sounds(recorded.id)
        file.save_to(tmp_path / "new.jukebox", Past.of(again), SPEC.hops, 0)

    assert [take.name for take in again.takes] == ["Take a", "Chorus – 歌", "riff"]
    assert again.takes[0].verdict is Verdict.KEPT and again.takes[0].starred
    assert [take.maker for take in again.takes] == [None] * 3
    assert [piece.level for piece in codes] == [0, 1, 2] * 2
    assert np.array_equal(codes[3].data, codes_like(12, 20, Level.BOTTOM))
    assert np.array_equal(sound.data, np.linspace(-1, 1, 4 * SPEC.grid, dtype=np.float32))
    with closing(SongFile.copy_of(tmp_path / "new.jukebox", new_path(tmp_path))) as file:
        assert file.song() == again
        assert [piece.level for piece in file.codes()] == [2, 1, 0] * 2
        (kept,) = file.sounds(recorded.id)
        assert np.array_equal(kept.data, sound.data)


def test_a_song_without_words_in_it_still_opens(tmp_path: Path) -> None:
    with closing(SongFile.copy_of(OLD / "format-2-document-3.jukebox", new_path(tmp_path))) as file:
        again = file.song()
        codes = list(file.codes())
        sung = list(file.sung(again.takes[0], SPEC.grid))
        given = file.recording(again.takes[1].id)

    assert [take.name for take in again.takes] == ["Take a", "riff"]
    assert again.takes[0].prompt.artists == (Share("Ada", 1.0),)
    assert again.takes[0].maker == Maker(SPEC.id, "abc", "0.1")
    assert [len(piece.data) for piece in codes] == [8]
    assert sung == []
    assert given == GivenFile("riff.wav", b"RIFF")


def test_a_song_of_the_first_format_still_opens(tmp_path: Path) -> None:
    with closing(SongFile.copy_of(OLD / "format-1.jukebox", new_path(tmp_path))) as file:
        again = file.song()
        codes = list(file.codes())

    assert [take.name for take in again.takes] == ["Take a", "Take b", "Chorus – 歌"]
    assert {take.verdict for take in again.takes} == {Verdict.OPEN}
    assert [len(piece.data) for piece in codes] == [
        take.span.length // SPEC.hop(Level.TOP) for take in again.takes
    ]


def test_a_song_with_its_history_words_and_queue_still_opens(tmp_path: Path) -> None:
    file = SongFile.copy_of(OLD / "format-3-document-5.jukebox", new_path(tmp_path))
    opened = read_song(file, {SPEC.id: SPEC})
    one, riff, filled, waiting = opened.song.takes
    steps = opened.history.past.steps
    (undone,) = steps[3].song.takes[1:]
    given = file.recording(riff.id)
    (sung,) = file.sung(one, SPEC.grid)
    file.delete()

    assert [take.name for take in opened.song.takes] == ["Take a", "riff", "Chorus – 歌", "Take e"]
    assert one.verdict is Verdict.KEPT and one.maker == Maker(SPEC.id, "abc", "0.1")
    assert one.prompt.artists == (Share("Ada", 0.75), Share("Bix", 0.25))
    assert one.prompt.cues == (Cue(0, 4 * SPEC.grid),)
    assert filled.fit == Fit(1.5, 2.5) and not filled.starred
    assert opened.history.labels == (
        "", "Generate", "Keep", "Generate", "Remove Take", "Import", "Replace", "Continue", "Star",
    )  # fmt: skip
    assert opened.history.place == 7 and steps[8].song.take(filled.id).starred
    assert np.array_equal(opened.store.own_codes(undone).at(Level.TOP), codes_like(0, 4, Level.TOP))
    (job,) = opened.jobs
    assert job.takes == (waiting,) and job.paused and job.task.settings.heard == SPEC.grid
    assert np.array_equal(job.task.context.at(Level.BOTTOM), codes_like(0, 8, Level.BOTTOM))
    assert given is not None and given.name == "riff.wav" and given.data[:4] == b"RIFF"
    assert (sung.start, sung.places.tolist()) == (2 * SPEC.grid, [0, 0, 3])
