"""The cross-entropy of entries, of which some are unknown."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from einthoven.training.objectives.masked_cross_entropy import masked_cross_entropy

NAN = float("nan")


def test_entries_are_those_of_the_formula_and_unknown_ones_are_zero():
    """A positive's weight stands before its logarithm alone."""
    logits, target = np.array([[0.3, -1.0], [2.0, 5.0]]), np.array([[1.0, 0.25], [0.0, NAN]])
    p = 1 / (1 + np.exp(-logits))
    expected = np.nan_to_num(-(np.array([2.0, 3.0]) * target * np.log(p) + (1 - target) * np.log(1 - p)))
    found = masked_cross_entropy(torch.tensor(logits), torch.tensor(target), positive_weight=torch.tensor([2.0, 3.0]))
    assert found.numpy() == pytest.approx(expected)
