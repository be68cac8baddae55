"""What makes music: generate, continue, redo, replace, extend, render.

What the user wants of codes that do not exist yet. Each intent is an order of `app.song.tasks`,
whose takes enter the song at once and grow there. Knows nothing of what is done with takes later.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace

from PySide6.QtCore import QObject

from app.language import mark, tr
from app.services.errands import Errand, Kind
from app.services.journals import Journal
from app.services.judge import Judge
from app.services.machines import Machines
from app.services.selecting import Selecting
from app.services.takes import TakeStore
from app.song import edits, ranking, splices, tasks
from app.song.errors import OrderError
from app.song.passes import lacking, outward
from app.song.song import Fit, Quality, Song, Take, TakeId
from app.song.status import Severity
from engine.api import SampleTask
from engine.sampling.told import heard_before
from engine.types import Codes, Level, Span


class Composing(Selecting):
    """A studio that makes music. Its intents return at once."""

    def __init__(self, machines: Machines, parent: QObject | None = None) -> None:
        super().__init__(machines, parent)
        self._judge = Judge(self._jobs, self)
        self._judge.judged.connect(self._note_judged)

    @property
    def can_generate(self) -> bool:
        """Whether new takes can be made from the prompt."""
        return self.model is not None

    @property
    def can_continue(self) -> bool:
        """Whether the current take can be continued, from the selection's end or its own."""
        return self.can_generate and self._known_until > 0

    @property
    def can_redo_selection(self) -> bool:
        """Whether the inside of the selection can be made anew."""
        selection = self.selection
        return self.can_generate and selection is not None and self._known_until > selection.start

    def can_render(self, quality: Quality) -> bool:
        """Whether the selection, or the whole take, can be made better."""
        if not self.can_continue:
            return False
        try:
            self._rendering(quality)
        except OrderError:
            return False
        return True

    def generate(self) -> None:
        """Make new takes from the prompt alone."""
        self._compose(lambda _, seed: tasks.generation(self.song, self._spec, seed))

    def continue_selection(self) -> None:
        """Keep the current take up to the selection's end, or its own, and go on from there."""
        at = self.song_length if self.selection is None else self.selection.end
        self._compose(
            lambda codes, seed: tasks.continuation(self.song, self._spec, codes, at, seed)
        )

    def redo_selection(self) -> None:
        """Make the inside of the selection anew, and keep all around it."""
        span = self.selection or Span(0, 0)
        self._compose(lambda codes, seed: tasks.redoing(self.song, self._spec, codes, span, seed))

    @property
    def can_redo_from_playhead(self) -> bool:
        """Whether there is music after the playhead that can be made anew."""
        return self.can_generate and self._known_until > self.transport.playhead

    def redo_from(self, moment: int) -> None:
        """Make all of the current take anew from a moment to its end, and keep what is before."""
        span = Span(max(0, moment), max(moment, self.song_length))
        self._compose(lambda codes, seed: tasks.redoing(self.song, self._spec, codes, span, seed))

    @property
    def hearing(self) -> Span | None:
        """What the model would hear before it goes on from here; None where there is nothing."""
        at = self.song_length if self.selection is None else self.selection.end
        try:
            order = tasks.continuation(self.song, self._spec, self._codes, at, seed=0)
        except OrderError:
            return None
        return heard_before(order.task, self._spec)

    def set_heard(self, seconds: float | None) -> None:
        """How much before it the model shall hear of the music; None for as much as it can."""
        self._set(mark("Hearing"), heard_s=seconds)

    @property
    def can_replace_selection(self) -> bool:
        """Whether there is a selection with music after it."""
        selection = self.selection
        return self.can_generate and selection is not None and selection.end < self.song_length

    def replace_selection(self) -> None:
        """Make several drafts for the selection; the best three by what follows it stay."""
        span = self.selection or Span(0, 0)
        self._compose(lambda codes, seed: tasks.replacing(self.song, self._spec, codes, span, seed))

    def extend_end(self) -> None:
        """Go on from the end of the current take, as far as the model allows."""
        at = self.song_length
        self._compose(
            lambda codes, seed: tasks.continuation(self.song, self._spec, codes, at, seed)
        )

    def branch(self) -> None:
        """Keep the current take up to the playhead, and go on from there."""
        at = self.transport.playhead
        self._compose(
            lambda codes, seed: tasks.continuation(self.song, self._spec, codes, at, seed)
        )

    def extend_start(self) -> None:
        """Make several beginnings before the current take; the best three by what follows stay.

        The model composes forwards only, so a beginning is a hole before the music, to be filled.
        """
        if self.can_continue:
            self._attempt(self._extend_start)

    def _extend_start(self) -> None:
        self._check_standing()
        spec, whole = self._spec, self._rest(0)
        assert whole is not None
        room = spec.snap_down(spec.max_song_length - 1) - whole.length
        by = min(spec.snap_up(round(self.song.settings.seconds * spec.sample_rate)), room)
        if by <= 0:
            raise OrderError(
                tr(
                    "The song is full: {title} knows songs of up to {longest:.0f} s. "
                    "Cut something first.",
                    title=spec.title,
                    longest=spec.max_song_length / spec.sample_rate,
                )
            )
        splice = splices.moved_back(self.song, spec, whole, by)
        moved = replace(splice.take, maker=self._model.maker)
        self._store.place(moved, splice.matter)
        self._keeper.note_matter(moved, splice.matter)
        song = edits.add_takes(self.song, (moved,))
        codes = self._store.codes(song, moved.id)
        order = tasks.replacing(song, spec, codes, splice.fresh, self._seed)
        self._submit(replace(order, label=splice.label), edits.add_takes(song, order.takes))

    @property
    def can_refill(self) -> bool:
        """Whether takes like the current one were rejected, so that others can replace them."""
        current = self.song.current
        return (
            self.can_generate
            and current is not None
            and any(take.settings for take in edits.replaceable(self.song, current))
        )

    def refill(self) -> None:
        """Make new takes in place of the rejected ones among those like the current one."""
        take = self.take
        parent = None if take is None else take.parent
        codes = Codes.empty() if parent is None else self._store.codes(self.song, parent)
        self._compose(
            lambda _, seed: tasks.refilling(self.song, self._spec, codes, seed), edits.refill
        )

    def render_selection(self, quality: Quality) -> None:
        """Make the selection, or the whole take, better without changing the music.

        It begins at the playhead and goes on in both directions.
        """
        self._compose(lambda _codes, _seed: self._rendering(quality))

    @property
    def can_render_in_stereo(self) -> bool:
        """Whether the model composed something of the current take."""
        if not self.can_continue:
            return False
        try:
            tasks.in_stereo(self.song, self._spec, self._codes, seed=0)
        except OrderError:
            return False
        return True

    def render_in_stereo(self) -> None:
        """Upsample the current take three times: to be heard left, in the middle and right."""
        self._compose(lambda codes, seed: tasks.in_stereo(self.song, self._spec, codes, seed))

    def paint(self, span: Span, quality: Quality) -> None:
        """Make a stretch of the current take better, as `render_selection` does, or a draft."""
        if not span.length or not self.can_continue:
            return
        if quality is Quality.DRAFT:
            self._attempt(lambda: self._draft(span))
        else:
            self._compose(
                lambda codes, _: tasks.rendering(self.song, self._spec, codes, span, quality)
            )

    def stop(self) -> None:
        """Stop what is being made. What is there stays."""
        self._jobs.stop()

    def _rendering(self, quality: Quality) -> tasks.Order:
        return tasks.rendering(self.song, self._spec, self._codes, self.selection, quality)

    @property
    def _seed(self) -> int:
        """The dice of the next task."""
        seed = self.song.settings.seed
        return secrets.randbelow(2**31) if seed is None else seed

    def _compose(
        self,
        order_for: Callable[[Codes, int], tasks.Order],
        place: Callable[[Song, tuple[Take, ...]], Song] = edits.add_takes,
    ) -> None:
        if not self.can_generate:
            return
        try:
            order = order_for(self._codes, self._seed).by(self._model.maker)
        except OrderError as error:
            self._complain(Severity.WARNING, str(error))
            return
        self._submit(order, place(self.song, order.takes))

    def _submit(self, order: tasks.Order, song: Song) -> None:
        """Have an order done whose takes are in `song`."""
        for take in order.takes:
            self._store.begin(take)
        kind = Kind.COMPOSE if Level.TOP in order.task.levels else Kind.RENDER
        passes = self._passes(order.task) if kind is Kind.RENDER else ()
        errand = Errand(kind, order.label, order.task, order.takes, self._store, passes)
        self._apply(edits.raise_song_length(song, order.task.prompt.song_length), order.label)
        self._jobs.submit(errand, Journal(self._keeper, order.takes))
        self._play_as_it_comes(order.task.span)

    def _passes(self, task: SampleTask) -> tuple[Span, ...]:
        """The stretches of a rendering, those around the playhead first."""
        pieces = outward(task.span, self.transport.playhead, self._spec)
        passes = lacking(pieces, task.levels, task.context, self._spec)
        return passes if len(pieces) > 1 and task.settings.variations == 1 else ()

    def _complete(self, takes: tuple[Take, ...]) -> None:
        """Have made what takes lack, and have those of a hole judged once they are all there."""
        super()._complete(takes)
        for take in takes:
            rivals = ranking.unranked(self.song, take.id)
            ids = {rival.id for rival in rivals}
            if rivals and not self._jobs.concern(ids) and self._judge.may_ask(rivals):
                self._ask_about(rivals)

    def _ask_about(self, rivals: tuple[Take, ...]) -> None:
        parent = rivals[0].parent
        assert parent is not None
        own = [self._store.own_codes(take) for take in rivals]
        task = ranking.question(rivals, own, self._store.codes(self.song, parent), self._spec)
        if task is not None:
            self._judge.ask(rivals, task, self._store)

    def _note_judged(self, store: TakeStore, found: Mapping[TakeId, Fit]) -> None:
        if store is self._store:
            self._rewrite(lambda song: ranking.ranked(song, found))

    def _play_as_it_comes(self, span: Span) -> None:
        self._publish()
        if self.preferences.play_as_it_comes and not self.transport.playing:
            self._transport.seek(span.start)
            self._transport.play()
