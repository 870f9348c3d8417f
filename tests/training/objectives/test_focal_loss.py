"""The focal loss against its formula, and where it is the cross-entropy."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from einthoven.training.objectives.focal_loss import masked_focal_loss
from einthoven.training.objectives.masked_cross_entropy import masked_cross_entropy

NAN = float("nan")
LOGITS = np.array([[0.3, -1.0, 2.0], [1.5, 0.2, -0.7]])
TARGET = np.array([[1.0, NAN, 0.0], [0.0, 0.9, NAN]])


def found(**settings) -> np.ndarray:
    """Return the entries of the fixed case."""
    return masked_focal_loss(torch.tensor(LOGITS), torch.tensor(TARGET), **settings).numpy()


def test_entries_are_those_of_the_papers_equation_5():
    """In double precision, by NumPy, with a weight of positives."""
    p, weight = 1 / (1 + np.exp(-LOGITS)), np.array([2.0, 3.0, 1.0])
    expected = -0.25 * weight * TARGET * (1 - p) ** 1.5 * np.log(p) - 0.75 * (1 - TARGET) * p**1.5 * np.log(1 - p)
    assert found(gamma=1.5, alpha=0.25, positive_weight=torch.tensor(weight)) == pytest.approx(np.nan_to_num(expected))


def test_without_gamma_and_alpha_it_is_the_cross_entropy():
    """The limit of the family."""
    entropy = masked_cross_entropy(torch.tensor(LOGITS), torch.tensor(TARGET)).numpy()
    assert found(gamma=0.0, alpha=0.0) == pytest.approx(entropy)


def test_an_easy_entry_counts_less_the_greater_gamma_is():
    """At p = 0.9 of a positive a gamma of 2 leaves one hundredth of the cross-entropy (section 3.2 of the paper)."""
    logit, one = torch.tensor([[np.log(9.0)]]), torch.tensor([[1.0]])
    entropy = masked_cross_entropy(logit, one)
    assert (masked_focal_loss(logit, one, gamma=2.0, alpha=0.0) / entropy).item() == pytest.approx(0.01, rel=1e-5)


@pytest.mark.parametrize("logit", [-500.0, 500.0])
def test_gradients_are_finite_however_sure_the_network_is(logit):
    """Also with a gamma below 1, whose power has an infinite slope at 0; unknown entries have none."""
    logits = torch.full((1, 3), logit, requires_grad=True)
    masked_focal_loss(logits, torch.tensor([[1.0, 0.0, NAN]]), gamma=0.5, alpha=0.25).sum().backward()
    assert torch.isfinite(logits.grad).all()
    assert logits.grad[0, 2] == 0
