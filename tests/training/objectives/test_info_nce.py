"""The loss against a computation in NumPy, and which keys are negatives."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from einthoven.training.objectives.info_nce import info_nce, other_patients


def _unit(n: int, seed: int) -> torch.Tensor:
    return F.normalize(torch.randn(n, 5, generator=torch.Generator().manual_seed(seed)), dim=1)


def test_the_loss_is_that_of_the_formula():
    """A softmax over the own key and the allowed ones, by hand."""
    query, keys = _unit(3, 1), _unit(6, 2)
    positive = torch.tensor([0, 4, 5])
    negatives = torch.tensor([[0, 1, 0, 1, 0, 1], [1, 1, 1, 0, 0, 0], [0, 0, 1, 0, 0, 0]], dtype=torch.bool)
    got = info_nce(query, keys, positive=positive, negatives=negatives, inverse_temperature=1 / 0.2)
    q, k = query.double().numpy(), keys.double().numpy()
    for i, (own, against) in enumerate(((0, [1, 3, 5]), (4, [0, 1, 2]), (5, [2]))):
        e = np.exp(np.array([q[i] @ k[own], *(q[i] @ k[j] for j in against)]) / 0.2)
        assert got.loss[i].item() == pytest.approx(-np.log(e[0] / e.sum()), rel=1e-5)
        assert got.found[i].item() == float(e[0] > e[1:].max())


def test_what_is_no_negative_has_no_gradient():
    """A key that is masked is neither pulled nor pushed."""
    query, keys = _unit(2, 3), _unit(4, 4).requires_grad_()
    negatives = torch.tensor([[0, 1, 0, 0], [0, 1, 0, 0]], dtype=torch.bool)
    positive = torch.tensor([0, 2])
    info_nce(query, keys, positive=positive, negatives=negatives, inverse_temperature=5.0).loss.sum().backward()
    assert keys.grad.abs().sum(dim=1).gt(0).tolist() == [True, True, True, False]


def test_a_query_without_negatives_has_no_loss_and_a_finite_gradient():
    """Where all keys are of one patient there is nothing to tell apart."""
    query, keys = _unit(1, 5).requires_grad_(), _unit(3, 6)
    contrast = info_nce(
        query,
        keys,
        positive=torch.tensor([1]),
        negatives=torch.zeros(1, 3, dtype=torch.bool),
        inverse_temperature=10.0,
    )
    contrast.loss.sum().backward()
    assert contrast.loss.item() == 0
    assert query.grad.abs().max() == 0


def test_patients_are_told_apart_by_number():
    """Nobody is a negative of himself."""
    got = other_patients(torch.tensor([7, 3]), torch.tensor([7, 3, 7, 9]))
    assert got.tolist() == [[False, True, False, True], [True, False, True, True]]
