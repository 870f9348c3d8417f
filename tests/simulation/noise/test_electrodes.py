"""Leads are differences of electrodes; exchanged or missing electrodes do what textbooks say."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.errors import SpecificationError
from einthoven.simulation.noise.electrodes import ELECTRODES, LEADS_FROM_ELECTRODES, in_places, rewired

LEADS = np.array([0.6, 1.0, -0.8, -0.5, 0.2, 0.9, 1.1, 0.8])


def _limb_leads(leads: np.ndarray) -> dict[str, float]:
    one, two = leads[:2]
    augmented = {"aVR": -(one + two) / 2, "aVL": one - two / 2, "aVF": two - one / 2}
    return {"I": one, "II": two, "III": two - one, **augmented}


def test_nothing_exchanged_changes_nothing():
    np.testing.assert_allclose(rewired(None, None), np.eye(8), atol=1e-6)


def test_exchanged_arms_turn_lead_i_over_and_exchange_ii_with_iii_and_avr_with_avl():
    before, after = _limb_leads(LEADS), _limb_leads(rewired(("RA", "LA"), None) @ LEADS)
    assert after["I"] == pytest.approx(-before["I"], abs=1e-6)
    assert after["II"] == pytest.approx(before["III"], abs=1e-6)
    assert after["aVR"] == pytest.approx(before["aVL"], abs=1e-6)
    assert after["aVF"] == pytest.approx(before["aVF"], abs=1e-6)


def test_exchanged_left_arm_and_leg_exchange_i_with_ii_and_turn_iii_over():
    before, after = _limb_leads(LEADS), _limb_leads(rewired(("LA", "LL"), None) @ LEADS)
    assert after["I"] == pytest.approx(before["II"], abs=1e-6)
    assert after["III"] == pytest.approx(-before["III"], abs=1e-6)


def test_exchanged_limbs_leave_the_chest_leads_alone():
    np.testing.assert_allclose((rewired(("RA", "LA"), None) @ LEADS)[2:], LEADS[2:], atol=1e-6)


def test_exchanged_chest_electrodes_exchange_their_leads():
    after = rewired(("C1", "C2"), None) @ LEADS
    np.testing.assert_allclose(after, LEADS[[0, 1, 3, 2, 4, 5, 6, 7]], atol=1e-6)


def test_a_chest_electrode_that_is_off_leaves_its_lead_flat_and_the_others_as_they_are():
    after = rewired(None, "C4") @ LEADS
    assert after[5] == pytest.approx(0, abs=1e-6)
    np.testing.assert_allclose(np.delete(after, 5), np.delete(LEADS, 5), atol=1e-6)


def test_noise_at_the_right_arm_is_in_both_limb_leads_and_a_third_of_it_in_every_chest_lead():
    column = LEADS_FROM_ELECTRODES[:, ELECTRODES.index("RA")]
    np.testing.assert_allclose(column, [-1, -1, *[-1 / 3] * 6])


def test_what_electrodes_pick_up_has_the_sizes_asked_for_and_no_part_in_wilson_s_terminal():
    levels = np.arange(1, 10, dtype=np.float32)
    covariance = in_places(levels, shared=0.5) @ in_places(levels, shared=0.5).T
    np.testing.assert_allclose(np.sqrt(np.diag(covariance))[3:], levels[3:], rtol=1e-5)
    np.testing.assert_allclose(in_places(levels, shared=0.5)[:3].sum(axis=0), 0, atol=1e-5)
    lead_i = LEADS_FROM_ELECTRODES[0]
    assert lead_i @ covariance @ lead_i == pytest.approx(1**2 + 2**2, rel=1e-5)


def test_chest_electrodes_share_the_more_the_nearer_they_are():
    weights = in_places(np.ones(9, dtype=np.float32), shared=0.5)
    shared = (weights @ weights.T)[3, 3:]
    assert (np.diff(shared) < 0).all()
    assert shared[-1] < 0.1


def test_an_unknown_electrode_is_refused():
    with pytest.raises(SpecificationError, match=r"electrodes are RA, LA, LL.*got V1"):
        rewired(("V1", "C2"), None)
