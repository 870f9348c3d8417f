"""Samples are mixed by their keys: with the same one in any order, by shares of the distribution that was asked for."""

from __future__ import annotations

import pytest
import torch
from scipy import stats

from einthoven.training.keyed_mixup import keyed_mixup


def _keys(n: int) -> torch.Tensor:
    return torch.randint(2**32, (n,), generator=torch.Generator().manual_seed(1))


def _mixed(n: int = 32, *, keys=None, alpha: float = 0.3):
    return keyed_mixup(torch.eye(n).view(n, 1, n), torch.eye(n), _keys(n) if keys is None else keys, alpha=alpha)


def test_signal_and_target_have_the_same_share_of_one_other_sample():
    mixed = _mixed()
    assert torch.equal(mixed.signal[:, 0], mixed.target)
    assert (mixed.target.diagonal() >= 0.5).all()
    assert torch.allclose(mixed.target.sum(dim=1), torch.ones(32))
    assert ((mixed.target > 0).sum(dim=1) <= 2).all()


def test_each_sample_is_the_other_one_of_exactly_one():
    other = _mixed(alpha=1.0).target.fill_diagonal_(0) > 0
    assert (other.sum(dim=0) == 1).all()


def test_a_mix_does_not_depend_on_the_order_of_the_samples():
    keys, order = _keys(32), torch.randperm(32, generator=torch.Generator().manual_seed(2))
    signal, target = torch.eye(32).view(32, 1, 32), torch.eye(32)
    straight = keyed_mixup(signal, target, keys, alpha=0.5)
    shuffled = keyed_mixup(signal[order], target[order], keys[order], alpha=0.5)
    assert torch.equal(shuffled.signal, straight.signal[order])
    assert torch.equal(shuffled.target, straight.target[order])


@pytest.mark.parametrize("alpha", [0.3, 1.0, 4.0])
def test_shares_follow_the_beta_distribution(alpha):
    """The larger one of a share and its rest: folded at one half."""
    share = _mixed(2000, alpha=alpha).target.diagonal().double().numpy()
    assert stats.kstest(share, lambda x: 2 * stats.beta.cdf(x, alpha, alpha) - 1).pvalue > 0.001


def test_an_unknown_target_stays_unknown_in_a_mix():
    target = torch.tensor([[1.0, 0.0], [float("nan"), 0.0]])
    mixed = keyed_mixup(torch.zeros(2, 1, 4), target, torch.tensor([5, 9]), alpha=1.0)
    assert mixed.target[:, 0].isnan().all()
    assert not mixed.target[:, 1].isnan().any()


def test_a_sample_alone_is_itself():
    mixed = _mixed(1)
    assert torch.equal(mixed.target, torch.ones(1, 1))
