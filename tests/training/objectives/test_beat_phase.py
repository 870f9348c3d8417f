"""Which beats are around a moment."""

from __future__ import annotations

import torch

from einthoven.training.objectives.beat_phase import beat_phase, neighbouring_beats
from einthoven.training.objectives.r_peaks import RPeaks

PEAKS = RPeaks(
    torch.tensor([[2.0, 6.0, 0.0], [0.0, 0.0, 0.0], [1.0, 3.0, 4.0]]),
    torch.tensor([[True, True, False], [False, False, False], [True, True, True]]),
)


def test_the_last_and_the_following_beat_are_found():
    """A moment on a beat belongs to it; without beats both are infinitely far."""
    last, following = neighbouring_beats(PEAKS, torch.tensor([0.0, 2.0, 3.5, 9.0]))
    inf = float("inf")
    assert last.tolist() == [[-inf, 2, 2, 6], [-inf] * 4, [-inf, 1, 3, 4]]
    assert following.tolist() == [[2, 6, 6, inf], [inf] * 4, [1, 3, 4, inf]]


def test_the_phase_is_known_between_beats_alone():
    """Neither before the first nor behind the last beat."""
    phase = beat_phase(PEAKS, torch.tensor([0.0, 3.0, 6.5]))
    assert phase.isnan().tolist() == [[True, False, True], [True] * 3, [True, False, True]]
    assert phase[0, 1] == 0.25
    assert phase[2, 1] == 0
