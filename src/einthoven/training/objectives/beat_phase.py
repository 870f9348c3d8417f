"""How far each moment is on the way from one beat to the next."""

from __future__ import annotations

import torch
from torch import Tensor

from einthoven.training.objectives.r_peaks import RPeaks

__all__ = ["beat_phase"]


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
    at = torch.where(peaks.found, peaks.at, torch.inf)
    edges = torch.nn.functional.pad(at, (1, 1), value=torch.inf)
    edges[:, 0] = -torch.inf
    after = torch.searchsorted(edges, moments.expand(len(at), -1).contiguous(), right=True)
    last, following = edges.gather(1, after - 1), edges.gather(1, after)
    phase = (moments - last) / (following - last)
    return torch.where(torch.isfinite(last) & torch.isfinite(following), phase, torch.nan)
