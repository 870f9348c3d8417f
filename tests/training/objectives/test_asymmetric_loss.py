"""The asymmetric loss against its formula, and where it is the cross-entropy."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from einthoven.training.objectives.asymmetric_loss import masked_asymmetric_loss
from einthoven.training.objectives.masked_cross_entropy import masked_cross_entropy

NAN = float("nan")
LOGITS = np.array([[0.3, -1.0, 2.0, -4.0], [1.5, 0.2, -0.7, 0.1]])
TARGET = np.array([[1.0, NAN, 0.0, 0.0], [0.0, 0.9, NAN, 1.0]])


def found(logits=LOGITS, target=TARGET, **settings) -> np.ndarray:
    """Return the entries."""
    return masked_asymmetric_loss(torch.tensor(logits), torch.tensor(target), **settings).numpy()


def test_entries_are_those_of_the_papers_equations_5_to_7():
    """In double precision, by NumPy, with a weight of positives."""
    p, weight = 1 / (1 + np.exp(-LOGITS)), np.array([2.0, 3.0, 1.0, 1.0])
    q = np.maximum(p - 0.05, 0)
    expected = -weight * TARGET * (1 - p) * np.log(p) - (1 - TARGET) * q**4 * np.log(1 - q)
    settings = {"gamma_negative": 4.0, "gamma_positive": 1.0, "clip": 0.05}
    assert found(**settings, positive_weight=torch.tensor(weight)) == pytest.approx(np.nan_to_num(expected), abs=1e-12)


def test_without_factors_and_clip_it_is_the_cross_entropy():
    """The limit of the family."""
    entropy = masked_cross_entropy(torch.tensor(LOGITS), torch.tensor(TARGET)).numpy()
    assert found(gamma_negative=0.0, gamma_positive=0.0, clip=0.0) == pytest.approx(entropy)


def test_a_negative_below_the_clip_has_neither_loss_nor_gradient():
    """Its probability is 0.018; above the clip there is a gradient."""
    logits = torch.tensor([[-4.0, 0.0]], requires_grad=True)
    loss = masked_asymmetric_loss(logits, torch.zeros(1, 2), gamma_negative=0.0, gamma_positive=0.0, clip=0.05)
    loss.sum().backward()
    assert loss[0, 0].item() == pytest.approx(0, abs=1e-7)
    assert logits.grad[0, 0] == 0
    assert logits.grad[0, 1] > 0


@pytest.mark.parametrize("logit", [-500.0, 500.0])
@pytest.mark.parametrize("clip", [0.0, 0.05])
def test_gradients_are_finite_however_sure_the_network_is(logit, clip):
    """Also with factors below 1, whose power has an infinite slope at 0; unknown entries have none."""
    logits = torch.full((1, 3), logit, requires_grad=True)
    target = torch.tensor([[1.0, 0.0, NAN]])
    masked_asymmetric_loss(logits, target, gamma_negative=0.5, gamma_positive=0.5, clip=clip).sum().backward()
    assert torch.isfinite(logits.grad).all()
    assert logits.grad[0, 2] == 0
