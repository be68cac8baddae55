"""Several threads draw what one draws, to the bit, and only where that takes less time."""

import threading

import numpy as np
import pytest
import torch

from engine.steps import crew, fused
from engine.steps.crew import Crew, Crews, alone, together, weigh_up
from engine.steps.fused import FusedBody
from engine.types import LevelSettings, Precision
from tests.engine.steps.priors import KINDS, codes_of, conditioning_of, prior_of

SETTINGS = LevelSettings(temperature=1.0)


@pytest.fixture
def of_any_size(monkeypatch):
    """Threads for priors that are too small to be worth any, and no clock that decides."""

    def work(self, size, work, parts, kind):
        together(size, work)

    monkeypatch.setattr(fused, "_BYTES_EACH", 1)
    monkeypatch.setattr(Crews, "work", work)
    before = torch.get_num_threads()
    yield torch.set_num_threads
    torch.set_num_threads(before)


@pytest.mark.parametrize("batch", [1, 3, 8])
@pytest.mark.parametrize("precision", Precision)
@pytest.mark.parametrize("kind", ["upsampler", "lyric encoder", "dense"])
def test_codes_and_logits_are_those_of_one_thread_to_the_bit(kind, precision, batch, of_any_size):
    prior = prior_of(KINDS[kind])
    body, drawn = FusedBody(prior, precision), []
    known, conditioning = codes_of(prior, 1)[:, :5], conditioning_of(prior, 1)
    uniforms = torch.rand(batch, 40, generator=torch.Generator().manual_seed(3))

    for threads in (1, 2, 3):
        of_any_size(1)  # To prime by: torch rounds by how many threads it has.
        stream = body.open(known, conditioning, SETTINGS)
        of_any_size(threads)
        codes = stream.draw(uniforms)
        stream.follow(codes[:, :9])
        assert len(stream._window.memory.scores) == threads
        drawn.append((codes, stream.draw(uniforms[:, :3]), np.array(stream._window.logits)))

    for codes, more, logits in drawn[1:]:
        assert torch.equal(codes, drawn[0][0]) and torch.equal(more, drawn[0][1])
        assert np.array_equal(logits, drawn[0][2])


@pytest.mark.parametrize("speaker", [0, 1])
def test_a_crew_that_breaks_up_draws_the_same(speaker, of_any_size, monkeypatch):
    """After the first layer, in the middle of a code."""
    prior = prior_of(KINDS["upsampler"])
    body = FusedBody(prior, Precision.SINGLE)
    known, conditioning = codes_of(prior, 1)[:, :5], conditioning_of(prior, 1)
    uniforms = torch.rand(5, 40, generator=torch.Generator().manual_seed(3))
    of_any_size(1)
    alone = body.open(known, conditioning, SETTINGS).draw(uniforms)
    whole = []

    def broken(self, size, work, parts, kind):
        def part(member: Crew) -> None:
            if member.member == speaker:
                member.board[crew._SIZE] = 1
            work(member)

        whole.append(together(size, part))

    monkeypatch.setattr(Crews, "work", broken)
    stream = body.open(known, conditioning, SETTINGS)
    of_any_size(2)

    assert torch.equal(stream.draw(uniforms), alone)
    assert whole == [False]


def test_a_short_burst_of_other_work_is_lived_through_and_a_long_one_is_not():
    mate, sizes = Crew(np.zeros_like(alone().board), 2, 0), []
    mate.board[crew._SIZE] = 2

    for waited in (1, 0, 1, 0, 0, 1, 0):
        mate.board[crew._WAITED] = 2 * crew._TOO_LONG if waited else crew._TOO_LONG // 2
        weigh_up(mate)
        sizes.append(int(mate.board[crew._SIZE]))

    assert sizes == [2, 2, 2, 2, 2, 1, 1]


def test_where_no_thread_can_be_had_one_does_it_all(monkeypatch):
    def refuse(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    seen = []

    whole = together(3, lambda member: seen.append((member.size, member.member)))

    assert seen == [(1, 0)] and not whole


def test_no_thread_outlives_the_work():
    seen = []

    assert together(3, lambda member: seen.append(member.member))

    assert sorted(seen) == [0, 1, 2]
    assert not [thread for thread in threading.enumerate() if thread.name == "step"]


class Company:
    """A clock, and work that takes as long as the company allows."""

    def __init__(self, alone_s, together_s):
        self.now, self.took, self.sizes = 0.0, {1: alone_s, 2: together_s}, []

    def work(self, member):
        if member.member == 0:
            self.sizes.append(member.size)
            self.now += self.took[member.size]


def test_threads_that_gain_nothing_are_let_go_and_asked_ever_more_rarely():
    company = Company(1.0, 1.0)
    crews = Crews(lambda: company.now)

    for _ in range(40):
        crews.work(2, company.work, 1, 1)

    asked = np.flatnonzero(np.array(company.sizes) == 2)
    assert company.sizes[0] == 1 and asked[0] == 1
    assert 3 <= len(asked) <= 9
    assert asked[-1] - asked[-2] > asked[1] - asked[0]


def test_threads_that_gain_stay_and_come_back_once_they_gain_again():
    company = Company(1.0, 0.5)
    crews = Crews(lambda: company.now)

    for together_s in (0.5, 5.0, 0.5):
        company.took[2] = together_s
        for _ in range(20):
            crews.work(2, company.work, 1, 1)

    assert set(company.sizes[1:20]) == {2}
    assert company.sizes[20] == 2 and company.sizes[21] == 1
    assert company.sizes[-1] == 2
