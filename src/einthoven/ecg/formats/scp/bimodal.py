"""SCP-ECG's bimodal compression undone (EN 1064, clause 6 and annex C).

Inside the protected zones (the QRS complexes) all samples are stored. Outside, each group of ``factor`` samples is
stored as one; what is left at the end of a stretch is stored as it is. The stretch is rebuilt by lines through the
stored values, which stand for the middle of their groups, and smoothed over three samples; the smoothing leaves out
the zones, their neighbours' far sides, and the steps where a reference beat was taken off.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.formats.scp.beats import Beats
from einthoven.ecg.formats.scp.leads import Lead

__all__ = ["Expansion", "expansion"]


@dataclass(frozen=True, slots=True, eq=False)
class Expansion:
    """How the stored values of a lead become its samples.

    Attributes
    ----------
    n_stored : int
    before, after : int64 (sample,)
        The stored values between which a sample lies.
    share : float64 (sample,)
        Of the later one.
    smoothed : bool (sample,)
        Whether the sample becomes the mean of itself and its neighbours.
    """

    n_stored: int
    before: NDArray[np.int64]
    after: NDArray[np.int64]
    share: NDArray[np.float64]
    smoothed: NDArray[np.bool_]

    def __call__(self, stored: NDArray[Any]) -> NDArray[np.int64]:
        """Return int64 (sample,), whole stored units, from integers (value,)."""
        wide = stored.astype(np.int64)
        early, late = wide[self.before], wide[self.after]
        samples = early + np.rint((late - early) * self.share).astype(np.int64)
        means = np.rint((samples[:-2] + samples[1:-1] + samples[2:]) / 3).astype(np.int64)
        inner = self.smoothed[1:-1]
        samples[1:-1][inner] = means[inner]
        return samples


def expansion(lead: Lead, beats: Beats, *, factor: int) -> Expansion:
    """Return the expansion of a lead that was decimated by ``factor`` outside the protected zones."""
    protected = _protected(lead, beats)
    edges = np.flatnonzero(np.diff(protected, prepend=~protected[:1]))  # where each stretch begins
    lengths = np.diff(edges, append=protected.size)
    decimated = ~protected[edges]
    n_values = np.where(decimated, lengths // factor, 0)
    n_stored = np.where(decimated, n_values + lengths % factor, lengths)
    base = np.repeat(np.cumsum(n_stored) - n_stored, lengths)
    within = np.arange(protected.size) - np.repeat(edges, lengths)
    values = np.repeat(n_values, lengths)
    rest = within - values * factor  # the samples behind the last whole group, or all of a zone
    place = np.clip((within - factor // 2) / factor, 0, np.maximum(values - 1, 0))
    whole = np.floor(place).astype(np.int64)
    before = base + np.where(rest >= 0, values + rest, whole)
    after = np.where(rest >= 0, before, base + np.minimum(whole + 1, np.maximum(values - 1, 0)))
    share = np.where(rest >= 0, 0.0, place - whole)
    smoothed = ~protected
    smoothed[[0, -1]] = False
    smoothed[_steps(lead, beats)] = False
    return Expansion(int(n_stored.sum()), before, after, share, smoothed)


def _protected(lead: Lead, beats: Beats) -> NDArray[np.bool_]:
    first = np.clip(beats.protected[:, 0] - lead.first, 0, lead.n_samples)
    last = np.clip(beats.protected[:, 1] - lead.first + 1, 0, lead.n_samples)
    real = last > first
    changes = np.zeros(lead.n_samples + 1, np.int64)
    np.add.at(changes, first[real], 1)
    np.add.at(changes, last[real], -1)
    return np.asarray(np.cumsum(changes[:-1]) > 0)


def _steps(lead: Lead, beats: Beats) -> NDArray[np.int64]:
    """Return the samples on both sides of where the reference beat begins and ends to be taken off."""
    subtracted = beats.kind == 0
    first, last = beats.first[subtracted] - lead.first, beats.last[subtracted] - lead.first
    samples = np.concatenate([first - 1, first, last, last + 1])
    return samples[(samples >= 0) & (samples < lead.n_samples)]
