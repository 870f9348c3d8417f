"""Mix samples by their own random keys, so that a mix depends on which samples meet and not on how they are ordered."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from scipy import special
from torch import Tensor

from einthoven.training.augmentation import Mixed
from einthoven.training.counter_random import uniform

__all__ = ["keyed_mixup"]

_STREAM = 10
_QUANTILES = 4096


def keyed_mixup(signal: Tensor, target: Tensor, keys: Tensor, *, alpha: float) -> Mixed:
    """Return each sample with a share of another one, in signal and target (Zhang et al. 2018, arXiv:1710.09412).

    The other one is that with the next larger key (of the largest, the smallest): as keys are drawn anew in each epoch,
    a random one, whatever the order of the samples is. Differs from the paper in that each sample has its own share, of
    which it keeps the larger part; from ``augmentation.mixup``, which draws for the batch, in where its random numbers
    come from. A target that is unknown (NaN) in either record stays unknown.

    Parameters
    ----------
    signal : float32 (B, L, T)
    target : float32 (B, C)
    keys : int64 (B,), 0 to 2**32 - 1
    alpha : float
        Shares are drawn from Beta(alpha, alpha), to one of 4,096 quantiles.
    """
    order = keys.argsort(stable=True)
    other = torch.empty_like(order)
    other[order] = order.roll(-1)
    place = (uniform(keys, 1, stream=_STREAM).squeeze(1) * _QUANTILES).long().clamp(max=_QUANTILES - 1)
    own = torch.tensor(_larger_shares(alpha), device=signal.device)[place]
    signal_share, target_share = own.view(-1, 1, 1), own.view(-1, 1)
    return Mixed(
        signal_share * signal + (1 - signal_share) * signal[other],
        target_share * target + (1 - target_share) * target[other],
    )


@lru_cache
def _larger_shares(alpha: float) -> tuple[float, ...]:
    """Return the larger one of the shares (x, 1 - x) at quantiles of Beta(alpha, alpha)."""
    quantile = special.betaincinv(alpha, alpha, (np.arange(_QUANTILES) + 0.5) / _QUANTILES)
    return tuple(np.maximum(quantile, 1 - quantile).tolist())
