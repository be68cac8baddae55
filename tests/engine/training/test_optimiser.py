"""Steps of matrices are orthogonal, and a stopped optimiser goes on as it was."""

import torch
from torch import nn

from engine.training.optimiser import Optimiser, orthogonal


def test_all_directions_of_a_matrix_are_moved_about_equally():
    torch.manual_seed(0)
    matrices = torch.randn(2, 24, 40) * torch.logspace(0, -2, 24).unsqueeze(1)

    for turned in (matrices, matrices.mT):
        moved = torch.linalg.svdvals(orthogonal(turned))
        assert moved.min() > 0.5 and moved.max() < 1.3


def model():
    torch.manual_seed(1)
    return nn.Sequential(nn.Embedding(5, 8), nn.Linear(8, 6), nn.ReLU(), nn.Linear(6, 1))


def learn(network, optimiser, steps):
    for _ in range(steps):
        (network(torch.arange(5)).squeeze(1) - torch.arange(5.0)).square().mean().backward()
        optimiser.step(1e-2)


def test_it_learns_tables_and_matrices():
    network = model()
    before = [p.clone() for p in network.parameters()]

    learn(network, Optimiser(network), 200)

    assert (network(torch.arange(5)).squeeze(1) - torch.arange(5.0)).abs().max() < 0.2
    assert all(not torch.equal(a, b) for a, b in zip(before, network.parameters(), strict=True))


def test_an_optimiser_taken_up_again_moves_as_if_never_stopped():
    whole, parts = model(), model()
    learn(whole, Optimiser(whole), 6)

    first = Optimiser(parts)
    learn(parts, first, 3)
    second = Optimiser(parts)
    second.load_state_dict(first.state_dict())
    learn(parts, second, 3)

    for expected, found in zip(whole.parameters(), parts.parameters(), strict=True):
        assert torch.equal(expected, found)
