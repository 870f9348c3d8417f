"""The AV node: the delay from atria to ventricles, and what it lets through.

A block of the second degree is a cycle of delays that repeats: Wenckebach's grow by ever smaller steps until an
impulse is lost, Mobitz's stay the same (Issa, Miller, Zipes 2019, chapter on atrioventricular conduction).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from einthoven.simulation.clinical_state import AvBlock
from einthoven.simulation.rhythm.parameters import bounded_normal, section

__all__ = ["AvNode", "Delays", "draw_delays", "passed_share"]

_PARAMETERS = section("av_node")
_PR_PER_RR, _REFRACTORY_S = _PARAMETERS["pr_per_rr"], _PARAMETERS["refractory_s"]
_JITTER_S, _PREMATURE_DELAY_S, _LEAST_PR_S = (
    _PARAMETERS[name] / 1000 for name in ("jitter_ms", "premature_delay_ms", "least_pr_ms")
)

Delays = tuple[float | None, ...]
"""What each impulse of a cycle waits beyond the PR interval, seconds; None where it is lost."""


@dataclass(slots=True)
class AvNode:
    """An AV node with its memory.

    Attributes
    ----------
    pr_s, mean_s : float
        PR at the mean interval between atrial activations.
    delays : Delays
    place : int
        Of the next impulse in the cycle of delays.
    blocked_until_s : float
        Impulses that would reach the ventricles before are lost.
    """

    pr_s: float
    mean_s: float
    delays: Delays
    place: int
    blocked_until_s: float = -np.inf

    def qrs_onset_s(self, time_s: float, *, interval_s: float, noise: float) -> float | None:
        """Return when the impulse of an atrial activation reaches the ventricles; None where it never does.

        ``interval_s`` is the one before the activation, ``noise`` a standard normal number.
        """
        delay = self.delays[self.place % len(self.delays)]
        self.place += 1
        if delay is None:
            return None
        longer = interval_s - self.mean_s
        pr_s = self.pr_s + delay + _PR_PER_RR * longer + _JITTER_S * noise
        earliness = max(-longer / self.mean_s - 0.15, 0.0)  # sinus arrhythmia is no prematurity
        pr_s += _PREMATURE_DELAY_S * min(2 * earliness, 1.0)
        onset_s = time_s + max(pr_s, _LEAST_PR_S)
        if onset_s < self.blocked_until_s:
            return None
        self.blocked_until_s = onset_s + _REFRACTORY_S
        return float(onset_s)


def draw_delays(av_block: AvBlock, *, heart_rate_bpm: float, random: np.random.Generator) -> Delays:
    """Return the cycle of delays of one kind of block; the ventricles will beat at ``heart_rate_bpm``."""
    if av_block == "wenckebach":
        return _wenckebach(random)
    if av_block == "mobitz":
        return _mobitz(heart_rate_bpm, random=random)
    return (None,) if av_block == "complete" else (0.0,)


def passed_share(delays: Delays) -> float:
    """Return the share of impulses that reach the ventricles."""
    return sum(delay is not None for delay in delays) / len(delays)


def _wenckebach(random: np.random.Generator) -> Delays:
    parameters = section("wenckebach")
    n_waves = int(random.choice(parameters["waves_per_cycle"], p=parameters["weights"]))
    step = bounded_normal(parameters["first_increment_ms"], random=random) / 1000
    delays = [0.0]
    for _ in range(n_waves - 2):
        delays.append(delays[-1] + step)
        step *= parameters["next_increment_ratio"]
    return (*delays, None)


def _mobitz(heart_rate_bpm: float, *, random: np.random.Generator) -> Delays:
    """Return a cycle for which the atria needn't be faster than sinus rhythm is, if there is one."""
    parameters = section("mobitz")
    n_waves = np.array(parameters["waves_per_cycle"])
    weights = np.array(parameters["weights"])
    weights = weights * (heart_rate_bpm * n_waves / (n_waves - 1) <= parameters["most_atrial_bpm"])
    n = int(random.choice(n_waves, p=weights / weights.sum()) if weights.any() else n_waves[-1])
    return (*([0.0] * (n - 1)), None)
