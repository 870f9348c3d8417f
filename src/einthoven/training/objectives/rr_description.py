"""What is to be known of the intervals between beats: five numbers that no beat's shape enters.

Mean interval, two measures of its variation (standard deviation and RMSSD, both over the mean; Task Force 1996,
doi:10.1161/01.CIR.93.5.1043), which are large in atrial fibrillation, the share of short intervals (premature beats),
and whether long and short ones take turns (bigeminy).
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from einthoven.training.objectives.r_peaks import RPeaks

__all__ = ["NUMBERS", "RrDescription", "rr_description"]

NUMBERS = ("log_mean_rr", "log_sd", "log_rmssd", "short", "alternation")

LEAST_VARIATION = 0.01
"""Of the mean interval, added to both measures: what a window of 100 Hz can't tell from none."""

SHORT = 0.85
"""Of the mean interval, under which one is short: as a premature beat in ``ecg.beats``."""

CENTRE = (-0.19, -3.17, -3.09, 0.03, 0.09)
SPREAD = (0.19, 0.80, 0.92, 0.09, 0.26)
"""Mean and standard deviation over the 1,197 ECGs of 10 s at 100 Hz in ``ptb_xl_arrays_100hz``."""


class RrDescription(NamedTuple):
    """Standardised, float32 (B, 5), and whether there were beats enough, bool (B,)."""

    values: Tensor
    known: Tensor


@torch.no_grad()
def rr_description(peaks: RPeaks, rate_hz: float, *, minimum_beats: int) -> RrDescription:
    """Return the five numbers of each window in the order of ``NUMBERS``.

    Parameters
    ----------
    peaks : RPeaks
    rate_hz : float
    minimum_beats : int
        From 4 on: alternation needs two changes.
    """
    there = peaks.found[:, 1:]  # beats come first, so both of an interval are there when its second is
    rr = torch.where(there, peaks.at.diff(dim=1) / rate_hz, 0.0)
    mean = _mean(rr, there).clamp(min=1e-3)
    relative = rr / mean
    sd = _mean((relative - 1) ** 2, there).sqrt()
    change = torch.where(there[:, 1:], relative.diff(dim=1), 0.0)
    rmssd = _mean(change**2, there[:, 1:]).sqrt()
    turns = -(change[:, 1:] * change[:, :-1]).sum(dim=1, keepdim=True)
    turns = turns / (change**2).sum(dim=1, keepdim=True).clamp(min=1e-6)
    values = torch.cat(
        [
            mean.log(),
            (sd + LEAST_VARIATION).log(),
            (rmssd + LEAST_VARIATION).log(),
            _mean((relative < SHORT).float(), there),
            turns * rmssd / (rmssd + LEAST_VARIATION),  # noise between equal intervals takes turns too
        ],
        dim=1,
    )
    known = peaks.found.sum(dim=1) >= minimum_beats
    standardised = (values - values.new_tensor(CENTRE)) / values.new_tensor(SPREAD)
    return RrDescription(torch.where(known.unsqueeze(1), standardised, 0.0), known)


def _mean(values: Tensor, there: Tensor) -> Tensor:
    """Return the mean of what is there, (B, 1)."""
    return torch.where(there, values, 0.0).sum(1, keepdim=True) / there.sum(1, keepdim=True).clamp(min=1)
