"""One step of the optimiser against the same step written out."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from einthoven.training.optimiser_step import gradient_norm, optimiser_step
from einthoven.training.pretrain_settings import PretrainSettings


def _weights_with_gradients() -> list[nn.Parameter]:
    weights = [nn.Parameter(torch.tensor([1.0, 2.0])), nn.Parameter(torch.tensor([3.0])), nn.Parameter(torch.ones(2))]
    weights[0].grad, weights[1].grad = torch.tensor([3.0, 0.0]), torch.tensor([4.0])
    return weights


def test_the_norm_is_that_of_all_gradients_that_there_are():
    """A weight that the loss didn't reach has none."""
    assert gradient_norm(_weights_with_gradients()).item() == pytest.approx(5.0)


@pytest.mark.parametrize(("limit", "scale"), [(1.0, 0.2), (0.0, 1.0), (50.0, 1.0)])
def test_gradients_are_shortened_to_the_limit_and_multiplied_by_the_rate(limit, scale):
    """Without a limit, or below it, they stay as they are; afterwards there are none."""
    weights = _weights_with_gradients()
    settings = PretrainSettings(objectives={"cpc": {}}, gradient_clip=limit, max_learning_rate=0.5, warm_up=0.0)
    rate = optimiser_step(
        torch.optim.SGD(weights, lr=9.0), weights, norm=gradient_norm(weights), settings=settings, step=0, total_steps=4
    )
    assert rate == 0.5
    torch.testing.assert_close(weights[0].detach(), torch.tensor([1.0 - 0.5 * 3.0 * scale, 2.0]))
    torch.testing.assert_close(weights[1].detach(), torch.tensor([3.0 - 0.5 * 4.0 * scale]))
    torch.testing.assert_close(weights[2].detach(), torch.ones(2))
    assert all(weight.grad is None for weight in weights)
