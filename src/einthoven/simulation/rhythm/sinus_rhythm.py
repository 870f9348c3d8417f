"""Sinus rhythm: node, premature beats and AV conduction, beat after beat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from einthoven.simulation.clinical_state import ClinicalState
from einthoven.simulation.rhythm.activations import AtrialActivations, VentricularActivations
from einthoven.simulation.rhythm.av_node import AvNode, Delays, draw_delays, passed_share
from einthoven.simulation.rhythm.breathing import Breathing
from einthoven.simulation.rhythm.ectopy import Focus, draw_focus
from einthoven.simulation.rhythm.parameters import bounded_normal, section
from einthoven.simulation.rhythm.sinus import SinusNode, draw_sinus_node
from einthoven.simulation.waveform import AtrialKind

__all__ = ["BothChambers", "sinus_rhythm"]

_ATRIAL = section("atrial_ectopy")
_VENTRICULAR = section("ventricular_ectopy")


@dataclass(frozen=True, slots=True)
class BothChambers:
    """What happens in atria and ventricles; a pacemaker of both chambers has ``atria_paced``."""

    atria: AtrialActivations
    ventricles: VentricularActivations
    atria_paced: bool = False

    def atrial_spikes_s(self) -> list[float]:
        """Return when a pacemaker paces the atria, if it does: just before each P wave that isn't premature."""
        if not self.atria_paced:
            return []
        before_s = float(section("pacing")["atrial_spike_before_p_s"])
        waves = zip(self.atria.times_s, self.atria.kinds, strict=True)
        return [time_s - before_s for time_s, kind in waves if kind == "sinus"]


def sinus_rhythm(
    state: ClinicalState,
    *,
    start_s: float,
    stop_s: float,
    breathing: Breathing,
    random: np.random.Generator,
    atrial_bpm: float | None = None,
) -> BothChambers:
    """Return sinus beats and what the AV node makes of them between two times.

    Atria that the ventricles don't follow have a rate of their own, ``atrial_bpm``; in complete block there are no
    ventricular beats among what is returned.
    """
    delays = draw_delays(state.av_block, heart_rate_bpm=state.heart_rate_bpm, random=random)
    atrial_focus = draw_focus(_ATRIAL, share=state.atrial_ectopy, random=random)
    pause_share = bounded_normal(_ATRIAL["pause_share"], random=random)
    share = state.atrial_ectopy
    # premature beats take less time than others, though a pause follows
    time_per_beat = 1 - 2 * share + share * (atrial_focus.coupling_share + pause_share)
    mean_s = 60 / atrial_bpm if atrial_bpm else 60 / state.heart_rate_bpm * (passed_share(delays) or 1) / time_per_beat
    node = draw_sinus_node(
        mean_s, age_years=state.age_years, breathing=breathing, duration_s=stop_s - start_s, random=random
    )
    heart = _SinusHeart(
        node=node,
        atrial_focus=atrial_focus,
        pause_share=pause_share,
        ventricular_focus=draw_focus(_VENTRICULAR, share=state.ventricular_ectopy, random=random),
        av_node=_av_node(state.pr_ms / 1000, node, delays, random=random),
    )
    return heart.run(start_s, stop_s, random=random)


def _av_node(pr_s: float, node: SinusNode, delays: Delays, *, random: np.random.Generator) -> AvNode:
    return AvNode(pr_s=pr_s, mean_s=node.mean_s, delays=delays, place=int(random.integers(len(delays))))


@dataclass(slots=True)
class _SinusHeart:
    node: SinusNode
    atrial_focus: Focus
    pause_share: float
    ventricular_focus: Focus
    av_node: AvNode

    def run(self, start_s: float, stop_s: float, *, random: np.random.Generator) -> BothChambers:
        """Return all activations; the first falls anywhere within an interval of the start."""
        atria, ventricles = AtrialActivations(), VentricularActivations()
        time_s = start_s + float(random.random()) * self.node.mean_s
        kind: AtrialKind = "sinus"
        before_s = self.node.mean_s
        while time_s < stop_s:
            atria.add(time_s, kind)
            noise, av_noise = random.standard_normal(), random.standard_normal()
            interval_s = self.node.interval_s(time_s, noise=noise)
            qrs_s = self.av_node.qrs_onset_s(time_s, interval_s=before_s, noise=av_noise)
            captured_s = None
            following: AtrialKind = "sinus"
            if qrs_s is not None:
                ventricles.add(qrs_s, "conducted")
                captured_s = self._premature(qrs_s, time_s + interval_s, ventricles=ventricles, random=random)
            if captured_s is not None:
                atria.add(captured_s, "retrograde")
                following_s = captured_s + interval_s
            elif kind == "ectopic":
                following_s = time_s + self.pause_share * interval_s
            elif self.atrial_focus.fires(random):
                following_s, following = time_s + self.atrial_focus.coupling_s(interval_s, random=random), "ectopic"
            else:
                following_s = time_s + interval_s
            before_s, time_s, kind = following_s - time_s, following_s, following
        return BothChambers(atria, ventricles)

    def _premature(
        self, qrs_s: float, sinus_s: float, *, ventricles: VentricularActivations, random: np.random.Generator
    ) -> float | None:
        """Add a ventricular premature beat where the focus fires; return when it captures the atria, if it does."""
        if not self.ventricular_focus.fires(random):
            return None
        premature_s = qrs_s + self.ventricular_focus.coupling_s(self.node.mean_s, random=random)
        if premature_s > sinus_s + self.av_node.pr_s - 0.05:  # the next sinus beat gets there first
            return None
        ventricles.add(premature_s, "ectopic")
        self.av_node.blocked_until_s = premature_s + _VENTRICULAR["concealed_block_s"]
        captured_s = premature_s + bounded_normal(_VENTRICULAR["retrograde_delay_s"], random=random)
        captures = float(random.random()) < _VENTRICULAR["retrograde_share"] and captured_s < sinus_s
        return captured_s if captures else None
