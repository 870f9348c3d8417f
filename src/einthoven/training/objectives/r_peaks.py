"""Where the beats are, found on the device from the windows of a batch alone.

The curve and the thresholds are those of ``ecg.qrs_activity`` and ``ecg.qrs_detection`` (the slope of all leads,
smoothed over a QRS; Pan and Tompkins 1985, doi:10.1109/TBME.1985.325532) without what needs one beat after the other:
missed beats aren't searched for again, and a T wave is judged against the candidate just before it. For targets of
pretraining, not for measuring.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

__all__ = ["RPeaks", "r_peaks"]

COARSE_RATE_HZ = 125.0
"""About what the curve is made at: QRS has its energy at 5 to 25 Hz (Thakor et al. 1984)."""

BACKGROUND_STEP = 4
BLOCK_S = 2.0
SMOOTHED_S = 0.088
USUAL_CONTRAST = 20.0
MOST_OF_A_BEAT = 1.5
NEIGHBOURHOOD_S = 0.096
VALLEY_S = 0.2
REFRACTORY_S = 0.2
LOWEST_SHARE = 0.35
SATELLITE_S = 0.36
SATELLITE_SHARE = 0.5
T_WAVE_S = 0.48
T_WAVE_SHARE = 0.8
SURE_T_WAVE_SHARE = 0.35
T_WAVE_LIKENESS = 0.95
T_WAVE_SLOPE = 0.45
"""All as in ``ecg.qrs_activity`` and ``ecg.qrs_detection``, where their sources stand."""

LEAST_LEVEL = 0.2
"""Of typical QRS slopes: how far the usual beat stands above the valleys beside it. Least of the 1,197 ECGs of
``ptb_xl_arrays_100hz`` 0.29, of LUDB 0.31; noise of 12 leads at most 0.13 (in a single lead noise has up to 0.4)."""

MOST_PER_SECOND = 5.0
"""Beats, as the refractory time allows."""

TINY = torch.finfo(torch.float32).tiny


class RPeaks(NamedTuple):
    """Beats of each window in order of time, padded to the same number.

    ``at`` float32 (B, K), in samples of the window, 0 where none; ``found`` bool (B, K).
    """

    at: Tensor
    found: Tensor


@torch.no_grad()
def r_peaks(signal: Tensor, rate_hz: float) -> RPeaks:
    """Return the middle of each QRS.

    Parameters
    ----------
    signal : float32 (B, L, T), any unit
        From 2 s on.
    rate_hz : float
    """
    group = max(1, round(rate_hz / COARSE_RATE_HZ))
    rate = rate_hz / group
    slope, size = _slope(F.avg_pool1d(signal.float(), group) if group > 1 else signal.float(), rate)
    height = _smooth(size, _odd(SMOOTHED_S * rate))
    share = _prominence(height, rate)
    share = share / _level(share, rate)
    candidate = _peaks(height, NEIGHBOURHOOD_S * rate) & (share >= LOWEST_SHARE)
    for reach_s, least in ((REFRACTORY_S, 1.0), (SATELLITE_S, SATELLITE_SHARE)):
        around = _most(torch.where(candidate, share, 0.0), reach_s * rate)
        candidate &= share >= least * around
    seen = _in_order(candidate, math.ceil(signal.shape[2] / rate_hz * MOST_PER_SECOND))
    seen = _without_t_waves(seen, share, _sharpness(slope, rate), rate)
    at = (seen.at + _between_samples(height, seen.at)) * group + (group - 1) / 2
    return RPeaks(torch.where(seen.found, at, 0.0), seen.found)


def _slope(signal: Tensor, rate: float) -> tuple[Tensor, Tensor]:
    """Return each lead's slope in its typical QRS slopes, weighted, (B, L, T); and its size over all leads, (B, T)."""
    slope = F.pad((signal[..., 2:] - signal[..., :-2]) / 2, (1, 1))
    size = slope.abs()
    length = min(size.shape[2], round(BLOCK_S * rate))
    typical = _block_peaks(size, length).median(dim=2, keepdim=True).values
    scale = torch.where(typical > 0, 1 / typical.clamp(min=TINY), 0.0)
    background = size[..., ::BACKGROUND_STEP].median(dim=2, keepdim=True).values * scale
    weight = (scale > 0) / (1 + (USUAL_CONTRAST * background) ** 2)
    weight = weight / weight.sum(dim=1, keepdim=True).clamp(min=TINY)
    scaled = (slope * scale).clamp(-MOST_OF_A_BEAT, MOST_OF_A_BEAT) * weight
    return scaled, scaled.abs().sum(dim=1)


def _prominence(height: Tensor, rate: float) -> Tensor:
    """Return how far the curve stands above the valleys on both sides."""
    reach = round(VALLEY_S * rate)
    lowest = -F.max_pool1d(F.pad(-height, (reach, reach), value=-torch.inf), reach + 1, 1)
    return height - (lowest[:, : height.shape[1]] + lowest[:, reach:]) / 2


def _level(share: Tensor, rate: float) -> Tensor:
    """Return how high the usual beat is, (B, 1); infinite where nothing stands out."""
    length = min(share.shape[1], round(BLOCK_S * rate))
    level = _block_peaks(share, length).median(dim=1, keepdim=True).values
    return torch.where(level >= LEAST_LEVEL, level, torch.inf)


def _block_peaks(curve: Tensor, length: int) -> Tensor:
    """Return the highest value of each block of so many samples, (..., block)."""
    whole = curve[..., : curve.shape[-1] // length * length]
    return whole.reshape(*curve.shape[:-1], -1, length).amax(dim=-1)


def _peaks(curve: Tensor, reach: float) -> Tensor:
    """Return where the curve is the highest of what is around, the first of equal ones, bool (B, T)."""
    rising = F.pad(curve[:, 1:] > curve[:, :-1], (1, 0))
    return rising & (curve >= _most(curve, reach))


def _most(curve: Tensor, reach: float) -> Tensor:
    return F.max_pool1d(curve, 2 * round(reach) + 1, 1, round(reach))


def _sharpness(slope: Tensor, rate: float) -> Tensor:
    """Return how fast the slope changes relative to the slope itself, (B, T)."""
    change = F.pad((slope[..., 2:] - slope[..., :-2]).abs(), (1, 1)).sum(dim=1)
    width = _odd(SMOOTHED_S * rate)
    return _smooth(change, width) / _smooth(slope.abs().sum(dim=1), width).clamp(min=TINY)


def _without_t_waves(seen: RPeaks, share: Tensor, sharpness: Tensor, rate: float) -> RPeaks:
    index = seen.at.long()
    height, sharp = share.gather(1, index), sharpness.gather(1, index)
    height, sharp = (x[:, 1:] / x[:, :-1].clamp(min=TINY) for x in (height, sharp))
    near = seen.at.diff(dim=1) < T_WAVE_S * rate
    blunt = (height < T_WAVE_SHARE) & (sharp + T_WAVE_SLOPE * height < T_WAVE_LIKENESS)
    is_t = F.pad(near & (blunt | (height < SURE_T_WAVE_SHARE)), (1, 0))
    kept = torch.zeros_like(share, dtype=torch.bool).scatter(1, index, seen.found & ~is_t)
    return _in_order(kept, index.shape[1])


def _in_order(there: Tensor, most: int) -> RPeaks:
    """Return the first ``most`` places that are true, in order."""
    length = there.shape[1]
    places = torch.where(there, torch.arange(length, device=there.device), length)
    first = places.sort(dim=1).values[:, :most]
    found = first < length
    return RPeaks(torch.where(found, first, 0).float(), found)


def _between_samples(height: Tensor, at: Tensor) -> Tensor:
    """Return where the parabola through three samples peaks, -0.5 to 0.5 (B, K)."""
    index = at.long().clamp(1, height.shape[1] - 2)
    before, here, after = (height.gather(1, index + step) for step in (-1, 0, 1))
    bend = before - 2 * here + after
    return torch.where(bend < 0, (before - after) / (2 * bend), 0.0).clamp(-0.5, 0.5)


def _smooth(curve: Tensor, width: int) -> Tensor:
    return F.avg_pool1d(curve, width, 1, width // 2)


def _odd(samples: float) -> int:
    return 2 * round((samples - 1) / 2) + 1
