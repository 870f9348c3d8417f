"""QRS, ST and T in the eight independent leads: the sum of all nodes' membrane potentials, each as a lead sees it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from einthoven.simulation.clinical_state import Conduction
from einthoven.simulation.heart.activation import MuscleFocus, activation, from_focus
from einthoven.simulation.heart.geometry import ventricles
from einthoven.simulation.heart.lead_field import ventricular_field
from einthoven.simulation.heart.recovery import fall, lost_early, recovered, swing
from einthoven.simulation.heart.remodelling import Remodelled
from einthoven.simulation.heart.traits import heart_constants
from einthoven.simulation.waveform import Waveform

__all__ = ["Depolarised", "depolarised", "qrst"]

Array = NDArray[np.float64]
Spectrum = NDArray[np.complex128]

BEFORE_MS = 60  # of the time line before the first fascicle's entry: pre-excitation, pacing, the rise's width
SAMPLES = 820  # 1 ms each
BIN_MS = 2  # of the histograms of times: what happens is slower by far, so that samples between follow exactly
BINS, PERIOD = SAMPLES // BIN_MS, 512  # the latter of the circular convolution
LATE = 42  # nodes of 418: T ends, as people mark it, when nine tenths have recovered and two SD of the fall are over
_MEMBRANE = heart_constants()["membrane"]
UPSTROKE_MS, EARLY_MS, ENDS_LATER_MS = (_MEMBRANE[key] for key in ("upstroke_ms", "early_ms", "qrs_ends_later_ms"))
UNSEEN = 10  # nodes of 418: an activation of so little muscle doesn't rise above what people mark as the line
LEVEL_MS = 40  # over so many last samples the wave is let down to zero


@dataclass(frozen=True, slots=True, eq=False)
class Depolarised:
    """What a beat is before any node recovers: the same at each heart rate.

    Attributes
    ----------
    activated_ms : float64 (node,)
    lasting : float64 (8, node), mV
        What ends in each lead when a node recovers.
    steps : complex128 (8, frequency)
        Spectrum of what the activations cause, but for a constant.
    """

    activated_ms: Array
    lasting: Array
    steps: Spectrum


def depolarised(heart: Remodelled, origin: Conduction | MuscleFocus) -> Depolarised:
    """Return the activation of a beat.

    Parameters
    ----------
    origin : Conduction or MuscleFocus
        How the atria's beat is conducted, or where a beat of the ventricles' own begins.
    """
    parameters, regional = heart.parameters, heart.regional
    surfaces = ventricles(parameters)
    if isinstance(origin, MuscleFocus):
        times = from_focus(parameters, surfaces, origin)
    else:
        times = activation(parameters, surfaces, origin)
    activated_ms = times.stacked() + regional.delay_ms
    field = ventricular_field(parameters, surfaces, swing=swing(parameters, regional))
    early = field * lost_early(parameters, regional)
    all_of_it, lost = _spectrum(np.stack([field, early]), activated_ms)
    all_of_it *= _UPSTROKE
    lost *= _EARLY
    all_of_it -= lost
    return Depolarised(activated_ms, field - early, all_of_it)


def qrst(heart: Remodelled, beat: Depolarised, *, rr_ms: float) -> Waveform:
    """Return the ventricular wave of a beat; ``rr_ms`` is the interval to which recovery has adapted."""
    rate_factor = (rr_ms / 1000) ** (1 / 3)  # Fridericia: durations go with the cube root of the interval
    recovered_ms = recovered(heart.parameters, heart.regional, beat.activated_ms, rate_factor=rate_factor)
    stretch = heart.stretch * rate_factor
    falls = fft.rfft(fall(heart.parameters, n=PERIOD, step_ms=BIN_MS, stretch=stretch)) * _SUM
    recovery = _spectrum(beat.lasting, recovered_ms)
    recovery *= falls
    signal = fft.irfft((beat.steps - recovery).astype(np.complex64), PERIOD * BIN_MS)
    samples = signal[:, :SAMPLES] - signal[:, -1:]  # just before the first sample all is at rest
    samples[:, -LEVEL_MS:] *= _LET_DOWN
    order = np.sort(beat.activated_ms)
    onset, last = float(order[UNSEEN]), float(order[-UNSEEN])
    return Waveform(
        samples,
        onset_ms=BEFORE_MS + onset,
        duration_ms=last - onset + ENDS_LATER_MS,
        t_end_ms=BEFORE_MS + float(np.sort(recovered_ms)[-LATE]) + 2 * heart.parameters.t_fall * stretch,
    )


def _spectrum(weights: Array, times_ms: Array) -> Spectrum:
    """Return complex128 (..., frequency): of each node's weight at its time, shared between the two bins beside it.

    ``weights`` is float64 (..., node).
    """
    place = np.minimum(np.maximum((times_ms + BEFORE_MS) / BIN_MS, 1), BINS - 3)
    before = place.astype(np.intp)
    later = weights * (place - before)
    size = weights.size // before.size * PERIOD
    cells = (np.arange(0, size, PERIOD)[:, None] + before).ravel()
    counts = np.bincount(cells, (weights - later).ravel(), size)
    counts += np.bincount(cells + 1, later.ravel(), size)
    return np.asarray(fft.rfft(counts.reshape(*weights.shape[:-1], PERIOD)))


_HERTZ = np.fft.rfftfreq(PERIOD, BIN_MS / 1000)
_SUM = np.zeros(_HERTZ.size, dtype=np.complex128)  # of all samples so far
_SUM[1:] = 1 / (1 - np.exp(-2j * np.pi * _HERTZ[1:] / 1000))
_UPSTROKE = np.exp(-2 * (np.pi * _HERTZ * UPSTROKE_MS / 1000) ** 2) * _SUM
_EARLY = _UPSTROKE / (1 + 2j * np.pi * _HERTZ * EARLY_MS / 1000)
_LET_DOWN = np.linspace(1, 0, LEVEL_MS, dtype=np.float32)
