"""Residual stacks: dilations, scale and reach are as configured."""

import pytest
import torch

from engine.nn.residual import ResidualBlock, ResidualStack, StackShape, depth_scale


def test_dilations_grow_and_start_again_with_the_cycle():
    assert StackShape(4, 4).dilations == (1, 3, 9, 27)
    assert StackShape(4, 5, growth=2, cycle=3).dilations == (1, 2, 4, 1, 2)
    assert StackShape(4, 3).reach == 13


def test_a_stack_sees_exactly_its_reach():
    shape = StackShape(2, 3)
    stack = ResidualStack(shape).double()
    for block in stack:
        torch.nn.init.constant_(block.dilated.bias, 10.0)
    x = (10 + torch.rand(1, 2, 60, dtype=torch.float64)).requires_grad_()

    stack(x)[0, :, 30].sum().backward()

    assert x.grad is not None
    felt = x.grad[0].abs().sum(0).nonzero().flatten()
    assert (felt.min().item(), felt.max().item()) == (30 - shape.reach, 30 + shape.reach)


def test_a_stack_can_be_turned_round():
    shape = StackShape(2, 3)

    turned = ResidualStack(shape, shape.dilations[::-1])

    assert [block.dilated.dilation for block in turned] == [(9,), (3,), (1,)]


def test_scale_shrinks_the_branch_alone():
    torch.manual_seed(0)
    whole, half = ResidualBlock(2, 3, 1), ResidualBlock(2, 3, 1, scale=0.5)
    half.load_state_dict(whole.state_dict())
    x = torch.randn(1, 2, 10)

    torch.testing.assert_close(half(x) - x, 0.5 * (whole(x) - x))


def test_depth_scale_of_sixteen_blocks_is_a_quarter():
    assert depth_scale(16) == pytest.approx(0.25)
