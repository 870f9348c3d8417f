"""Premature beats: from where, how early, and what pause follows (Issa, Miller, Zipes 2019).

An atrial one resets the sinus node, so the pause is less than compensatory. A ventricular one enters the AV node from
below, so the next sinus impulse is lost and the pause is compensatory; rarely it captures the atria.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from einthoven.simulation.rhythm.activations import VentricularActivations
from einthoven.simulation.rhythm.parameters import bounded_normal, section

__all__ = ["Focus", "draw_focus", "time_per_beat", "with_ventricular_ectopy"]


@dataclass(frozen=True, slots=True)
class Focus:
    """Where premature beats come from.

    Attributes
    ----------
    chance : float in [0, 1]
        That a usual beat is followed by a premature one.
    coupling_share, coupling_jitter_share : float
        Interval before the premature beat over the mean interval, and its SD.
    least_coupling_s : float
    """

    chance: float
    coupling_share: float
    coupling_jitter_share: float
    least_coupling_s: float

    def fires(self, random: np.random.Generator) -> bool:
        """Say whether the beat that has just been is followed by a premature one."""
        return self.chance > 0 and float(random.random()) < self.chance

    def coupling_s(self, mean_s: float, *, random: np.random.Generator) -> float:
        """Return the interval from the beat before."""
        share = self.coupling_share + self.coupling_jitter_share * float(random.standard_normal())
        return max(share * mean_s, self.least_coupling_s)


def draw_focus(parameters: dict[str, Any], *, share: float, random: np.random.Generator) -> Focus:
    """Return a focus whose beats make up ``share`` in [0, 0.5] of all; one half is bigeminy."""
    return Focus(
        chance=min(share / (1 - share), 1.0),  # of the usual beats, each of which may be followed by one
        coupling_share=bounded_normal(parameters["coupling_share"], random=random),
        coupling_jitter_share=parameters["coupling_jitter_share"],
        least_coupling_s=parameters.get("least_coupling_s", 0.0),
    )


def time_per_beat(focus: Focus, *, share: float) -> float:
    """Return the mean time per beat, in mean intervals, where a pause but no lost beat follows a premature one."""
    pause_share = section("ventricular_ectopy")["pause_after_share"]
    return float(1 - 2 * share + share * (focus.coupling_share + pause_share))


def with_ventricular_ectopy(
    beats: VentricularActivations, focus: Focus, *, mean_s: float, locked: bool, random: np.random.Generator
) -> VentricularActivations:
    """Return the beats with premature ones among them, where no sinus node keeps time.

    ``locked`` beats follow atria in flutter: those that come too soon after a premature one are lost. Others
    (fibrillation, escape beats, a pacemaker) begin anew after it.
    """
    if focus.chance <= 0:
        return beats
    pause_share = section("ventricular_ectopy")["pause_after_share"]
    merged = VentricularActivations()
    shift = 0.0
    pause_until_s = -np.inf
    for index, (time_s, kind) in enumerate(zip(beats.times_s, beats.kinds, strict=True)):
        if time_s + shift < pause_until_s:
            if locked:
                continue
            shift = pause_until_s - time_s
        merged.add(time_s + shift, kind)
        if index + 1 < len(beats.times_s) and focus.fires(random):
            premature_s = time_s + shift + focus.coupling_s(mean_s, random=random)
            if premature_s < beats.times_s[index + 1] + shift:
                merged.add(premature_s, "ectopic")
                pause_until_s = premature_s + (pause_share * mean_s if not locked else 0.5 * mean_s)
    return merged
