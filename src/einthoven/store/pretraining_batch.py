"""What one step of pretraining is made from."""

from __future__ import annotations

from typing import TypedDict

from torch import Tensor

from einthoven.store.batch import Batch

__all__ = ["PretrainingBatch"]


class PretrainingBatch(TypedDict):
    """Windows, their partners, whose they are, and what another modality says of them.

    ``window`` is a ``Batch``; ``partner`` another of as many samples (None without pairing) whose ``key`` differs, so
    that it is disturbed for itself. ``patient`` int64 (B,) numbers the patients of the store's chosen records.
    ``vector`` float32 (B, V), NaN rows where there is none (None without vectors).
    """

    window: Batch
    partner: Batch | None
    patient: Tensor
    vector: Tensor | None
