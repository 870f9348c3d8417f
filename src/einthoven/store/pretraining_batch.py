"""What one step of pretraining is made from."""

from __future__ import annotations

from typing import TypedDict, cast

from torch import Tensor

from einthoven.store.batch import Batch

__all__ = ["PretrainingBatch", "pinned"]


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


def pinned(batch: PretrainingBatch) -> PretrainingBatch:
    """Return the batch in page-locked memory, from which a GPU copies while it computes; asks for a GPU."""
    partner, vector = batch["partner"], batch["vector"]
    return PretrainingBatch(
        window=_pinned(batch["window"]),
        partner=None if partner is None else _pinned(partner),
        patient=batch["patient"].pin_memory(),
        vector=None if vector is None else vector.pin_memory(),
    )


def _pinned(window: Batch) -> Batch:
    return cast("Batch", {name: cast("Tensor", values).pin_memory() for name, values in window.items()})
