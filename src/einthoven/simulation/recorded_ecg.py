"""An ECG of a hospital's device with what is true of its measurements; for tables alone without its signal."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.record import Record
from einthoven.simulation.clinical_state import ClinicalState
from einthoven.simulation.devices import Device
from einthoven.simulation.ecg import EcgTruth, Identity, beats_of, ecg_of
from einthoven.simulation.heart.heart import Heart
from einthoven.simulation.heart.traits import HeartTraits
from einthoven.simulation.paper.measurements import TrueMeasurements, true_measurements
from einthoven.simulation.waveform import AtrialKind, BeatSource, VentricularKind, Waveform

__all__ = ["RecordedEcg", "record_ecg"]

DURATION_S = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class RecordedEcg:
    """One recording.

    Attributes
    ----------
    measured : TrueMeasurements
    beats : EcgTruth
    record : Record, optional
        Absent where no signal was wanted.
    """

    measured: TrueMeasurements
    beats: EcgTruth
    record: Record | None = None


class _Remembered:
    """A heart that makes each of its waves once."""

    def __init__(self, heart: BeatSource) -> None:
        self._heart = heart
        self.ventricular: dict[tuple[VentricularKind, float], Waveform] = {}
        self.atrial: dict[AtrialKind, Waveform] = {}

    def atrial_wave(self, kind: AtrialKind) -> Waveform:
        if kind not in self.atrial:
            self.atrial[kind] = self._heart.atrial_wave(kind)
        return self.atrial[kind]

    def ventricular_wave(self, kind: VentricularKind, *, rr_ms: float) -> Waveform:
        if (kind, rr_ms) not in self.ventricular:
            self.ventricular[kind, rr_ms] = self._heart.ventricular_wave(kind, rr_ms=rr_ms)
        return self.ventricular[kind, rr_ms]

    @functools.cached_property
    def atrial_directions(self) -> NDArray[np.float32]:
        return self._heart.atrial_directions

    @functools.cached_property
    def spike_direction(self) -> NDArray[np.float32]:
        return self._heart.spike_direction

    def usual_beat(self, beats: EcgTruth) -> Waveform:
        """Return the wave of the most frequent kind of beat, after the interval that is nearest to the usual one."""
        kinds = beats.qrs_kinds or tuple(kind for kind, _ in self.ventricular)
        usual = max(sorted(set(kinds)), key=kinds.count)
        rr_ms = 1000 * float(np.median(beats.rr_s)) if beats.rr_s.size else 1000.0
        asked = sorted((abs(rr - rr_ms), rr) for kind, rr in self.ventricular if kind == usual)
        return self.ventricular[usual, asked[0][1]]


def record_ecg(
    state: ClinicalState, traits: HeartTraits, device: Device, *, random: np.random.Generator, signal: bool
) -> RecordedEcg:
    """Return an ECG of ten seconds.

    Parameters
    ----------
    state : ClinicalState
    traits : HeartTraits
    device : Device
    random : numpy.random.Generator
        Of this ECG.
    signal : bool
        Whether it is composed; its beats and measurements are the same without.
    """
    heart = _Remembered(Heart(state, traits))
    if signal:
        made = ecg_of(heart, state, device, random=random, identity=Identity(""), duration_s=DURATION_S)
        return RecordedEcg(_measured(state, heart, made.truth), made.truth, made.record)
    beats = beats_of(heart, state, random=random, duration_s=DURATION_S)
    return RecordedEcg(_measured(state, heart, beats), beats)


def _measured(state: ClinicalState, heart: _Remembered, beats: EcgTruth) -> TrueMeasurements:
    rate = 60 / float(beats.rr_s.mean()) if beats.rr_s.size else state.heart_rate_bpm
    p_wave = heart.atrial_wave("sinus") if state.rhythm == "sinus" else None
    return true_measurements(state, heart.usual_beat(beats), p_wave, heart_rate_bpm=rate)
