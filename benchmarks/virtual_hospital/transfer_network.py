"""The network that learns from simulated ECGs alone: a narrow xresnet1d on shapes and, where it is known, scale."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from plain_training import Schedule, fit
from torch import Tensor, nn
from transfer_data import RATE_HZ, Ecgs

from einthoven.models.architectures import build
from einthoven.models.head_settings import HeadSettings
from einthoven.training.augmentation import augment, resample_window
from einthoven.training.augmentation_settings import Augmentation

__all__ = ["inputs_of", "scored", "trained"]

SETTINGS = {"depth": 18, "widths": (32, 48, 64, 64), "stem_widths": (16, 16, 32)}
HEAD = HeadSettings(dropout=0.3)
SCHEDULE = Schedule(epochs=8, batch=32, learning_rate=3e-3, weight_decay=2e-2)
AUGMENTATION = Augmentation(time_scale=0.1, gain=0.0, lead_gain=0.15, noise=0.15, wander=0.3, lead_dropout=0.05)
WINDOW = 512
SCALE_HIDDEN = 0.5
"""Share of training windows that come without millivolts, as some sources do."""
LEADS = 12


def inputs_of(ecgs: Ecgs, *, with_scale: bool) -> NDArray[np.float32]:
    """Return float32 (ecg, 24, sample): twelve z-scored leads, then each lead's log scale; zeros where unknown."""
    scale = np.nan_to_num(ecgs.log_scale) if with_scale else np.zeros_like(ecgs.log_scale)
    return np.concatenate(
        [ecgs.signal, np.broadcast_to(scale[:, :, None], ecgs.signal.shape)], axis=1, dtype=np.float32
    )


def trained(ecgs: Ecgs, *, seed: int, schedule: Schedule = SCHEDULE, log: bool = False) -> nn.Module:
    """Return a network that was trained on simulated ECGs."""
    torch.manual_seed(seed)
    model = build("xresnet1d", n_leads=2 * LEADS, n_labels=ecgs.truth.shape[1], head=HEAD, **SETTINGS)
    # signal and scale as one array, so that a batch is one index; scale in the last sample of each lead
    packed = np.concatenate([ecgs.signal, ecgs.log_scale[:, :, None].astype(np.float16)], axis=2)
    after = (lambda epoch: print(f"epoch {epoch}", flush=True)) if log else None
    fit(model, packed, ecgs.truth, schedule=schedule, seed=seed, augment=_window, after_epoch=after)
    return model


def _window(packed: Tensor, generator: torch.Generator) -> Tensor:
    """Return a random, disturbed window of each ECG with its scale beside it, or without."""
    batch = len(packed)
    signal, scale = packed[:, :, :-1].float(), packed[:, :, -1].float()
    keys = torch.randint(2**62, (batch,), generator=generator)
    stretch = 1 + AUGMENTATION.time_scale * (2 * torch.rand(batch, generator=generator) - 1)
    room = signal.shape[2] - 1 - stretch * (WINDOW - 1)
    start = torch.rand(batch, generator=generator) * room
    seen = resample_window(signal, start, stretch, length=WINDOW)
    seen = augment(seen, keys, AUGMENTATION, rate_hz=RATE_HZ)
    hidden = torch.rand(batch, 1, generator=generator) < SCALE_HIDDEN
    known = torch.where(hidden, torch.zeros_like(scale), scale + 0.1 * torch.randn(scale.shape, generator=generator))
    return torch.cat([seen, known.unsqueeze(2).expand(-1, -1, WINDOW)], dim=1)


def scored(model: nn.Module, ecgs: Ecgs, *, with_scale: bool = True, batch: int = 256) -> NDArray[np.float64]:
    """Return logits, float64 (ecg, label), of whole ten-second records."""
    model.eval()
    signal = torch.as_tensor(inputs_of(ecgs, with_scale=with_scale))
    with torch.inference_mode():
        return torch.cat([model(part) for part in signal.split(batch)]).double().numpy()
