"""`jukebox lyrics`: what a model is told of a song, before anything is made."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator

from engine.api import SampleTask
from engine.catalog.checks import check
from engine.catalog.specs import ModelSpec
from engine.cli.console import answer, answer_json, say
from engine.cli.orders import prompt
from engine.cli.tools import Tools, chosen_model
from engine.sampling.told import LyricWindow, ToldNames, ToldSong, told
from engine.text.vocabulary import Blend
from engine.types import Codes, Level, SamplingSettings, Span


def lyrics(options: argparse.Namespace, tools: Tools) -> int:
    """Tell names, dropped characters and the lyrics in view of every window. Gives 0.

    Raises:
        TaskError, ModelError: there can be no such song, and why.
    """
    model = chosen_model(tools.store, options.model)
    spec = model.spec
    end = spec.snap_up(max(1, round(options.seconds * spec.sample_rate)))
    wish = prompt(options, spec, end)
    levels = tuple(sorted(Level, reverse=True))
    task = SampleTask(spec.id, wish, Codes.empty(), Span(0, end), levels, SamplingSettings())
    check(task, tools.store)
    song = told(task, model)
    if options.json:
        answer_json(_facts(song, wish.lyrics, spec))
        return 0
    for line in _lines(song, wish.lyrics, spec):
        answer(line)
    for name in song.half_known:
        say(f"Note: {name} It hears any {name.kind} instead.")
    return 0


def _lines(song: ToldSong, written: str, spec: ModelSpec) -> Iterator[str]:
    for names in song.names:
        yield f"{names.level.name} ({names.version} names): {_numbers(names)}"
    if written and song.dropped:
        yield f"dropped: {_quoted(''.join(written[place] for place in song.dropped))}"
    for window in song.windows:
        start, end = (
            moment / spec.sample_rate for moment in (window.fresh.start, window.fresh.end)
        )
        yield f"{start:.2f}–{end:.2f} s reads {_quoted(window.text)}"
    if not song.windows:
        yield "This model reads no lyrics."


def _numbers(names: ToldNames) -> str:
    if names.blend is not None:
        artists, genres = (
            ", ".join(f"{number or 'any'} {weight:.0%}" for number, weight in part)
            for part in (names.blend.artists, names.blend.genres)
        )
        return f"artists {artists}; genres {genres}"
    genres = ", ".join(str(number) for number in names.genres if number >= 0)
    return f"artist {names.artist or 'any'}, genres {genres if genres != '0' else 'any'}"


def _facts(song: ToldSong, written: str, spec: ModelSpec) -> dict[str, object]:
    return {
        "model": spec.id,
        "names": [_names(names) for names in song.names],
        "half_known": [
            {"kind": n.kind, "name": n.name, "level": n.level.name.lower(), "unheard": n.unheard}
            for n in song.half_known
        ],
        "lyrics": song.lyrics,
        "dropped": [{"place": place, "character": written[place]} for place in song.dropped],
        "windows": [_window(window, spec) for window in song.windows],
    }


def _names(names: ToldNames) -> dict[str, object]:
    return {
        "level": names.level.name.lower(),
        "labels": names.version.value,
        "artist": names.artist,
        "genres": names.genres,
        **({"blend": _mixed(names.blend)} if names.blend else {}),
    }


def _mixed(blend: Blend) -> dict[str, object]:
    return {"artists": blend.artists, "genres": blend.genres}


def _window(window: LyricWindow, spec: ModelSpec) -> dict[str, object]:
    return {
        "seconds_in_view": _seconds(window.seen, spec),
        "seconds_made": _seconds(window.fresh, spec),
        "text": window.text,
        "first_character": window.first,
        "empty_slots": window.empty,
        "part_of_lyrics_as_written": window.written,
    }


def _seconds(span: Span, spec: ModelSpec) -> tuple[float, float]:
    return round(span.start / spec.sample_rate, 4), round(span.end / spec.sample_rate, 4)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
