"""Binary cross-entropy of independent labels: ``-(w y log p + (1 - y) log(1 - p))`` with ``p = sigmoid(logit)``."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

__all__ = ["masked_cross_entropy"]


def masked_cross_entropy(logits: Tensor, target: Tensor, *, positive_weight: Tensor | None = None) -> Tensor:
    """Return the cross-entropy of each entry, float32 (B, C); 0 where the target is unknown.

    Parameters
    ----------
    logits : float32 (B, C)
    target : float32 (B, C)
        0 to 1, NaN for unknown.
    positive_weight : float32 (C,), optional
        ``w``.
    """
    known = ~torch.isnan(target)
    entropy = F.binary_cross_entropy_with_logits(
        logits, torch.where(known, target, 0.0), pos_weight=positive_weight, reduction="none"
    )
    return torch.where(known, entropy, 0.0)
