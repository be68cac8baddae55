"""The lines of the words that have a time, for the margin of the text and for the lane."""

from __future__ import annotations

from app.session import Session
from app.song.lyrics import line_at
from app.ui import clock
from app.ui.lyric_text import LineTime
from app.ui.timeline.words_lane import LaneLine


def lane_lines(session: Session) -> tuple[LaneLine, ...]:
    """Every line with a time: those that were given one, and those that the take sings."""
    words, rate = session.song.prompt.lyrics, _rate(session)
    asked = {line_at(words, cue.place)[0]: cue.at for cue in session.song.prompt.cues}
    lines: dict[int, LaneLine] = {}
    for line in session.timed_lines:
        start, end = line_at(words, line.words[0].place)
        text = words[start:end].strip()
        lines[start] = LaneLine(start, text, round(line.start_s * rate), start in asked)
    for start, at in asked.items():
        _, end = line_at(words, start)
        lines.setdefault(start, LaneLine(start, words[start:end].strip(), at, asked=True))
    return tuple(lines.values())


def margin_times(session: Session) -> dict[int, LineTime]:
    """The same by number of the line, in words."""
    words, rate = session.song.prompt.lyrics, _rate(session)
    return {
        words.count("\n", 0, line.place): LineTime(clock.moment(line.start / rate), line.asked)
        for line in lane_lines(session)
    }


def _rate(session: Session) -> int:
    return session.model.sample_rate if session.model is not None else 1
