"""Focal loss of independent labels (Lin et al. 2017, arXiv:1708.02002): what is nearly right counts little.

``-(w a y (1 - p)^g log p + (1 - a) (1 - y) p^g log(1 - p))``: equation 5 of the paper, for targets between 0 and 1 as
well. Unlike the authors' code the sum isn't divided by the number of positives; ``a = 0`` leaves both factors ``a`` and
``1 - a`` out, as the paper's equation 4.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

__all__ = ["masked_focal_loss"]


def masked_focal_loss(
    logits: Tensor, target: Tensor, *, gamma: float, alpha: float, positive_weight: Tensor | None = None
) -> Tensor:
    """Return the loss of each entry, float32 (B, C); 0 where the target is unknown.

    Parameters
    ----------
    logits : float32 (B, C)
    target : float32 (B, C)
        0 to 1, NaN for unknown.
    gamma : float
        0 is the cross-entropy.
    alpha : float in [0, 1)
        0 for none.
    positive_weight : float32 (C,), optional
        ``w``.
    """
    known = ~torch.isnan(target)
    truth = torch.where(known, target, 0.0)
    log_p, log_not_p = F.logsigmoid(logits), F.logsigmoid(-logits)
    # powers through logarithms: their gradient is finite where a probability is rounded to 0
    positive = -truth * torch.exp(gamma * log_not_p) * log_p
    negative = -(1 - truth) * torch.exp(gamma * log_p) * log_not_p
    if alpha:
        positive, negative = alpha * positive, (1 - alpha) * negative
    if positive_weight is not None:
        positive = positive_weight * positive
    return torch.where(known, positive + negative, 0.0)
