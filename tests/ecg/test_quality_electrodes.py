"""Einthoven's law and exchanged electrodes, on leads made from known limb potentials."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.quality_electrodes import measure_electrodes

ALL = {lead: row for row, lead in enumerate(STANDARD_LEADS)}


def leads_from(right_arm, left_arm, left_leg) -> np.ndarray:
    """Return float32 (12, sample): limb leads by definition, V6 as the left arm sees the heart."""
    mean = (right_arm + left_arm + left_leg) / 3
    limb = [left_arm - right_arm, left_leg - right_arm, left_leg - left_arm]
    limb += [1.5 * (electrode - mean) for electrode in (right_arm, left_arm, left_leg)]
    return np.array([*limb, *[left_arm - mean] * 6], dtype=np.float32)


def potentials():
    rng = np.random.default_rng(0)
    heart = np.cumsum(rng.normal(size=500))
    return -0.4 * heart, 0.4 * heart + rng.normal(size=500) / 4, 0.6 * heart + rng.normal(size=500) / 2


def test_leads_of_one_body_obey_the_law():
    numbers = measure_electrodes(leads_from(*potentials()), ALL)
    assert numbers.einthoven_error == pytest.approx(0, abs=1e-5)
    assert numbers.arm_reversal_score < -0.5
    assert numbers.lowest_limb_share > 0.15


def test_exchanged_arms_turn_the_score_over_and_obey_the_law():
    right_arm, left_arm, left_leg = potentials()
    leads = leads_from(left_arm, right_arm, left_leg)
    leads[11] = leads_from(right_arm, left_arm, left_leg)[11]
    numbers = measure_electrodes(leads, ALL)
    assert numbers.arm_reversal_score > 0.5
    assert numbers.einthoven_error == pytest.approx(0, abs=1e-5)


def test_two_electrodes_on_the_legs_leave_one_lead_flat():
    """Right arm exchanged with right leg: II lies between the legs."""
    _, left_arm, left_leg = potentials()
    assert measure_electrodes(leads_from(left_leg, left_arm, left_leg), ALL).lowest_limb_share == pytest.approx(0)


@pytest.mark.parametrize("pair", [(0, 1), (2, 3), (4, 6)])
def test_exchanged_names_break_the_law(pair):
    leads = leads_from(*potentials())
    leads[list(pair)] = leads[list(pair[::-1])]
    assert measure_electrodes(leads, ALL).einthoven_error > 0.1


def test_an_offset_breaks_nothing():
    leads = leads_from(*potentials()) + np.arange(12, dtype=np.float32)[:, np.newaxis]
    assert measure_electrodes(leads, ALL).einthoven_error == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize(
    ("present", "known"),
    [
        (("I", "II"), (False, False, False)),
        (("I", "II", "III"), (True, False, True)),
        (("aVR", "aVL", "aVF"), (True, False, False)),
        (("I", "V6"), (False, True, False)),
        (("V1",), (False, False, False)),
        ((), (False, False, False)),
    ],
)
def test_what_can_not_be_known_is_none(present, known):
    numbers = measure_electrodes(leads_from(*potentials()), {lead: ALL[lead] for lead in present})
    found = (numbers.einthoven_error, numbers.arm_reversal_score, numbers.lowest_limb_share)
    assert tuple(value is not None for value in found) == known


def test_flat_leads_give_none():
    numbers = measure_electrodes(np.zeros((12, 100), dtype=np.float32), ALL)
    assert (numbers.einthoven_error, numbers.arm_reversal_score, numbers.lowest_limb_share) == (None, None, None)
