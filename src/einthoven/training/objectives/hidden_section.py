"""One section of every beat is taken out of a window: a straight line leads from what is before to what is behind."""

from __future__ import annotations

import torch
from torch import Tensor

from einthoven.training.objectives.average_beat import Sections
from einthoven.training.objectives.beat_phase import neighbouring_beats
from einthoven.training.objectives.r_peaks import RPeaks

__all__ = ["hidden_moments", "without_hidden"]


def hidden_moments(peaks: RPeaks, sections: Sections, chosen: Tensor, *, n_samples: int, rate_hz: float) -> Tensor:
    """Return which samples lie in the chosen section of any beat, bool (B, T).

    Parameters
    ----------
    peaks : RPeaks
    sections : Sections
    chosen : int64 (B,)
        Index of the section of each window.
    n_samples : int
    rate_hz : float
    """
    moments = torch.arange(n_samples, device=chosen.device, dtype=torch.float32)
    begin, end = (edges.gather(1, chosen.unsqueeze(1)) for edges in sections)
    hidden = torch.zeros(len(chosen), n_samples, dtype=torch.bool, device=chosen.device)
    for beat in neighbouring_beats(peaks, moments):
        from_r = (moments - beat) / rate_hz
        hidden |= (from_r >= begin) & (from_r <= end)
    return hidden


def without_hidden(signal: Tensor, hidden: Tensor) -> Tensor:
    """Return the windows (B, L, T) with lines in place of what is hidden; level up to the ends, 0 where all is."""
    n_samples = signal.shape[2]
    moments = torch.arange(n_samples, device=signal.device)
    last = torch.where(hidden, -1, moments).cummax(dim=1).values
    following = torch.where(hidden, n_samples, moments).flip(1).cummin(dim=1).values.flip(1)
    before = torch.where(last >= 0, last, following).clamp(max=n_samples - 1)
    behind = torch.where(following < n_samples, following, last).clamp(min=0)
    part = (moments - before) / (behind - before).clamp(min=1)
    shape = (-1, signal.shape[1], -1)
    left, right = (signal.gather(2, edge.unsqueeze(1).expand(shape)) for edge in (before, behind))
    line = left + (right - left) * part.clamp(0, 1).unsqueeze(1)
    line = line * (~hidden).any(dim=1).reshape(-1, 1, 1)
    return torch.where(hidden.unsqueeze(1), line, signal)
