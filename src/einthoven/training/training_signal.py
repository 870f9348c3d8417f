"""What a network is trained on: stored integers become disturbed windows, on the device that they are on."""

from __future__ import annotations

import torch
from torch import Tensor

from einthoven.ecg.input_spec import InputSpec
from einthoven.models.model_input import amplitudes, seen
from einthoven.store.batch import Batch
from einthoven.training.augmentation import augment, resample_window
from einthoven.training.augmentation_settings import Augmentation

__all__ = ["training_signal"]


@torch.no_grad()
def training_signal(batch: Batch, augmentation: Augmentation, spec: InputSpec) -> Tensor:
    """Return the disturbed windows, float32 (B, L, T): scaled, resampled in time, normalised as ``spec`` says.

    ``augmentation.mixup``, which needs targets, is applied elsewhere.
    """
    signal = amplitudes(batch["signal"], batch["scale"])
    if augmentation.time_scale:
        signal = resample_window(signal, batch["start"], batch["stretch"], length=spec.window_samples)
    signal = seen(signal, batch["valid"], spec, batch["level"])
    return augment(signal, batch["key"], augmentation, rate_hz=spec.ingest.rate_hz)
