"""The weights that are shipped fit the features that are computed."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.border_weights import border_weights
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.wave_borders import BeatTiming, wave_searches

BORDERS = ("p_on", "p_off", "qrs_on", "qrs_off", "t_on", "t_off")


def beat():
    """Bumps where P, QRS and T of a beat are; its fiducial is sample 250."""
    samples = np.arange(601)
    waves = ((172, 11, 0.15), (250, 6, 1.0), (262, 5, -0.3), (400, 22, 0.3))
    shape = sum(height * np.exp(-0.5 * ((samples - centre) / width) ** 2) for centre, width, height in waves)
    return np.linspace(1, 0.4, 12)[:, None] * shape


@pytest.mark.parametrize("name", BORDERS)
def test_every_border_has_finite_weights_for_all_leads(name):
    weights = border_weights()[name]
    assert np.isfinite(weights.constant)
    assert np.isfinite(weights.features).all()
    assert set(weights.leads) == set(STANDARD_LEADS)
    assert np.isfinite(list(weights.leads.values())).all()


def test_there_are_as_many_weights_as_features():
    found = wave_searches(beat(), STANDARD_LEADS, BeatTiming(250, 400, 400), weights=np.ones(12, dtype=np.float32))
    for wave in ("p", "qrs", "t"):
        for border, estimates in (("on", found[wave].onset), ("off", found[wave].offset)):
            assert estimates.features.shape == (12, border_weights()[f"{wave}_{border}"].features.size)


def test_a_lead_has_its_offset_and_a_stranger_none():
    weights = border_weights()["qrs_on"]
    assert weights.offsets(("V2", "X", "I")).tolist() == [weights.leads["V2"], 0.0, weights.leads["I"]]


def test_weights_are_read_once():
    assert border_weights() is border_weights()
