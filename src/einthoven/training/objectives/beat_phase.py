"""Where each moment lies between two beats."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from einthoven.training.objectives.r_peaks import RPeaks

__all__ = ["Neighbours", "beat_phase", "neighbouring_beats"]


class Neighbours(NamedTuple):
    """The last beat up to each moment, or minus infinity, and the first one after it, or infinity; float32 (B, P)."""

    last: Tensor
    following: Tensor


def neighbouring_beats(peaks: RPeaks, moments: Tensor) -> Neighbours:
    """Return the beats around moments, float32 (P,), in samples of the window."""
    edges = F.pad(torch.where(peaks.found, peaks.at, torch.inf), (1, 1), value=torch.inf)
    edges[:, 0] = -torch.inf
    after = torch.searchsorted(edges, moments.expand(len(edges), -1).contiguous(), right=True)
    return Neighbours(edges.gather(1, after - 1), edges.gather(1, after))


def beat_phase(peaks: RPeaks, moments: Tensor) -> Tensor:
    """Return 0 at a beat, rising to 1 at the next; NaN before the first and from the last on.

    Parameters
    ----------
    peaks : RPeaks
    moments : float32 (P,)
        In samples of the window.

    Returns
    -------
    float32 (B, P)

    Examples
    --------
    >>> peaks = RPeaks(torch.tensor([[10.0, 30.0, 0.0]]), torch.tensor([[True, True, False]]))
    >>> beat_phase(peaks, torch.tensor([5.0, 10.0, 15.0, 30.0]))
    tensor([[   nan, 0.0000, 0.2500,    nan]])
    """
    last, following = neighbouring_beats(peaks, moments)
    phase = (moments - last) / (following - last)
    return torch.where(torch.isfinite(last) & torch.isfinite(following), phase, torch.nan)
