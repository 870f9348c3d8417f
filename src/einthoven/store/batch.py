"""What one training step is made from."""

from __future__ import annotations

from typing import TypedDict

from torch import Tensor

__all__ = ["Batch"]


class Batch(TypedDict):
    """What one step is made from.

    ``signal`` int16 (B, L, W) steps, ``scale`` float32 (B, L) mV per step, ``target`` float32 (B, C) with NaN for
    unknown, ``row`` int64 (B,) in the store, ``key`` int64 (B,) seeds of the records' augmentation. The window that the
    model sees is sampled at ``start + stretch * [0, 1, 2, ...]`` samples of ``signal``; ``start``, ``stretch`` float32
    (B,); without time scaling W is the window and they are 0 and 1. ``valid`` int64 (B,) is how many samples of the
    window the record fills; zeros follow. ``level`` float32 (B, 2, L) is centre and spread of each full record
    (``ecg.record_level``); zeros where the view doesn't normalise by the record.
    """

    signal: Tensor
    scale: Tensor
    target: Tensor
    row: Tensor
    key: Tensor
    start: Tensor
    stretch: Tensor
    valid: Tensor
    level: Tensor
