"""Binary cross-entropy over independent labels, with unknown targets left out and auxiliary labels at a smaller weight.

``mean over known (record, label) of -(w y log p + (1 - y) log(1 - p))``, separately for the labels and the auxiliary
labels; the loss is the first plus ``auxiliary_weight`` times the second. Auxiliary labels (the single statements behind
a superclass, say) shape the features and are cut off after training (Caruana 1997, doi:10.1023/A:1007379606734).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

__all__ = ["SupervisedObjective", "masked_cross_entropy"]


@dataclass(frozen=True, slots=True, eq=False)
class SupervisedObjective:
    """The loss of logits (B, labels + auxiliary labels).

    Attributes
    ----------
    n_labels : int
        How many of the outputs are labels; the rest are auxiliary.
    auxiliary_weight : float
    label_smoothing : float in [0, 1)
        Targets move by half of it towards 0.5.
    positive_weight : float32 (labels + auxiliary labels,), optional
        ``w`` above.
    """

    n_labels: int
    auxiliary_weight: float = 1.0
    label_smoothing: float = 0.0
    positive_weight: Tensor | None = None

    def __call__(self, logits: Tensor, target: Tensor) -> Tensor:
        """Return the loss, a scalar, of ``target`` float32 (B, C) in [0, 1] with NaN for unknown."""
        smooth = target * (1 - self.label_smoothing) + self.label_smoothing / 2
        weight = None if self.positive_weight is None else self.positive_weight.to(logits.device)
        entropy = masked_cross_entropy(logits, smooth, positive_weight=weight)
        loss = _mean_of_known(entropy[:, : self.n_labels], target[:, : self.n_labels])
        if target.shape[1] == self.n_labels:
            return loss
        auxiliary = _mean_of_known(entropy[:, self.n_labels :], target[:, self.n_labels :])
        return loss + self.auxiliary_weight * auxiliary


def masked_cross_entropy(logits: Tensor, target: Tensor, *, positive_weight: Tensor | None = None) -> Tensor:
    """Return the cross-entropy of each entry, float32 (B, C); 0 where the target is unknown."""
    known = ~torch.isnan(target)
    entropy = F.binary_cross_entropy_with_logits(
        logits, torch.where(known, target, 0.0), pos_weight=positive_weight, reduction="none"
    )
    return torch.where(known, entropy, 0.0)


def _mean_of_known(entropy: Tensor, target: Tensor) -> Tensor:
    known = (~torch.isnan(target)).sum()
    return entropy.sum() / known.clamp(min=1)
