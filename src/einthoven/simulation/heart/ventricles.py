"""QRS, ST and T in the eight independent leads: the sum of all nodes' membrane potentials, each as a lead sees it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from einthoven.simulation.clinical_state import Conduction
from einthoven.simulation.heart.activation import MuscleFocus, activation, from_focus
from einthoven.simulation.heart.geometry import ventricles
from einthoven.simulation.heart.lead_field import ventricular_field
from einthoven.simulation.heart.recovery import course, fall
from einthoven.simulation.heart.remodelling import Regional
from einthoven.simulation.heart.traits import HeartParameters
from einthoven.simulation.waveform import Waveform

__all__ = ["qrst"]

Array = NDArray[np.float64]

BEFORE_MS = 60  # of the time line before the first fascicle's entry: pre-excitation, pacing, the rise's width
SAMPLES = 820  # 1 ms each
PERIOD = 1024  # of the circular convolution
UPSTROKE_MS = 5.5  # SD: a patch is not activated at one moment, but while the front crosses it
UNSEEN = 10  # nodes of 418: an activation of so little muscle doesn't rise above what people mark as the line
EARLY_MS = 30.0  # time constant of what is lost early
LEVEL_MS = 40  # over so many last samples the wave is let down to zero


def qrst(
    parameters: HeartParameters,
    regional: Regional,
    origin: Conduction | MuscleFocus,
    *,
    rr_ms: float,
    stretch: float = 1.0,
) -> Waveform:
    """Return the ventricular wave of a beat.

    Parameters
    ----------
    origin : Conduction or MuscleFocus
        How the atria's beat is conducted, or where a beat of the ventricles' own begins.
    rr_ms : float
        Interval to which recovery has adapted.
    stretch : float
        Of the fall of the membrane potential.
    """
    heart = ventricles(parameters)
    if isinstance(origin, MuscleFocus):
        times = from_focus(parameters, heart, origin)
    else:
        times = activation(parameters, heart, origin)
    rate_factor = (rr_ms / 1000) ** (1 / 3)  # Fridericia: durations go with the cube root of the interval
    nodes = course(parameters, regional, times.stacked(), rate_factor=rate_factor)
    field = ventricular_field(parameters, heart, swing=nodes.swing)
    steps = np.fft.rfft(_histogram(field, nodes.activated_ms), PERIOD) * _UPSTROKE
    early = field * nodes.lost_early
    steps -= np.fft.rfft(_histogram(early, nodes.activated_ms), PERIOD) * _EARLY
    falls = np.fft.rfft(fall(parameters, n=PERIOD, stretch=stretch * rate_factor))
    steps -= np.fft.rfft(_histogram(field - early, nodes.recovered_ms), PERIOD) * falls
    signal = np.cumsum(np.fft.irfft(steps, PERIOD)[:, :SAMPLES], axis=1)
    order = np.sort(nodes.activated_ms)
    onset, last = float(order[UNSEEN]), float(order[-UNSEEN])
    return Waveform(
        (signal * _LET_DOWN).astype(np.float32),
        onset_ms=BEFORE_MS + onset,
        duration_ms=last - onset,
        t_end_ms=BEFORE_MS + float(nodes.recovered_ms.mean() + 2 * parameters.t_fall * stretch * rate_factor),
    )


def _histogram(weights: Array, times_ms: Array) -> Array:
    """Return float64 (8, sample): each node's weight at its time, shared between the two samples beside it."""
    place = np.clip(times_ms + BEFORE_MS, 1, SAMPLES - 3)
    before = place.astype(np.intp)
    later = weights * (place - before)
    cells = (_ROWS + before).ravel()
    size = weights.shape[0] * SAMPLES
    counts = np.bincount(cells, (weights - later).ravel(), size) + np.bincount(cells + 1, later.ravel(), size)
    return counts.reshape(weights.shape[0], SAMPLES)


def _centred(kernel: Array) -> Array:
    half = kernel.size // 2
    return np.fft.rfft(np.roll(np.pad(kernel / kernel.sum(), (0, PERIOD - kernel.size)), -half))


_ROWS = np.arange(8)[:, None] * SAMPLES
_UPSTROKE = _centred(np.exp(-0.5 * (np.arange(-40, 41) / UPSTROKE_MS) ** 2))
_EARLY = _UPSTROKE * np.fft.rfft(np.exp(-np.arange(PERIOD) / EARLY_MS) / np.exp(-np.arange(PERIOD) / EARLY_MS).sum())
_LET_DOWN = np.ones(SAMPLES)
_LET_DOWN[-LEVEL_MS:] = np.linspace(1, 0, LEVEL_MS)
