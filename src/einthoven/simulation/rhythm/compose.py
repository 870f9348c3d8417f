"""The heart's signal without noise: the sum of the waves that a schedule calls for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.errors import SpecificationError
from einthoven.simulation.rhythm.pacing_spikes import add_spikes
from einthoven.simulation.rhythm.parameters import section
from einthoven.simulation.rhythm.schedule import Schedule
from einthoven.simulation.rhythm.variation import Variation, draw_variation
from einthoven.simulation.waveform import INDEPENDENT_LEADS, WAVE_RATE_HZ, BeatSource, Waveform

__all__ = ["BeatWaves", "beat_waves", "compose", "qt_interval_classes"]

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class BeatWaves:
    """The wave of each atrial and of each ventricular activation of a schedule; beats that are alike share one."""

    atrial: tuple[Waveform, ...]
    ventricular: tuple[Waveform, ...]


def compose(
    schedule: Schedule,
    beats: BeatSource,
    *,
    random: np.random.Generator,
    rate_hz: float = WAVE_RATE_HZ,
    waves: BeatWaves | None = None,
) -> Floats:
    """Return float32 (8, sample), mV, in ``INDEPENDENT_LEADS``.

    Parameters
    ----------
    schedule : Schedule
    beats : BeatSource
    random : Generator
    rate_hz : float
        Divides 1,000 Hz; waves begin at whole milliseconds whatever the rate.
    waves : BeatWaves, optional
        What ``beat_waves`` returned, where it was asked before.

    Raises
    ------
    SpecificationError
        For another rate.
    """
    step = round(WAVE_RATE_HZ / rate_hz)
    if step < 1 or not math.isclose(step * rate_hz, WAVE_RATE_HZ):
        raise SpecificationError(f"rate_hz must divide {WAVE_RATE_HZ:g} Hz, got {rate_hz}")
    n_samples = round(schedule.duration_s * rate_hz)
    directions = beats.atrial_directions
    if schedule.atrial_waves is None:
        signal = np.zeros((len(INDEPENDENT_LEADS), n_samples), dtype=np.float32)
    else:
        signal = schedule.atrial_waves.signal(np.arange(n_samples) / rate_hz, atrial_directions=directions)
    variation = draw_variation(schedule.breathing, directions=directions, random=random)
    waves = waves or beat_waves(schedule, beats)
    _add(signal, waves.atrial, schedule.atrial_s, step=step, variation=variation, random=random)
    _add(signal, waves.ventricular, schedule.ventricular_s, step=step, variation=variation, random=random)
    if schedule.spikes_s.size:
        add_spikes(signal, schedule.spikes_s, direction=beats.spike_direction, rate_hz=rate_hz, random=random)
    return signal


def beat_waves(schedule: Schedule, beats: BeatSource) -> BeatWaves:
    """Return the waves that a schedule calls for; the heart is asked for each but once."""
    by_kind = {kind: beats.atrial_wave(kind) for kind in sorted(set(schedule.atrial_kinds))}
    keys = list(zip(schedule.ventricular_kinds, qt_interval_classes(schedule.rr_s).tolist(), strict=True))
    by_key = {(kind, rr_s): beats.ventricular_wave(kind, rr_ms=1000 * rr_s) for kind, rr_s in sorted(set(keys))}
    return BeatWaves(tuple(by_kind[kind] for kind in schedule.atrial_kinds), tuple(by_key[key] for key in keys))


def qt_interval_classes(rr_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return float64 (beat,), seconds: the interval to which each beat's QT has adapted, in a few classes.

    QT follows the mean of many intervals, and the last one a little (Franz et al. 1988, doi:10.1172/JCI113706).

    Examples
    --------
    >>> qt_interval_classes(np.array([1.0, 1.02, 0.5, 1.48])).round(2).tolist()
    [1.0, 1.0, 0.92, 1.07]
    """
    parameters = section("qt_adaptation")
    if rr_s.size == 0:
        return rr_s
    mean_s = rr_s.sum() / rr_s.size
    deviation = parameters["share_of_last_interval"] * (rr_s / mean_s - 1)
    classes = np.rint(deviation / parameters["class_width_share"])
    if not classes.any():  # the rule in sinus rhythm
        return np.full(rr_s.size, mean_s)
    _, members, sizes = np.unique(classes, return_inverse=True, return_counts=True)
    means = np.bincount(members, weights=deviation) / sizes
    return np.asarray(mean_s * (1 + means[members]))


def _add(
    signal: Floats,
    waves: Sequence[Waveform],
    onsets_s: NDArray[np.float64],
    *,
    step: int,
    variation: Variation,
    random: np.random.Generator,
) -> None:
    """Add one wave per onset, each turned and scaled in its own way."""
    changes = variation.changes(onsets_s, random=random)
    firsts: dict[int, int] = {}  # the first sample that a beat reaches
    alike: dict[tuple[int, int], list[int]] = {}  # beats of one wave that are sampled at the same instants
    n_samples = signal.shape[1]
    for beat, (wave, onset_s) in enumerate(zip(waves, onsets_s.tolist(), strict=True)):
        start = round(onset_s * WAVE_RATE_HZ - wave.onset_ms)  # of the wave's first sample, at 1,000 Hz
        first = -(-start // step)
        if first < n_samples and start + wave.samples.shape[1] > 0:
            firsts[beat] = first
            alike.setdefault((id(wave), first * step - start), []).append(beat)
    turned: dict[int, Floats] = {}
    for (_, phase), members in alike.items():
        piece = np.ascontiguousarray(waves[members[0]].samples[:, phase::step])
        turned.update(zip(members, np.matmul(changes[members], piece), strict=True))
    for beat, first in firsts.items():
        whole, from_ = turned[beat], max(first, 0)
        to = signal[:, from_ : first + whole.shape[1]]
        to += whole if to.shape == whole.shape else whole[:, from_ - first : from_ - first + to.shape[1]]
