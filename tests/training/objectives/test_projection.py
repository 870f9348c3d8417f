"""Outputs of length 1, from a perceptron or a linear map."""

from __future__ import annotations

import torch
from torch import nn

from einthoven.training.objectives.projection import Projection


def test_outputs_have_length_one_and_samples_are_independent():
    """Whatever the shape in front, and whoever else is in the batch."""
    torch.manual_seed(0)
    projection, features = Projection(6, hidden_width=8, width=3), torch.randn(4, 5, 6)
    got = projection(features)
    torch.testing.assert_close(got.norm(dim=2), torch.ones(4, 5))
    torch.testing.assert_close(got[1:2], projection(features[1:2]))
    torch.testing.assert_close(nn.functional.normalize(projection.unscaled(features), dim=2), got)


def test_without_a_hidden_layer_it_is_linear():
    """Up to its length."""
    projection = Projection(6, hidden_width=0, width=3)
    assert isinstance(projection.layers, nn.Linear)
    torch.testing.assert_close(
        projection(torch.ones(1, 6)) * projection.unscaled(torch.ones(1, 6)).norm(),
        projection.unscaled(torch.ones(1, 6)),
    )
