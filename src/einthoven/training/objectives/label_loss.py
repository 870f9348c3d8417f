"""The loss of yes and no labels, with unknown targets left out and auxiliary labels at a smaller weight.

``mean over known (record, label)`` of the entries' losses, separately for the labels and the auxiliary labels; the loss
is the first plus ``auxiliary_weight`` times the second. Auxiliary labels (the single statements behind a superclass,
say) shape the features and are cut off after training (Caruana 1997, doi:10.1023/A:1007379606734).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from einthoven.training.loss_settings import LossSettings
from einthoven.training.objectives.asymmetric_loss import masked_asymmetric_loss
from einthoven.training.objectives.focal_loss import masked_focal_loss
from einthoven.training.objectives.masked_cross_entropy import masked_cross_entropy

__all__ = ["LabelLoss", "balancing_weights", "entry_losses"]


@dataclass(frozen=True, slots=True, eq=False)
class LabelLoss:
    """The loss of logits (B, labels + auxiliary labels).

    Attributes
    ----------
    n_labels : int
        How many of the outputs are labels; the rest are auxiliary.
    auxiliary_weight : float
    label_smoothing : float in [0, 1)
        Targets move by half of it towards 0.5.
    positive_weight : float32 (labels + auxiliary labels,), optional
        Positives count so many times.
    loss : LossSettings
    """

    n_labels: int
    auxiliary_weight: float = 1.0
    label_smoothing: float = 0.0
    positive_weight: Tensor | None = None
    loss: LossSettings = field(default_factory=LossSettings)

    def __call__(self, logits: Tensor, target: Tensor) -> Tensor:
        """Return the loss, a scalar, of ``target`` float32 (B, C) in [0, 1] with NaN for unknown."""
        entries = entry_losses(
            logits,
            target,
            loss=self.loss,
            label_smoothing=self.label_smoothing,
            positive_weight=self.positive_weight,
        )
        loss = _mean_of_known(entries[:, : self.n_labels], target[:, : self.n_labels])
        if target.shape[1] == self.n_labels:
            return loss
        auxiliary = _mean_of_known(entries[:, self.n_labels :], target[:, self.n_labels :])
        return loss + self.auxiliary_weight * auxiliary


def entry_losses(
    logits: Tensor,
    target: Tensor,
    *,
    loss: LossSettings,
    label_smoothing: float = 0.0,
    positive_weight: Tensor | None = None,
) -> Tensor:
    """Return the loss of each entry, float32 (B, C), 0 where the target is unknown; parameters as in ``LabelLoss``."""
    smooth = target * (1 - label_smoothing) + label_smoothing / 2
    weight = None if positive_weight is None else positive_weight.to(logits.device)
    match loss.kind:
        case "cross_entropy":
            return masked_cross_entropy(logits, smooth, positive_weight=weight)
        case "focal":
            return masked_focal_loss(logits, smooth, gamma=loss.gamma, alpha=loss.alpha, positive_weight=weight)
        case "asymmetric":
            return masked_asymmetric_loss(
                logits,
                smooth,
                gamma_negative=loss.gamma_negative,
                gamma_positive=loss.gamma_positive,
                clip=loss.clip,
                positive_weight=weight,
            )


def balancing_weights(positives: NDArray[np.int64], negatives: NDArray[np.int64]) -> Tensor:
    """Return negatives / positives of each label, float32 (C,), so that both count alike.

    Examples
    --------
    >>> balancing_weights(np.array([2, 5]), np.array([8, 5])).tolist()
    [4.0, 1.0]
    """
    return torch.from_numpy((negatives / np.maximum(positives, 1)).astype(np.float32))


def _mean_of_known(entries: Tensor, target: Tensor) -> Tensor:
    known = (~torch.isnan(target)).sum()
    return entries.sum() / known.clamp(min=1)
