"""Fibrillatory waves: sawteeth of wavering frequency and amplitude in three parts of the atria.

The sawtooth is that of Stridh and Sornmo 2001 (doi:10.1109/10.900266): harmonics i of amplitude ``2 / (i pi)``, with
sinusoidal modulation of frequency and amplitude. Here the parts of the atria have directions and rates of their own,
and an irregular part of the frequency widens the spectral line.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.simulation.rhythm.parameters import bounded_normal, lognormal, section
from einthoven.simulation.waveform import INDEPENDENT_LEADS

__all__ = ["FibrillatoryWaves", "draw_fibrillatory_waves"]

_PARAMETERS = section("fibrillatory_waves")
_STEPS = 1024  # of a cycle in the table of the sawtooth, a power of 2
_KNOTS_PER_S = 4.0  # of the irregular part of the frequency


@dataclass(frozen=True, slots=True, eq=False)
class FibrillatoryWaves:
    """The atria in fibrillation.

    Attributes
    ----------
    frequency_hz : float64 (part,)
    amplitude_v1_mv : float
        Half of peak to peak in V1, all parts together.
    directions : float64 (part, 3)
        Left, down, back.
    phases : float64 (part, 3), cycles
        Of the wave, its frequency modulation and its amplitude modulation.
    wander : float64 (part, knot), cycles
        Phase that the irregular part of the frequency has gathered.
    """

    frequency_hz: NDArray[np.float64]
    amplitude_v1_mv: float
    directions: NDArray[np.float64]
    phases: NDArray[np.float64]
    wander: NDArray[np.float64]

    @property
    def rate_hz(self) -> float:
        """Return the rate of the part that is largest in V1."""
        return float(self.frequency_hz[0])

    def signal(self, times_s: NDArray[np.float64], *, atrial_directions: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return float32 (8, sample), mV, at the times given, which begin near 0."""
        in_leads = atrial_directions @ self.directions.T.astype(np.float32)  # (8, part)
        in_leads[:, 0] *= np.array(_PARAMETERS["right_atrium_in_leads"], dtype=np.float32)
        v1 = np.hypot.reduce(in_leads[INDEPENDENT_LEADS.index("V1")])
        in_leads *= np.float32(self.amplitude_v1_mv / max(v1, 1e-6))
        return np.asarray(in_leads @ self._parts(times_s.astype(np.float32)), dtype=np.float32)

    def _parts(self, times_s: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return float32 (part, sample): sawteeth of unit size."""
        phase, modulation_phase, amplitude_phase = self.phases.T[:, :, None].astype(np.float32)
        modulation_hz = _PARAMETERS["frequency_modulation_hz"]
        cycles = self.frequency_hz[:, None].astype(np.float32) * times_s + (phase + 1)
        depth = _PARAMETERS["frequency_deviation_hz"] / (2 * np.pi * modulation_hz)
        cycles += np.float32(depth) * _sine(modulation_hz * times_s + modulation_phase)
        cycles += self._wander(times_s)
        waves = np.take(_SAWTOOTH, (cycles * np.float32(_STEPS)).astype(np.int32) & (_STEPS - 1))
        swell = _sine(_PARAMETERS["amplitude_modulation_hz"] * times_s + amplitude_phase)
        swell *= np.float32(_PARAMETERS["amplitude_modulation_share"])
        swell += 1
        waves *= swell
        return np.asarray(waves)

    def _wander(self, times_s: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return float32 (part, sample): the irregular phase, a straight line from knot to knot."""
        place = times_s * np.float32(_KNOTS_PER_S)
        before = place.astype(np.int32)
        knots = self.wander.astype(np.float32)
        place -= before  # the share of the way to the next knot
        straight = np.take(np.diff(knots, axis=1), before, axis=1)
        straight *= place
        straight += np.take(knots, before, axis=1)
        return straight


def _sine(cycles: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(np.sin(np.float32(2 * np.pi) * cycles), dtype=np.float32)


def draw_fibrillatory_waves(*, duration_s: float, random: np.random.Generator) -> FibrillatoryWaves:
    """Return the atria of one record of ``duration_s``."""
    usual = np.array(_PARAMETERS["directions"]) * np.array(_PARAMETERS["weights"])[:, None]
    n_parts = len(usual)
    apart = 1 + _PARAMETERS["frequency_apart"] * random.standard_normal(n_parts)
    n_knots = int(duration_s * _KNOTS_PER_S) + 2
    steps = random.standard_normal((n_parts, n_knots)) * _PARAMETERS["frequency_noise_hz"] / _KNOTS_PER_S
    return FibrillatoryWaves(
        frequency_hz=bounded_normal(_PARAMETERS["frequency_hz"], random=random) * apart,
        amplitude_v1_mv=lognormal(_PARAMETERS["amplitude_v1_mv"], random=random),
        directions=usual + _PARAMETERS["direction_sd"] * random.standard_normal(usual.shape),
        phases=random.random((n_parts, 3)),
        wander=np.cumsum(steps, axis=1),
    )


def _sawtooth() -> NDArray[np.float32]:
    """Return float32 (step,): one cycle of the sum of harmonics."""
    angle = 2 * np.pi * np.arange(_STEPS) / _STEPS
    harmonics = range(1, _PARAMETERS["harmonics"] + 1)
    wave: NDArray[np.float64] = sum((2 / (i * np.pi) * np.sin(i * angle) for i in harmonics), np.zeros(_STEPS))
    return -wave.astype(np.float32)


_SAWTOOTH = _sawtooth()
