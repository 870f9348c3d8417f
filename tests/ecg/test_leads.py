from __future__ import annotations

import itertools

import numpy as np
import pytest

from einthoven.ecg.leads import (
    LEAD_SETS,
    LIMB_LEADS,
    STANDARD_LEADS,
    canonical_lead,
    canonical_leads,
    derive_limb_leads,
    lead_mask,
    leads_in_mask,
)
from einthoven.errors import LeadError


@pytest.mark.parametrize(
    ("name", "lead"),
    [
        ("MDC_ECG_LEAD_II", "II"),
        ("MDC_ECG_LEAD_AVR", "aVR"),
        ("AVF", "aVF"),
        ("avf", "aVF"),
        ("Lead I", "I"),
        ("Lead aVR", "aVR"),
        ("ECG Lead V3", "V3"),
        ("ECG V3", "V3"),
        ("EKG II", "II"),
        (" i ", "I"),
        ("v6", "V6"),
        ("DII", "II"),
    ],
)
def test_aliases_of_a_standard_lead_are_known(name, lead):
    assert canonical_lead(name) == lead


@pytest.mark.parametrize("name", ["MLII", "vx", "V7", "V3R", "", "II+", "-aVR", "lead", "ECG", "MCL1", "chest"])
def test_what_is_not_a_standard_lead_is_not_taken_for_one(name):
    assert canonical_lead(name) is None


def test_every_standard_lead_names_itself_in_any_case():
    for lead in STANDARD_LEADS:
        assert canonical_lead(lead) == canonical_lead(lead.upper()) == canonical_lead(lead.lower()) == lead


def test_unknown_and_doubled_names_are_refused_by_name():
    with pytest.raises(LeadError, match=r"\['V7'\] in record 7"):
        canonical_leads(["I", "V7"], where="record 7")
    with pytest.raises(LeadError, match="aVF more than once"):
        canonical_leads(["aVF", "AVF"])


def test_lead_sets_hold_what_their_names_say():
    assert [len(LEAD_SETS[name]) for name in ("12", "8", "6", "1")] == [12, 8, 6, 1]


def test_mask_and_leads_are_inverse():
    for size in (0, 1, 2, 11):
        for leads in itertools.islice(itertools.combinations(STANDARD_LEADS, size), 20):
            assert leads_in_mask(lead_mask(leads)) == leads
    assert lead_mask(["V6"]) == 1 << 11


def _twelve() -> np.ndarray:
    """Return 12 leads (float32) that obey Einthoven and Goldberger."""
    random = np.random.default_rng(3)
    one, two = random.normal(size=(2, 40))
    limbs = [one, two, two - one, -(one + two) / 2, one - two / 2, two - one / 2]
    return np.vstack([limbs, random.normal(size=(6, 40))]).astype(np.float32)


@pytest.mark.parametrize("pair", list(itertools.combinations(range(6), 2)))
def test_any_two_limb_leads_give_the_other_four(pair):
    signal = _twelve()
    complete = derive_limb_leads(signal[list(pair)], [STANDARD_LEADS[row] for row in pair])
    assert complete.leads == LIMB_LEADS
    assert set(complete.derived) == set(LIMB_LEADS) - {STANDARD_LEADS[row] for row in pair}
    np.testing.assert_allclose(complete.signal, signal[:6], atol=2e-6)
    assert complete.signal.dtype == np.float32


def test_eight_leads_become_twelve_in_canonical_order():
    signal = _twelve()
    rows = [11, 10, 9, 8, 7, 6, 1, 0]
    complete = derive_limb_leads(signal[rows], [STANDARD_LEADS[row] for row in rows])
    assert complete.leads == STANDARD_LEADS
    assert complete.derived == ("III", "aVR", "aVL", "aVF")
    np.testing.assert_allclose(complete.signal, signal, atol=1e-6)


def test_stored_leads_are_never_replaced_even_where_they_disagree():
    signal = _twelve()
    signal[2] = 7
    complete = derive_limb_leads(signal, STANDARD_LEADS)
    assert complete.derived == ()
    np.testing.assert_array_equal(complete.signal, signal)


def test_missing_samples_of_a_source_stay_missing():
    signal = _twelve()[:2]
    signal[0, 5] = np.nan
    assert np.isnan(derive_limb_leads(signal, ["I", "II"]).signal[:, 5]).tolist() == [
        True,
        False,
        True,
        True,
        True,
        True,
    ]


def test_one_limb_lead_is_not_enough():
    with pytest.raises(LeadError, match="two limb leads, got II"):
        derive_limb_leads(np.zeros((2, 5), np.float32), ["II", "V1"])
