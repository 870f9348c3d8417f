"""Typical atrial flutter: one wave that circles in the right atrium, and every second to sixth that is conducted.

Rates and shape after Bun et al. 2015 (doi:10.1093/eurheartj/ehv118): against the clock the waves point up in the
frontal plane (negative in II, III and aVF) and forward (positive in V1); with the clock it is the other way round.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.simulation.rhythm.activations import VentricularActivations
from einthoven.simulation.rhythm.parameters import lognormal, section
from einthoven.simulation.waveform import INDEPENDENT_LEADS

__all__ = ["FlutterWaves", "draw_flutter", "flutter_beats"]

_PARAMETERS = section("flutter")
_STEPS = 1024  # of a cycle in the table of the wave
_HARMONICS = 7  # that smooth the corners of the table in the parameters


@dataclass(frozen=True, slots=True, eq=False)
class FlutterWaves:
    """The atria in flutter.

    Attributes
    ----------
    cycle_s : float
    offset_s : float
        A cycle begins here.
    ratios : tuple of int
        Waves per conducted beat, repeated; a single one where the ratio is fixed.
    amplitude_ii_mv : float
        Half of peak to peak in II.
    loop : float64 (3, step)
        One cycle of the dipole: left, down, back.
    """

    cycle_s: float
    offset_s: float
    ratios: tuple[int, ...]
    amplitude_ii_mv: float
    loop: NDArray[np.float64]

    @property
    def rate_hz(self) -> float:
        """Return the rate of the atria."""
        return 1 / self.cycle_s

    def signal(self, times_s: NDArray[np.float64], *, atrial_directions: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return float32 (8, sample), mV, at the times given."""
        cycle = atrial_directions @ self.loop.astype(np.float32)
        height = np.ptp(cycle[INDEPENDENT_LEADS.index("II")]) / 2
        cycle *= np.float32(self.amplitude_ii_mv / max(float(height), 1e-6))
        steps = ((times_s - self.offset_s) * (_STEPS / self.cycle_s)).astype(np.int64) % _STEPS
        return np.asarray(np.take(cycle, steps, axis=1), dtype=np.float32)


def draw_flutter(heart_rate_bpm: float, *, duration_s: float, random: np.random.Generator) -> FlutterWaves:
    """Return atria whose rate, divided by the conduction ratio, comes closest to the ventricles'."""
    spread = _PARAMETERS["atrial_bpm"]
    n_beats = int(duration_s * heart_rate_bpm / 60) + 8
    ratios: tuple[int, ...] = _fixed_ratio(heart_rate_bpm, random=random)
    if ratios:
        atrial_bpm = min(max(heart_rate_bpm * ratios[0], spread["low"]), spread["high"])
    else:
        drawn = spread["mean"] + spread["sd"] * float(random.standard_normal())
        atrial_bpm = min(max(drawn, spread["low"], 2 * heart_rate_bpm), spread["high"])
        ratios = _variable_ratios(atrial_bpm / heart_rate_bpm, n=n_beats, random=random)
    loop = _LOOP + _PARAMETERS["direction_sd"] * random.standard_normal((3, 3)) @ _LOOP
    clockwise = float(random.random()) < _PARAMETERS["clockwise_share"]
    return FlutterWaves(
        cycle_s=60 / atrial_bpm,
        offset_s=60 / atrial_bpm * float(random.random()),
        ratios=ratios,
        amplitude_ii_mv=lognormal(_PARAMETERS["amplitude_ii_mv"], random=random),
        loop=-loop[:, ::-1] if clockwise else loop,
    )


def flutter_beats(
    waves: FlutterWaves, *, start_s: float, stop_s: float, random: np.random.Generator
) -> VentricularActivations:
    """Return the beats that the AV node lets through between two times."""
    beats = VentricularActivations()
    delay_s, jitter_s = _PARAMETERS["conduction_delay_s"], _PARAMETERS["conduction_jitter_ms"] / 1000
    index = int(random.integers(len(waves.ratios)))
    wave = int((start_s - waves.offset_s) / waves.cycle_s) + int(random.integers(waves.ratios[index]))
    while (time_s := waves.offset_s + wave * waves.cycle_s) < stop_s:
        beats.add(time_s + delay_s + jitter_s * float(random.standard_normal()), "conducted")
        wave += waves.ratios[index % len(waves.ratios)]
        index += 1
    return beats


def _fixed_ratio(heart_rate_bpm: float, *, random: np.random.Generator) -> tuple[int, ...]:
    """Return one ratio that fits the ventricular rate; none where none fits, or where conduction varies."""
    spread = _PARAMETERS["atrial_bpm"]
    ratios = np.array(_PARAMETERS["ratios"])
    atrial_bpm = heart_rate_bpm * ratios
    fits = (atrial_bpm >= spread["low"]) & (atrial_bpm <= spread["high"])
    varies = float(random.random()) < _PARAMETERS["variable_share"]
    if heart_rate_bpm * ratios[0] > spread["high"]:
        return (int(ratios[0]),)  # faster than 2:1 allows: as close as it gets
    if varies or not fits.any():
        return ()
    weights = np.array(_PARAMETERS["ratio_weights"]) * fits
    weights = weights * np.exp(-(((atrial_bpm - spread["mean"]) / spread["sd"]) ** 2) / 2)
    return (int(random.choice(ratios, p=weights / weights.sum())),)


def _variable_ratios(mean: float, *, n: int, random: np.random.Generator) -> tuple[int, ...]:
    """Return ``n`` ratios, the two neighbours of the mean, mixed so that they have this mean."""
    known = _PARAMETERS["variable_ratios"]
    low = max((ratio for ratio in known if ratio <= mean), default=known[0])
    high = min((ratio for ratio in known if ratio > mean), default=known[-1])
    share = (mean - low) / (high - low) if high > low else 0.0
    return tuple(np.where(random.random(n) < share, high, low).tolist())


def _loop() -> NDArray[np.float64]:
    """Return float64 (3, step): the usual cycle, its mean taken away, its corners smoothed."""
    phase = np.arange(_STEPS) / _STEPS
    corners = [_PARAMETERS[axis] for axis in ("left", "down", "back")]
    spectrum = np.fft.rfft([np.interp(phase, _PARAMETERS["phase"], values) for values in corners], axis=1)
    spectrum[:, 0] = 0
    spectrum[:, _HARMONICS + 1 :] = 0
    return np.asarray(np.fft.irfft(spectrum, _STEPS, axis=1))


_LOOP = _loop()
