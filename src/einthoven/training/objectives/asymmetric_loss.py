"""Asymmetric loss of independent labels (Ridnik et al. 2021, arXiv:2009.14119): easy negatives count little or nothing.

``-(w y (1 - p)^g+ log p + (1 - y) q^g- log(1 - q))`` with ``q = max(p - m, 0)``: equations 5 to 7 of the paper, for
targets between 0 and 1 as well. The defaults are the paper's ``g- = 4``, ``g+ = 0``, ``m = 0.05``; the authors' code
has ``g+ = 1``, and can leave the factors out of the gradient, which isn't done here.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

__all__ = ["masked_asymmetric_loss"]

# instead of 0, at which a power below 1 has no finite gradient
LEAST = 1e-8


def masked_asymmetric_loss(
    logits: Tensor,
    target: Tensor,
    *,
    gamma_negative: float,
    gamma_positive: float,
    clip: float,
    positive_weight: Tensor | None = None,
) -> Tensor:
    """Return the loss of each entry, float32 (B, C); 0 where the target is unknown.

    Parameters
    ----------
    logits : float32 (B, C)
    target : float32 (B, C)
        0 to 1, NaN for unknown.
    gamma_negative, gamma_positive : float
        Both 0, and no clip, is the cross-entropy.
    clip : float in [0, 1)
        ``m``: negatives with a smaller probability have neither loss nor gradient.
    positive_weight : float32 (C,), optional
        ``w``.
    """
    known = ~torch.isnan(target)
    truth = torch.where(known, target, 0.0)
    log_p, log_not_p = F.logsigmoid(logits), F.logsigmoid(-logits)
    positive = -truth * torch.exp(gamma_positive * log_not_p) * log_p
    if clip:
        shifted = (logits.sigmoid() - clip).clamp(min=LEAST)
        negative = -(1 - truth) * shifted**gamma_negative * torch.log1p(-shifted)
    else:
        negative = -(1 - truth) * torch.exp(gamma_negative * log_p) * log_not_p
    if positive_weight is not None:
        positive = positive_weight * positive
    return torch.where(known, positive + negative, 0.0)
