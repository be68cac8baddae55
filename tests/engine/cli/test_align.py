import json

import pytest

from engine.api import AlignTask

WORDS = ("--lyrics", "Over the hills\nand far away")


def test_a_recording_and_its_codes_give_the_same_times(jukebox, recording, out):
    jukebox("encode", recording, out / "riff.codes")

    first = jukebox("align", recording, out / "a.lrc", *WORDS)
    second = jukebox("align", out / "riff.codes", out / "b.lrc", *WORDS)

    assert first[:2] == (0, f"{out / 'a.lrc'}\n") and second[0] == 0
    text = (out / "a.lrc").read_text()
    assert text == "[00:00.00]Over the hills\n[00:01.11]and far away\n"
    assert (out / "b.lrc").read_text() == text


@pytest.mark.parametrize(
    ("name", "start"),
    [("w.srt", "1\n00:00:00,000 --> "), ("w.json", '{"lines": [\n'), ("w.LRC", "[00:00.00]Over")],
)
def test_the_ending_says_the_form(jukebox, recording, out, name, start):
    _, result, _ = jukebox("align", recording, out / name, *WORDS, "--json")

    text = (out / name).read_text()
    assert text.replace("\n ", "").startswith(start.replace("\n", "")) or text.startswith(start)
    assert json.loads(result) == {"lines": 2, "words": 6, "files": [str(out / name)]}


def test_a_song_longer_than_the_music_is_told_so(jukebox, recording, out):
    jukebox("align", recording, out / "a.lrc", *WORDS, "--song-length", 8)

    (task,) = [task for task in jukebox.tasks if isinstance(task, AlignTask)]
    assert task.prompt.song_length == 8 * 8000
    assert "far" not in (out / "a.lrc").read_text()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (("a.txt", *WORDS), "must end in one of .lrc, .srt, .json"),
        (("a.lrc",), "no lyrics"),
        (("nowhere/a.lrc", *WORDS), "folder does not exist"),
        (("a.lrc", *WORDS, "--artist", "Nobody"), "knows no artist"),
        (("a.lrc", *WORDS, "--song-length", "1"), "after the song's end"),
    ],
)
def test_what_cannot_be_aligned_is_told_and_nothing_is_written(
    jukebox, recording, out, wrong, words
):
    name, *rest = wrong

    status, _, said = jukebox("align", recording, out / name, *rest)

    assert status == 2
    assert words in said
    assert list(out.iterdir()) == []


def test_composing_can_write_the_words_of_every_take(jukebox, out):
    options = ("--seconds", 2, "--takes", 2, "--words", out / "song.lrc", *WORDS)

    status, result, _ = jukebox("compose", out / "song.wav", *options)

    assert status == 0
    names = ["song.wav", "song-2.wav", "song.lrc", "song-2.lrc"]
    assert result.splitlines() == [str(out / name) for name in names]
    assert (out / "song-2.lrc").read_text().startswith("[00:00.00]Over the hills\n")


@pytest.mark.parametrize(
    ("options", "words"),
    [((), "needs lyrics"), (("--lyrics", "la", "--words", "x.doc"), "must end in")],
)
def test_words_without_lyrics_or_form_are_refused(jukebox, out, options, words):
    status, _, said = jukebox("compose", out / "s.wav", "--words", out / "s.lrc", *options)

    assert status == 2
    assert words in said
