"""Cut, copy, paste and merge: music that is there, put together anew.

What the user wants of codes that exist already. Knows takes and clips, and nothing of clipboards
and mice: whoever shows the song carries clips around as bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.language import mark, tr
from app.services.wording import Wording
from app.song import edits, splices
from app.song.clips import Clip, Kin, from_bytes, kin_of, to_bytes
from app.song.codes import chain
from app.song.errors import DocumentError, OrderError
from app.song.song import TakeId
from app.song.splices import Splice
from app.song.status import Severity
from engine.types import Span


class Editing(Wording):
    """A studio in which music can be moved about. Its intents return at once."""

    @property
    def can_copy(self) -> bool:
        """Whether there is music to copy."""
        return self.take is not None and self.model is not None

    @property
    def can_cut(self) -> bool:
        """Whether the selection can be taken out of the current take."""
        return self.selection is not None and self._stands

    @property
    def can_paste(self) -> bool:
        """Whether something copied can be put into the song."""
        return self.model is not None and (self.take is None or self._stands)

    def pack_selection(self, then: Callable[[bytes], None]) -> None:
        """Copy the selection, or the whole take: `then` is given it, soon, as bytes."""
        self._attempt(lambda: self._pack(then))

    def cut_selection(self, then: Callable[[bytes], None]) -> None:
        """Copy the selection, take it out, and move what follows to its place."""
        if self.can_cut:
            self.pack_selection(then)
            self.delete_selection()

    def delete_selection(self) -> None:
        """Take the selection out, and move what follows to its place."""
        if self.can_cut:
            self._attempt(self._delete)

    def paste(self, data: bytes) -> None:
        """Put what was copied in place of the selection, or at the playhead, and move the rest."""
        self._attempt(lambda: self._splice(self._pasted(self._received(data))))

    def paste_over(self, data: bytes, at: int | None = None) -> None:
        """Lay what was copied over the current take, and move nothing.

        Args:
            at: a moment; None for the selection's start, or else the playhead.
        """
        moment = self._insertion.start if at is None else at
        self._attempt(lambda: self._lay_over(self._received(data), moment, mark("Paste Over")))

    @property
    def can_draft(self) -> bool:
        """Whether the selection, or the whole take, can be put back to a draft."""
        return self.can_copy and self._stands

    def draft_selection(self) -> None:
        """Hear the selection, or the whole take, as the draft it was; undo brings the rest back."""
        if self.can_draft:
            self._attempt(lambda: self._draft(self.selection or Span(0, self.song_length)))

    def _draft(self, span: Span) -> None:
        self._check_standing()
        clip = self._clip(splices.on_grid(span, self._known_until, self._spec))
        self._add(splices.drafted(self.song, self._spec, clip))

    def merge(self, data: bytes, take_id: TakeId) -> None:
        """Lay what was copied over a take, at the moment where it comes from."""
        if self.song.has(take_id):
            self.choose_take(take_id)
            self._attempt(lambda: self._merge(self._received(data)))

    def paste_same_moment(self, data: bytes) -> None:
        """Lay what was copied over the current take, at the moment where it comes from."""
        self._attempt(lambda: self._merge(self._received(data)))

    @property
    def _stands(self) -> bool:
        """Whether no codes will still come for the current take."""
        current = self.song.current
        return current is not None and not self._jobs.fills(
            {take.id for take in chain(self.song, current)}
        )

    @property
    def _insertion(self) -> Span:
        """What pasting replaces: the selection, or nothing at the playhead."""
        at = min(self.transport.playhead, self.song_length)
        return self.selection or Span(at, at)

    def _attempt(self, do: Callable[[], None]) -> None:
        """Do something, or say in the song's own words why not."""
        try:
            do()
        except (OrderError, DocumentError) as error:
            self._complain(Severity.WARNING, str(error))

    def _pack(self, then: Callable[[bytes], None]) -> None:
        span = self.selection or Span(0, self.song_length)
        clip = self._clip(splices.on_grid(span, self.song_length, self._spec))
        clip = replace(clip, kin=self._kin)
        self._files.run(lambda: to_bytes(clip), then, _raise)

    @property
    def _kin(self) -> Kin:
        """What identifies the codes of this song."""
        return kin_of(self._spec, self._model.weights)

    def _received(self, data: bytes) -> Clip:
        """What was copied, if it can be used here."""
        clip = from_bytes(data)
        splices.check_kin(clip, self._kin)
        return clip

    def _delete(self) -> None:
        span = splices.on_grid(self.selection or Span(0, 0), self.song_length, self._spec)
        before = Span(max(0, span.start - self._spec.grid), span.start)
        around = self._part(before), self._rest(span.end)
        self._splice(splices.without(self.song, self._spec, span, around))

    def _pasted(self, clip: Clip) -> Splice:
        self._check_standing()
        span = self._insertion
        if self.selection is not None:
            span = splices.on_grid(span, self.song_length, self._spec)
        at, end = self._moment(span.start), self._moment(span.end)
        return splices.inserted(self.song, self._spec, clip, at, self._rest(end))

    def _merge(self, clip: Clip) -> None:
        self._lay_over(clip, clip.start, mark("Merge"))

    def _lay_over(self, clip: Clip, at: int, label: str) -> None:
        self._check_standing()
        moment = self._moment(at)
        self._splice(splices.laid_over(self.song, self._spec, clip, moment, label))

    def _check_standing(self) -> None:
        if self.take is not None and not self._stands:
            raise OrderError(
                tr("This take is still being made. Wait until it is done, or choose another.")
            )

    def _splice(self, splice: Splice) -> None:
        """Add a take that was put together, and select what was put in."""
        self._add(splice)
        self.select(splice.fresh)

    def _add(self, splice: Splice) -> None:
        """Add a take that was put together. On disk its codes come before the song that has it."""
        take = replace(splice.take, maker=self._model.maker)
        self._store.place(take, splice.matter)
        self._keeper.note_matter(take, splice.matter)
        song = edits.add_takes(self.song, (take,))
        self._apply(edits.raise_song_length(song, take.length), splice.label)

    def _moment(self, at: int) -> int:
        """The nearest moment of the grid up to which the current take has codes."""
        spec = self._spec
        return min(spec.snap_down(at + spec.grid // 2), self._known_until)

    def _rest(self, start: int) -> Clip | None:
        """All of the current take from a moment on; None where there is nothing."""
        return self._part(Span(start, max(start, self._spec.snap_down(self.song_length))))

    def _part(self, span: Span) -> Clip | None:
        return self._clip(span) if span.length else None

    def _clip(self, span: Span) -> Clip:
        assert self.song.current is not None
        return self._store.clip(self.song, self.song.current, span)


def _raise(error: Exception) -> None:
    raise error
