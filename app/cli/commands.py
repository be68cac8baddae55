"""`compose --song`, `continue`, `upsample`, `resume` and `export`: commands on a song file."""

from __future__ import annotations

import argparse
import contextlib
import secrets
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from pathlib import Path

from app.cli.running import Running, running
from app.cli.work import SongWork, reading, working_on
from app.services.transfer import Export, Voice
from app.song import edits, tasks
from app.song.codes import chain
from app.song.errors import OrderError
from app.song.export import ExportFormat, ExportOptions, file_names
from app.song.queue import PlannedJob
from app.song.song import Quality, Song, Take, TakeId
from app.song.stereo import sides_of
from engine.api import Cancelled, Failed
from engine.audio.export import encoding_for
from engine.catalog.checks import check
from engine.cli.compose import compose as compose_to_file
from engine.cli.console import answer, answer_json, say
from engine.cli.orders import prompt
from engine.cli.tools import Tools, chosen_model, told
from engine.errors import TaskError
from engine.types import Codes, Level, Span

_FEW_TAKES = 8

Order = Callable[[SongWork, Song, int], tasks.Order]
"""What is to be made of a song, by its work, the song with the options, and a seed."""


def compose(options: argparse.Namespace, tools: Tools) -> int:
    """Compose new takes into a song file, or, without one, a sound file. Gives the exit status."""
    if options.song is None:
        return compose_to_file(options, tools)
    if options.out is not None or options.prime is not None or options.words is not None:
        raise TaskError(
            "--song goes without OUT, --prime and --words: “jukebox export” writes the takes of a "
            "song to sound files."
        )

    def order(work: SongWork, song: Song, seed: int) -> tasks.Order:
        return tasks.generation(song, work.spec, seed)

    with working_on(options.song, tools.store, chosen_model(tools.store, options.model)) as work:
        return _make(work, options, tools, _asked(options, work), order)


def go_on(options: argparse.Namespace, tools: Tools) -> int:
    """Continue a take. Gives the exit status."""

    def order(work: SongWork, song: Song, seed: int) -> tasks.Order:
        codes = _codes(work)
        end = len(codes.at(Level.TOP)) * work.spec.grid
        at = end if options.at is None else _samples(options.at, work)
        return tasks.continuation(song, work.spec, codes, at, seed)

    with working_on(options.song, tools.store, None) as work:
        _choose(work, options.take)
        return _make(work, options, tools, _with_settings(work.song, options), order)


def upsample(options: argparse.Namespace, tools: Tools) -> int:
    """Raise a take's quality. Gives the exit status."""

    def order(work: SongWork, song: Song, seed: int) -> tasks.Order:
        if options.stereo:
            return tasks.in_stereo(song, work.spec, _codes(work), seed)
        span = _stretch(options, work)
        quality = Quality[options.quality.upper()]
        return tasks.rendering(song, work.spec, _codes(work), span, quality)

    with working_on(options.song, tools.store, None) as work:
        _choose(work, options.take)
        return _make(work, options, tools, work.song, order)


def resume(options: argparse.Namespace, tools: Tools) -> int:
    """Finish what waits. Gives the exit status."""
    with working_on(options.song, tools.store, None) as work:
        takes = tuple(take for job in work.jobs for take in job.takes)
        if not takes:
            say("Nothing waits to be finished.")
        with running(tools) as engine:
            for job in work.jobs:
                if not engine.status:
                    _finish(work, job, engine)
            work.save()
        _report(options, work, takes)
        return engine.status


def export(options: argparse.Namespace, tools: Tools) -> int:
    """Write a take, or each take, to a sound file. Gives the exit status."""
    with reading(options.song, tools.store) as work:
        wanted = _wanted_sounds(options, work)
        form = _export_options(options, work)
        chains = [chain(work.song, each) for ids, _ in wanted for each in ids]
        with running(tools) as engine:
            for each in {each.id: each for takes in chains for each in takes}.values():
                work.have_sound(each, engine)
            if engine.status:
                return engine.status
        files, seconds = [], 0.0
        for ids, path in wanted:
            made = _exported(work, ids, path, form)
            with _told_of_silence(work.song.take(ids[0]), alone=len(wanted) == 1):
                say(made.write())
                files.append(str(path))
                seconds += _length(made) / work.spec.sample_rate
        if not files:
            raise OrderError("No take has any sound yet, so no file was written.")
        if options.json:
            answer_json({"audio_seconds": seconds, "model": work.spec.id, "files": files})
        for path in () if options.json else files:
            answer(path)
        return 0


def _wanted_sounds(
    options: argparse.Namespace, work: SongWork
) -> list[tuple[tuple[TakeId, ...], Path]]:
    """What is to be written: a take, or in stereo the three of one, and the file for it."""
    if not options.all_takes:
        _choose(work, options.take)
        take = _current(work.song)
        return [((take.id,) if options.stereo is None else _sides(work, take), options.out)]
    given = (options.take, options.start, options.end, options.stereo)
    if any(value is not None for value in given):
        raise TaskError(
            "--all-takes writes every take whole: it goes without --take, --start, --end and "
            "--stereo."
        )
    _current(work.song)
    takes = work.song.takes
    names = file_names(takes)
    stem = options.out.stem
    return [
        ((take.id,), options.out.with_stem(f"{stem} – {name}"))
        for take, name in zip(takes, names, strict=True)
    ]


def _exported(work: SongWork, ids: Sequence[TakeId], path: Path, form: ExportOptions) -> Export:
    chains = [chain(work.song, each) for each in ids]
    middle, *sides = (Voice(takes, [*map(work.store.sound, takes)]) for takes in chains)
    return Export(path, form, work.song.title, middle, work.spec, tuple(sides))


def _length(export: Export) -> int:
    return (export.options.span or Span(0, export.voice.takes[-1].length)).length


@contextlib.contextmanager
def _told_of_silence(take: Take, *, alone: bool) -> Generator[None]:
    """Of several takes, say which has no sound yet, and go on with the others."""
    try:
        yield
    except OrderError as error:
        if alone:
            raise
        say(f"“{take.name}” is left out: {error}")


def _sides(work: SongWork, take: Take) -> tuple[TakeId, ...]:
    sides = sides_of(work.song, take.id)
    if sides is None:
        raise OrderError(
            f"“{take.name}” has no left and right yet. Make them first: “jukebox upsample SONG "
            "--stereo”, and then export one of the three takes."
        )
    return sides


def _make(
    work: SongWork, options: argparse.Namespace, tools: Tools, song: Song, order_for: Order
) -> int:
    """Make an order's takes, save the song with them, and report."""
    seed = song.settings.seed
    order = order_for(work, song, secrets.randbelow(2**31) if seed is None else seed)
    order = order.by(work.maker)
    check(order.task, tools.store)
    with running(tools) as engine:
        job = work.begin(edits.add_takes(song, order.takes), order)
        try:
            _finish(work, job, engine)
        finally:
            work.save()
    _report(options, work, order.takes)
    return engine.status


def _finish(work: SongWork, job: PlannedJob, engine: Running) -> None:
    end = work.finish(job, engine)
    if isinstance(end, Failed):
        raise told(end)
    if isinstance(end, Cancelled):
        say("Stopped; what was made until then is in the song.")


def _report(options: argparse.Namespace, work: SongWork, takes: Sequence[Take]) -> None:
    """Say what of some takes is in the song now."""
    made = [work.song.take(take.id) for take in takes if work.song.has(take.id)]
    seconds = [take.span.length / work.spec.sample_rate for take in made]
    if options.json:
        rows = [
            {"name": take.name, "id": take.id, "seconds": length}
            for take, length in zip(made, seconds, strict=True)
        ]
        seeds = {take.settings.seed for take in made if take.settings}
        answer_json({"song": str(options.song), "model": work.spec.id, "takes": rows,
                     "seed": seeds.pop() if len(seeds) == 1 else None})  # fmt: skip
        return
    for take, length in zip(made, seconds, strict=True):
        answer(f"{take.name}: {length:.1f} s")


def _asked(options: argparse.Namespace, work: SongWork) -> Song:
    """The song, asked for what the options of `compose` say; what they do not say stays."""
    end = round(options.seconds * work.spec.sample_rate)
    wanted, song = prompt(options, work.spec, end), work.song
    old = song.prompt
    if not wanted.artist:
        wanted = replace(wanted, artist=old.artist, other_artists=old.other_artists)
    if not wanted.genres:
        wanted = replace(wanted, genres=old.genres, genre_shares=old.genre_shares)
    if not wanted.lyrics:
        wanted = replace(wanted, lyrics=old.lyrics, cues=old.cues)
    if options.song_length is None and song.takes:
        wanted = replace(wanted, song_length=old.song_length)
    return _with_settings(replace(song, prompt=wanted), options)


def _with_settings(song: Song, options: argparse.Namespace) -> Song:
    changes = {
        "seconds": options.seconds,
        "takes": options.takes,
        "quality": None if options.quality is None else Quality[options.quality.upper()],
        "temperature": getattr(options, "temperature", None),
    }
    given = {name: value for name, value in changes.items() if value is not None}
    try:
        return edits.adjust(song, **given, seed=options.seed)
    except ValueError as error:
        raise TaskError(str(error)) from error


def _choose(work: SongWork, name: str | None) -> None:
    """Make the take of that name current."""
    if name is None:
        return
    takes = work.song.takes
    named = [take.id for take in takes if name in (take.name, take.id)]
    if len(named) > 1:
        raise OrderError(f"{len(named)} takes are called “{name}”: give an id, as --json tells it.")
    if not named:
        there = ", ".join(f"“{take.name}”" for take in takes[-_FEW_TAKES:]) or "none"
        raise OrderError(f"There is no take “{name}”. The last ones: {there}.")
    work.choose(named[0])


def _current(song: Song) -> Take:
    if song.chosen is None:
        raise OrderError("The song has no takes yet. Compose some music first.")
    return song.chosen


def _codes(work: SongWork) -> Codes:
    return work.store.codes(work.song, _current(work.song).id)


def _samples(seconds: float, work: SongWork) -> int:
    return round(seconds * work.spec.sample_rate)


def _stretch(options: argparse.Namespace, work: SongWork) -> Span | None:
    """The stretch of the current take that the options say; None for all of it."""
    length = _current(work.song).length
    start = 0 if options.start is None else _samples(options.start, work)
    end = length if options.end is None else min(_samples(options.end, work), length)
    if end <= start:
        raise OrderError(
            f"There is no stretch from {start / work.spec.sample_rate:.1f} to "
            f"{end / work.spec.sample_rate:.1f} s: the take ends at "
            f"{length / work.spec.sample_rate:.1f} s."
        )
    return Span(start, end) if (start, end) != (0, length) else None


def _export_options(options: argparse.Namespace, work: SongWork) -> ExportOptions:
    kind = ExportFormat[encoding_for(options.out).name]
    try:
        width = None if options.stereo is None else options.stereo / 100
        span = _stretch(options, work)
        return ExportOptions(
            kind, span=span, loudness=options.loudness, rate=options.rate, width=width
        )
    except ValueError as error:
        raise TaskError(str(error)) from error
