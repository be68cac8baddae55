"""The training songs on disk: `python -m engine.training.dataset FOLDER --songs N`.

Each song is NNNNNN.flac with its labels in NNNNNN.json beside it, named by seed. Songs that are
there already are left alone, so the command can be stopped and started again.
"""

from __future__ import annotations

import argparse
import json
import logging
import multiprocessing
import sys
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path

from engine.atomic import replacing, told
from engine.audio.export import write_audio
from engine.errors import EngineError
from engine.training.composer import compose
from engine.training.render import SOUNDFONT, Studio
from engine.training.score import Named, Score

log = logging.getLogger(__name__)


def labels(score: Score) -> dict[str, object]:
    """What is known of a song, ready for JSON. Times in seconds."""
    return {
        "artist": score.artist,
        "genres": list(score.genres),
        "lyrics": score.lyrics,
        "words": [
            {
                "text": word.text,
                "start": round(word.start, 4),
                "end": round(word.end, 4),
                "character": word.character,
            }
            for word in score.words
        ],
        "key": score.key,
        "mode": score.key.split()[-1],
        "tempo": score.tempo,
        "seconds": score.seconds,
        "sections": [_stretch(section) for section in score.sections],
        "chords": [_stretch(chord) for chord in score.chords],
        "beats": [round(beat, 4) for beat in score.beats],
        "seed": score.seed,
    }


def _stretch(named: Named) -> dict[str, object]:
    return {"name": named.name, "start": round(named.start, 4), "end": round(named.end, 4)}


def write_songs(folder: Path, seeds: Sequence[int], processes: int, soundfont: Path) -> None:
    """Render the songs of all seeds that are not in the folder yet.

    Raises:
        ToolError: an outside program is missing or failed.
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = [seed for seed in seeds if not _sound_path(folder, seed).exists()]
    log.info("%d of %d songs to render", len(missing), len(seeds))
    write = partial(_write_song, folder, soundfont)
    with multiprocessing.Pool(processes) as pool:
        for count, seed in enumerate(pool.imap_unordered(write, missing), start=1):
            log.info("song %d done, %d of %d", seed, count, len(missing))


def _write_song(folder: Path, soundfont: Path, seed: int) -> int:
    """Labels first, so that whoever sees the sound finds its labels."""
    score = compose(seed)
    audio = _studio(soundfont, folder / "words").render(score)
    sound = _sound_path(folder, seed)
    text = json.dumps(labels(score), indent=1, ensure_ascii=False)
    with replacing(sound.with_suffix(".json")) as file:
        file.write(text.encode())
    write_audio(sound, audio)
    return seed


@cache
def _studio(soundfont: Path, words: Path) -> Studio:
    return Studio(soundfont, words)


def _sound_path(folder: Path, seed: int) -> Path:
    return folder / f"{seed:06d}.flac"


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m engine.training.dataset", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the songs go")
    parser.add_argument("--songs", type=int, required=True, help="how many")
    parser.add_argument("--first-seed", type=int, default=0, help="seed of the first song")
    parser.add_argument("--processes", type=int, default=1, help="songs rendered side by side")
    parser.add_argument("--soundfont", type=Path, default=SOUNDFONT, help="General MIDI sounds")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command. Returns 0, or 1 after a message on what is missing."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    arguments = _arguments(argv)
    seeds = range(arguments.first_seed, arguments.first_seed + arguments.songs)
    try:
        write_songs(arguments.folder, seeds, arguments.processes, arguments.soundfont)
    except EngineError as error:
        log.error("%s", error)
    except OSError as error:
        log.error("%s", told(error, arguments.folder))
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
