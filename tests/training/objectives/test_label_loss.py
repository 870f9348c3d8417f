"""The loss against its formula, and that it can be learnt from."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from einthoven.training.objectives.label_loss import LabelLoss
from einthoven.training.objectives.masked_cross_entropy import masked_cross_entropy

NAN = float("nan")
LOGITS = torch.tensor([[0.3, -1.0, 2.0], [1.5, 0.2, -0.7]])
TARGET = torch.tensor([[1.0, NAN, 0.0], [0.0, 1.0, NAN]])


def _entropy(logit: float, target: float, weight: float = 1.0) -> float:
    p = 1 / (1 + np.exp(-logit))
    return -(weight * target * np.log(p) + (1 - target) * np.log(1 - p))


def test_the_loss_is_the_mean_over_known_entries():
    expected = np.mean([_entropy(0.3, 1), _entropy(1.5, 0), _entropy(0.2, 1), _entropy(2.0, 0)])
    assert LabelLoss(n_labels=3)(LOGITS, TARGET).item() == pytest.approx(expected, rel=1e-6)


def test_auxiliary_labels_count_with_their_weight():
    labels = np.mean([_entropy(0.3, 1), _entropy(1.5, 0)])
    auxiliary = np.mean([_entropy(0.2, 1), _entropy(2.0, 0)])
    objective = LabelLoss(n_labels=1, auxiliary_weight=0.25)
    assert objective(LOGITS, TARGET).item() == pytest.approx(labels + 0.25 * auxiliary, rel=1e-6)


def test_positive_weights_and_smoothing():
    objective = LabelLoss(n_labels=3, label_smoothing=0.2, positive_weight=torch.tensor([2.0, 3.0, 1.0]))
    entropies = [_entropy(0.3, 0.9, 2), _entropy(1.5, 0.1, 2), _entropy(0.2, 0.9, 3), _entropy(2.0, 0.1, 1)]
    assert objective(LOGITS, TARGET).item() == pytest.approx(np.mean(entropies), rel=1e-6)


def test_unknown_targets_have_no_gradient():
    logits = LOGITS.clone().requires_grad_()
    LabelLoss(n_labels=3)(logits, TARGET).backward()
    assert torch.equal(logits.grad == 0, TARGET.isnan())


def test_a_batch_without_a_known_target_has_loss_zero():
    assert LabelLoss(n_labels=1)(torch.zeros(4, 1), torch.full((4, 1), NAN)) == 0
    assert masked_cross_entropy(torch.zeros(4, 1), torch.full((4, 1), NAN)).sum() == 0


def test_the_loss_falls_on_a_toy_set():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        x, model = torch.randn(64, 5), nn.Linear(5, 2)
    target = torch.stack([(x[:, 0] > 0).float(), (x[:, 1] > 0).float()], dim=1)
    target[::3, 1] = NAN
    objective, optimizer = LabelLoss(n_labels=2), torch.optim.SGD(model.parameters(), lr=1.0)
    losses = []
    for _ in range(30):
        loss = objective(model(x), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.5 * losses[0]
