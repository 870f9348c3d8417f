"""Pooling over time."""

from __future__ import annotations

import pytest
import torch

from einthoven.errors import UnknownNameError
from einthoven.models.blocks.pooling import Pooling


def test_mean_and_maximum_stand_side_by_side():
    tokens = torch.tensor([[[1.0, 0], [2, 0], [6, -3]]])
    assert Pooling(2, "mean_max")(tokens).tolist() == [[3.0, -1.0, 6.0, 0.0]]
    assert Pooling(2, "mean")(tokens).tolist() == [[3.0, -1.0]]


def test_an_unknown_pooling_is_refused():
    with pytest.raises(UnknownNameError, match="did you mean 'mean'"):
        Pooling(2, "meen")
