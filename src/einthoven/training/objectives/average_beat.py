"""The average beat of a window, aligned at R, of which no interval between beats can be read."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from einthoven.training.objectives.r_peaks import RPeaks

__all__ = ["BEFORE_S", "OFFSETS_S", "SECTIONS", "AverageBeat", "Sections", "average_beat", "sections"]

BEFORE_S, BEHIND_S = 0.30, 0.50
"""Of R: what holds P, and T of slow hearts."""

STEP_S = 0.01

OFFSETS_S = tuple(round(-BEFORE_S + STEP_S * i, 2) for i in range(round((BEFORE_S + BEHIND_S) / STEP_S)))
"""80 moments of a beat, whatever the rate of the window."""

SECTIONS = ("atrial", "qrs", "recovery")
"""P wave and PR segment; QRS; ST segment and T wave."""

QRS_S = (-0.06, 0.08)
"""Around R: QRS up to 140 ms."""

SHARE_BEFORE, SHARE_BEHIND = 0.40, 0.60
"""Of the mean interval that belong to a beat before and behind R, where hearts are fast."""

MOST_AVERAGED = 24

FEWEST_AVERAGED = 2


class Sections(NamedTuple):
    """First and last moment of each section in s from R, float32 (B, 3) both."""

    begin: Tensor
    end: Tensor


class AverageBeat(NamedTuple):
    """A beat of each window.

    ``shape`` float32 (B, L, 80): the mean of the beats, each lead around its mean, over the root mean square of all
    leads. ``section`` bool (B, 3, 80): which moments belong to each of ``SECTIONS``. ``known`` bool (B,): whether two
    beats lie in the window as a whole.
    """

    shape: Tensor
    section: Tensor
    known: Tensor


def sections(peaks: RPeaks, rate_hz: float) -> Sections:
    """Return where sections begin and end, by the mean interval between beats, so that none reaches into the next."""
    count = peaks.found.sum(dim=1)
    last = peaks.at.gather(1, (count - 1).clamp(min=0).unsqueeze(1)).squeeze(1)
    mean_rr = torch.where(count > 1, (last - peaks.at[:, 0]) / rate_hz / (count - 1).clamp(min=1), 1.0)
    first = -(SHARE_BEFORE * mean_rr).clamp(max=BEFORE_S)
    behind = (SHARE_BEHIND * mean_rr).clamp(max=BEHIND_S)
    start, stop = (torch.full_like(first, edge) for edge in QRS_S)
    return Sections(torch.stack([first, start, stop], 1), torch.stack([start, stop, behind], 1))


@torch.no_grad()
def average_beat(signal: Tensor, peaks: RPeaks, rate_hz: float) -> AverageBeat:
    """Return the average beat of each window.

    Parameters
    ----------
    signal : float32 (B, L, T)
    peaks : RPeaks
        The first 24 that lie in the window as a whole are averaged.
    rate_hz : float
    """
    offsets = signal.new_tensor(OFFSETS_S)
    at, found = peaks.at[:, : MOST_AVERAGED + 1], peaks.found[:, : MOST_AVERAGED + 1]
    whole = found & (at + offsets[0] * rate_hz >= 0) & (at + offsets[-1] * rate_hz <= signal.shape[2] - 2)
    place = (at.unsqueeze(2) + offsets * rate_hz).clamp(0, signal.shape[2] - 2).flatten(1)
    before = place.floor()
    index = before.long().unsqueeze(1).expand(-1, signal.shape[1], -1)
    part = (place - before).unsqueeze(1)
    beats = signal.gather(2, index) * (1 - part) + signal.gather(2, index + 1) * part
    beats = beats.reshape(*signal.shape[:2], at.shape[1], len(offsets))
    count = whole.sum(dim=1)
    mean = (beats * whole.reshape(len(whole), 1, -1, 1)).sum(dim=2) / count.clamp(min=1).reshape(-1, 1, 1)
    begin, end = sections(peaks, rate_hz)
    section = (offsets >= begin.unsqueeze(2) - STEP_S / 2) & (offsets < end.unsqueeze(2) - STEP_S / 2)
    inside = section.any(dim=1, keepdim=True)
    share = inside / inside.sum(dim=2, keepdim=True)
    mean = (mean - (mean * share).sum(dim=2, keepdim=True)) * inside
    size = (mean**2 * share).sum(dim=2, keepdim=True).mean(dim=1, keepdim=True).sqrt()
    return AverageBeat(mean / size.clamp(min=1e-6), section, (count >= FEWEST_AVERAGED) & (size.flatten() > 1e-6))
