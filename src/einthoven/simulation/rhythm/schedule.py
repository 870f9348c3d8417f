"""What the chambers of a heart do and when: the rhythm of one record, before any wave is drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from einthoven.errors import SpecificationError
from einthoven.simulation.clinical_state import ClinicalState
from einthoven.simulation.rhythm.activations import AtrialActivations, VentricularActivations
from einthoven.simulation.rhythm.breathing import Breathing, draw_breathing
from einthoven.simulation.rhythm.ectopy import draw_focus, time_per_beat, with_ventricular_ectopy
from einthoven.simulation.rhythm.fibrillation import fibrillation_intervals
from einthoven.simulation.rhythm.fibrillatory_waves import FibrillatoryWaves, draw_fibrillatory_waves
from einthoven.simulation.rhythm.flutter import FlutterWaves, draw_flutter, flutter_beats
from einthoven.simulation.rhythm.parameters import bounded_normal, section
from einthoven.simulation.rhythm.sinus_rhythm import BothChambers, sinus_rhythm
from einthoven.simulation.waveform import AtrialKind, VentricularKind

__all__ = ["Schedule", "schedule"]

_BEFORE_S, _AFTER_S = 2.5, 0.5
"""Beats are made from so long before the first sample, so that it falls anywhere in a cycle and the T wave of a beat
before it is there, to so long after the last."""

_LOWEST_BPM, _HIGHEST_BPM = 15.0, 320.0


@dataclass(frozen=True, slots=True, eq=False)
class Schedule:
    """The rhythm of one record; times in seconds from its first sample, from before it to after its end.

    Attributes
    ----------
    duration_s : float
    atrial_s : float64 (activation,)
        Onsets of P, ascending; none in fibrillation and flutter.
    atrial_kinds : tuple of AtrialKind
    ventricular_s : float64 (beat,)
        Onsets of QRS, ascending.
    ventricular_kinds : tuple of VentricularKind
    rr_s : float64 (beat,)
        Interval before each beat; that of the first is taken to be the second's.
    spikes_s : float64 (spike,)
        Of a pacemaker, before QRS and, in some, before P.
    breathing : Breathing
    atrial_waves : FibrillatoryWaves or FlutterWaves, optional
    """

    duration_s: float
    atrial_s: NDArray[np.float64]
    atrial_kinds: tuple[AtrialKind, ...]
    ventricular_s: NDArray[np.float64]
    ventricular_kinds: tuple[VentricularKind, ...]
    rr_s: NDArray[np.float64]
    spikes_s: NDArray[np.float64]
    breathing: Breathing
    atrial_waves: FibrillatoryWaves | FlutterWaves | None = None


def schedule(state: ClinicalState, *, duration_s: float, random: np.random.Generator) -> Schedule:
    """Return a rhythm of ``duration_s`` that the state allows.

    A pacemaker (``conduction`` is ``paced``) overcomes any block; in fibrillation and flutter it paces regularly.
    In complete block escape beats set the ventricles' rate, which is brought between 25 and 58 a minute.

    Raises
    ------
    SpecificationError
        When the duration is no positive number, or the heart rate lies outside 15 to 320 per minute.
    """
    if not 0 < duration_s < math.inf:
        raise SpecificationError(f"duration_s must be a positive number of seconds, got {duration_s}")
    if not _LOWEST_BPM <= state.heart_rate_bpm <= _HIGHEST_BPM:
        raise SpecificationError(
            f"heart_rate_bpm must lie in {_LOWEST_BPM:g} to {_HIGHEST_BPM:g}, got {state.heart_rate_bpm}"
        )
    made = _Making(state, -_BEFORE_S, duration_s + _AFTER_S, draw_breathing(random), random)
    if state.rhythm == "fibrillation":
        waves = draw_fibrillatory_waves(duration_s=duration_s, random=random)
        return made.schedule(BothChambers(AtrialActivations(), made.fibrillation_beats()), waves)
    if state.rhythm == "flutter":
        flutter = draw_flutter(state.heart_rate_bpm, duration_s=duration_s, random=random)
        return made.schedule(BothChambers(AtrialActivations(), made.flutter_beats(flutter)), flutter)
    return made.schedule(made.sinus_beats(), None)


@dataclass(frozen=True, slots=True)
class _Making:
    """What all rhythms of one record are made from."""

    state: ClinicalState
    start_s: float
    stop_s: float
    breathing: Breathing
    random: np.random.Generator

    @property
    def paced(self) -> bool:
        return self.state.conduction == "paced"

    @property
    def complete(self) -> bool:
        return self.state.av_block == "complete" and not self.paced

    def schedule(self, chambers: BothChambers, waves: FibrillatoryWaves | FlutterWaves | None) -> Schedule:
        """Return the schedule; each beat that the pacemaker makes has a spike."""
        atria, ventricles = chambers.atria, chambers.ventricles
        ventricular_s = np.array(ventricles.times_s)
        rr_s = np.empty(ventricular_s.size)
        np.subtract(ventricular_s[1:], ventricular_s[:-1], out=rr_s[1:])
        rr_s[:1] = rr_s[1] if rr_s.size > 1 else 60 / self.state.heart_rate_bpm
        return Schedule(
            duration_s=self.stop_s - _AFTER_S,
            atrial_s=np.array(atria.times_s),
            atrial_kinds=tuple(atria.kinds),
            ventricular_s=ventricular_s,
            ventricular_kinds=tuple(ventricles.kinds),
            rr_s=rr_s,
            spikes_s=np.array(sorted(self._spikes_s(chambers)) if self.paced else [], dtype=np.float64),
            breathing=self.breathing,
            atrial_waves=waves,
        )

    def _spikes_s(self, chambers: BothChambers) -> list[float]:
        beats = zip(chambers.ventricles.times_s, chambers.ventricles.kinds, strict=True)
        return [*(time_s for time_s, kind in beats if kind == "conducted"), *chambers.atrial_spikes_s()]

    def sinus_beats(self) -> BothChambers:
        """Return sinus rhythm, with beats of their own for ventricles that can't follow."""
        if self.complete:
            atrial_bpm = bounded_normal(section("complete_block")["atrial_bpm"], random=self.random)
            return BothChambers(self._sinus(self.state, atrial_bpm=atrial_bpm).atria, self.escape_beats())
        pacing = section("pacing")
        if not self.paced:
            return self._sinus(self.state)
        if self.random.random() < pacing["follows_p_share"]:
            followed = self._sinus(replace(self.state, av_block="none"))
            return replace(followed, atria_paced=bool(self.random.random() < pacing["atrial_share"]))
        atrial_bpm = self.state.heart_rate_bpm + bounded_normal(pacing["atrial_bpm_apart"], random=self.random)
        apart = replace(self.state, av_block="complete")
        return BothChambers(self._sinus(apart, atrial_bpm=atrial_bpm).atria, self.paced_beats())

    def _sinus(self, state: ClinicalState, *, atrial_bpm: float | None = None) -> BothChambers:
        return sinus_rhythm(
            state,
            start_s=self.start_s,
            stop_s=self.stop_s,
            breathing=self.breathing,
            random=self.random,
            atrial_bpm=atrial_bpm,
        )

    def fibrillation_beats(self) -> VentricularActivations:
        """Return irregular beats; regular ones where a pacemaker or an escape rhythm makes them."""
        if self.paced:
            return self.paced_beats()
        if self.complete:
            return self.escape_beats()
        mean_s = 60 / self.state.heart_rate_bpm
        n = int((self.stop_s - self.start_s) / mean_s * 1.5) + 10
        intervals = fibrillation_intervals(mean_s, n=n, random=self.random)
        return self._with_ectopy(intervals, kind="conducted")

    def flutter_beats(self, waves: FlutterWaves) -> VentricularActivations:
        """Return beats in step with the flutter; regular ones where a pacemaker or an escape rhythm makes them."""
        if self.paced:
            return self.paced_beats()
        if self.complete:
            return self.escape_beats()
        beats = flutter_beats(waves, start_s=self.start_s, stop_s=self.stop_s, random=self.random)
        focus = draw_focus(section("ventricular_ectopy"), share=self.state.ventricular_ectopy, random=self.random)
        mean_s = 60 / self.state.heart_rate_bpm
        return with_ventricular_ectopy(beats, focus, mean_s=mean_s, locked=True, random=self.random)

    def escape_beats(self) -> VentricularActivations:
        """Return the beats of a focus below the block."""
        parameters = section("complete_block")
        bpm = min(max(self.state.heart_rate_bpm, parameters["escape_bpm"]["low"]), parameters["escape_bpm"]["high"])
        return self._regular(60 / bpm, jitter_s=parameters["escape_jitter_share"] * 60 / bpm, kind="escape")

    def paced_beats(self) -> VentricularActivations:
        """Return the beats of a ventricular pacemaker that follows no P wave."""
        jitter_s = section("pacing")["jitter_ms"] / 1000
        return self._regular(60 / self.state.heart_rate_bpm, jitter_s=jitter_s, kind="conducted")

    def _regular(self, mean_s: float, *, jitter_s: float, kind: VentricularKind) -> VentricularActivations:
        n = int((self.stop_s - self.start_s) / mean_s) + 5
        return self._with_ectopy(mean_s + jitter_s * self.random.standard_normal(n), kind=kind)

    def _with_ectopy(self, intervals: NDArray[np.float64], *, kind: VentricularKind) -> VentricularActivations:
        """Return beats at these intervals, the first anywhere in its interval, premature ones among them.

        Intervals are stretched by the time that premature beats save, but for those of a pacemaker.
        """
        share = self.state.ventricular_ectopy
        focus = draw_focus(section("ventricular_ectopy"), share=share, random=self.random)
        if not self.paced:
            intervals = intervals / time_per_beat(focus, share=share)
        times_s = self.start_s - float(self.random.random()) * intervals[0] + np.cumsum(intervals)
        times_s = times_s[times_s < self.stop_s]
        beats = VentricularActivations(times_s.tolist(), [kind] * len(times_s))
        mean_s = float(intervals.mean())
        return with_ventricular_ectopy(beats, focus, mean_s=mean_s, locked=False, random=self.random)
