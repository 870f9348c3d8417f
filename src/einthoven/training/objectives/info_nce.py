"""InfoNCE: tell the one key that belongs to a query from others that may not belong to it.

``-log(exp(s_p / tau) / (exp(s_p / tau) + sum over negatives of exp(s_j / tau)))`` with the inner product ``s`` of query
and key (van den Oord et al. 2018, arXiv:1807.03748, equation 4). What counts as a negative is said by a mask: keys of
the query's own patient are neither pulled nor pushed.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

__all__ = ["Contrast", "info_nce", "other_patients"]


class Contrast(NamedTuple):
    """Of each query: its loss, and whether its own key is closer than all negatives; float32 (N,) both."""

    loss: Tensor
    found: Tensor


def info_nce(
    query: Tensor, keys: Tensor, *, positive: Tensor, negatives: Tensor, inverse_temperature: Tensor | float
) -> Contrast:
    """Return loss and success of each query.

    Parameters
    ----------
    query : Tensor (N, D)
        Of length 1.
    keys : Tensor (M, D)
        Of length 1.
    positive : int64 (N,)
        Index of each query's own key.
    negatives : bool (N, M)
        Keys that stand against it; its own key is taken as it is, whatever the mask says. A query without any has
        loss 0.
    inverse_temperature : float or scalar Tensor
        ``1 / tau``.

    Examples
    --------
    >>> contrast = info_nce(
    ...     torch.eye(2), torch.eye(2), positive=torch.arange(2), negatives=~torch.eye(2, dtype=torch.bool),
    ...     inverse_temperature=1.0,
    ... )
    >>> contrast.loss
    tensor([0.3133, 0.3133])
    """
    with torch.autocast(query.device.type, enabled=False):
        similarity = query.float() @ keys.float().T * inverse_temperature
        own = similarity.gather(1, positive.unsqueeze(1))
        against = negatives.scatter(1, positive.unsqueeze(1), value=False)
        rest = torch.where(against, similarity, -torch.inf)
        logits = torch.cat([own, rest], dim=1)
        loss = torch.logsumexp(logits, dim=1) - own.squeeze(1)
        found = (own > rest.amax(dim=1, keepdim=True)).squeeze(1).float()
    return Contrast(loss, found)


def other_patients(own: Tensor, candidates: Tensor) -> Tensor:
    """Return whether a candidate is of another patient, bool (N, M), of patient numbers int64 (N,) and (M,)."""
    return own.unsqueeze(1) != candidates.unsqueeze(0)
