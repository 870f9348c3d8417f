"""The same stretches of simulated beats as are kept of real ones (``aligned_beats``)."""

from __future__ import annotations

import numpy as np
from aligned_beats import N_P_LEVEL, P_TIMES_MS, QRST_TIMES_MS
from numpy.typing import NDArray

from einthoven.simulation.clinical_state import ClinicalState
from einthoven.simulation.heart.atria import p_wave
from einthoven.simulation.heart.remodelling import remodelled
from einthoven.simulation.heart.traits import HeartTraits, parameters_of
from einthoven.simulation.heart.ventricles import depolarised, qrst
from einthoven.simulation.waveform import Waveform

__all__ = ["HEALTHY", "simulated_p", "simulated_qrst"]

Array = NDArray[np.float64]

HEALTHY = ClinicalState(age_years=60, sex="M")
"""Age and sex change nothing in a heart whose traits are given."""


def simulated_qrst(traits: Array, state: ClinicalState = HEALTHY, *, rr_ms: float) -> Array:
    """Return float64 (8, time), mV: the ventricular wave at ``QRST_TIMES_MS``.

    Parameters
    ----------
    traits : float64 (trait,)
        What findings come with (``with_disease``) is not added: that is what a fit in such a state is to find.
    """
    heart = remodelled(parameters_of(HeartTraits(traits)), state)
    return _sampled(qrst(heart, depolarised(heart, state.conduction), rr_ms=rr_ms), QRST_TIMES_MS)


def simulated_p(traits: Array) -> Array:
    """Return float64 (8, time), mV: the P wave of a sinus beat at ``P_TIMES_MS``."""
    wave = _sampled(p_wave(parameters_of(HeartTraits(traits)), "sinus"), P_TIMES_MS)
    wave -= wave[:, :N_P_LEVEL].mean(1, keepdims=True)
    return wave


def _sampled(wave: Waveform, times_ms: Array) -> Array:
    """Return float64 (8, time), mV: a wave at times from its onset; beyond its ends their value."""
    places = np.clip(wave.onset_ms + times_ms, 0, wave.samples.shape[1] - 1.001)
    before = places.astype(np.intp)
    part = places - before
    return wave.samples[:, before] * (1 - part) + wave.samples[:, before + 1] * part
