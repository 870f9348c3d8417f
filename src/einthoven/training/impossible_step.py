"""A step of pretraining that can't be done: what is said, and which records are to blame."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from einthoven.errors import TrainingError
from einthoven.models.encoder import Encoder

__all__ = ["ImpossibleStepError", "finite_samples", "no_room_message", "not_finite_message"]

MOST_NAMED = 64  # records that a message lists


class ImpossibleStepError(TrainingError):
    """A step that no process could do; weights and buffers are as they were before it."""


def finite_samples(encoder: Encoder, signals: Iterable[Tensor]) -> Tensor:
    """Return whether signal and features of each sample are finite, bool (B,); the encoder is left as it is.

    Parameters
    ----------
    encoder : Encoder
    signals : iterable of float32 (B, L, T)
        Parts of a batch.
    """
    found = [
        signal.isfinite().all(dim=2).all(dim=1) & encoder.embed(signal).isfinite().all(dim=1) for signal in signals
    ]
    return torch.cat(found)


def not_finite_message(names: Sequence[str], culprits: Sequence[str], *, step: int, loss: float, norm: float) -> str:
    """Return what to say of a loss or a gradient that isn't finite.

    Parameters
    ----------
    names : sequence of str
        Records of the batch.
    culprits : sequence of str
        Those whose signal or features aren't finite.
    step : int
    loss, norm : float
        Norm of the gradient.
    """
    what = f"the loss is {loss}" if not math.isfinite(loss) else f"the norm of the gradient is {norm}"
    if culprits:
        told = f"{_listed(culprits)} give embeddings that aren't finite"
        advice = "look at their signals (einthoven inspect) and leave them out of the cohort"
    else:
        told = "the embeddings of all of them are finite"
        advice = "lower max_learning_rate, raise warm_up, set gradient_clip = 1 or precision = 'fp32'"
    return f"{what} at step {step}, with the records {_listed(names)}: {told}; {advice}"


def no_room_message(*, step: int) -> str:
    """Return what to say when one window alone is too much for the memory."""
    return (
        f"not even one window fits into memory at step {step}: take a narrower network, a shorter window or precision "
        "= 'bf16', or see what else uses the memory"
    )


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
