"""What is true of the beats of one simulated ECG: what a reader would have to find."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.simulation.noise.levels import NoiseLevels
from einthoven.simulation.rhythm.compose import BeatWaves
from einthoven.simulation.rhythm.schedule import Schedule
from einthoven.simulation.waveform import AtrialKind, VentricularKind

__all__ = ["EcgTruth", "truth_of"]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class EcgTruth:
    """What is true of one simulated ECG; times in seconds from the first sample, beats that begin within it.

    Attributes
    ----------
    p_onset_s, p_end_s : float64 (wave,)
    p_kinds : tuple of AtrialKind
    qrs_onset_s, qrs_end_s, t_end_s : float64 (beat,)
    qrs_kinds : tuple of VentricularKind
    rr_s : float64 (beat,)
        Interval before each beat.
    spikes_s : float64 (spike,)
        Of a pacemaker, at the onset of QRS and, where it paces the atria, just before P.
    atrial_rate_bpm : float
        Of flutter or fibrillation, else NaN.
    noise : NoiseLevels, optional
        None: the record is without noise.
    """

    p_onset_s: NDArray[np.float64]
    p_end_s: NDArray[np.float64]
    p_kinds: tuple[AtrialKind, ...]
    qrs_onset_s: NDArray[np.float64]
    qrs_end_s: NDArray[np.float64]
    t_end_s: NDArray[np.float64]
    qrs_kinds: tuple[VentricularKind, ...]
    rr_s: NDArray[np.float64]
    spikes_s: NDArray[np.float64]
    atrial_rate_bpm: float
    noise: NoiseLevels | None


def truth_of(
    rhythm: Schedule, waves: BeatWaves, *, first_s: float, duration_s: float, noise: NoiseLevels | None
) -> EcgTruth:
    """Return what is true of the part of a rhythm that begins at ``first_s`` and lasts ``duration_s``."""
    p_waves, qrs_waves = waves.atrial, waves.ventricular
    p_onset_s, qrs_onset_s = rhythm.atrial_s - first_s, rhythm.ventricular_s - first_s
    spikes_s = rhythm.spikes_s - first_s
    p_within, within, spikes_within = (_within(times_s, duration_s) for times_s in (p_onset_s, qrs_onset_s, spikes_s))
    p_onset_s, qrs_onset_s, qrs_waves = p_onset_s[p_within], qrs_onset_s[within], qrs_waves[within]
    atrial_hz = math.nan if rhythm.atrial_waves is None else rhythm.atrial_waves.rate_hz
    return EcgTruth(
        p_onset_s=p_onset_s,
        p_end_s=p_onset_s + np.array([wave.duration_ms / 1000 for wave in p_waves[p_within]]),
        p_kinds=rhythm.atrial_kinds[p_within],
        qrs_onset_s=qrs_onset_s,
        qrs_end_s=qrs_onset_s + np.array([wave.duration_ms / 1000 for wave in qrs_waves]),
        t_end_s=qrs_onset_s + np.array([(wave.t_end_ms - wave.onset_ms) / 1000 for wave in qrs_waves]),
        qrs_kinds=rhythm.ventricular_kinds[within],
        rr_s=rhythm.rr_s[within],
        spikes_s=spikes_s[spikes_within],
        atrial_rate_bpm=60 * atrial_hz,
        noise=noise,
    )


def _within(times_s: NDArray[np.float64], duration_s: float) -> slice:
    """Return which of ascending times lie within a record."""
    first, last = np.searchsorted(times_s, (0.0, duration_s)).tolist()
    return slice(first, last)
