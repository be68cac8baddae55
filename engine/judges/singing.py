"""Whether the words that were asked for are those that are sung.

Knows clips and their lyrics. Judged where a machine can hear words at all: hymns, in which a voice
stands over a soft pad, or whatever is sung where there are none.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.judges.clips import Clip

_CLEAREST_GENRE = "hymn"
_WRONG = 3


def sung_clips(clips: Sequence[Clip]) -> tuple[Clip, ...]:
    """The first clip with words of each song whose words can be told."""
    sung = [clip for clip in clips if clip.prompt.lyrics]
    clear = [clip for clip in sung if _CLEAREST_GENRE in clip.song.genres] or sung
    first = {clip.song.name: clip for clip in reversed(clear)}
    return tuple(first[name] for name in sorted(first))


def wrong_lyrics(clip: Clip, clips: Sequence[Clip]) -> list[str]:
    """The lyrics of the clips that come next, but for those that are the clip's own."""
    here = clips.index(clip)
    others = [other.prompt.lyrics for other in (*clips[here + 1 :], *clips[:here])]
    return [text for text in others if text != clip.prompt.lyrics][:_WRONG]
