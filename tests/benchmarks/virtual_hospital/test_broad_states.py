from __future__ import annotations

import numpy as np

from einthoven.simulation.clinical_state import ClinicalState, Infarct


def labels(script, **state):
    broad_states = script("broad_states")
    values = broad_states.labels_of(ClinicalState(age_years=60.0, sex="M", **state))
    return dict(zip(broad_states.LABELS, values, strict=True))


def test_a_healthy_heart_has_no_label(script):
    assert set(labels(script).values()) == {0.0}


def test_an_incomplete_right_block_is_no_right_block_and_one_with_a_left_anterior_block_is(script):
    assert labels(script, conduction="irbbb")["RBBB"] == 0
    assert labels(script, conduction="rbbb_lafb")["RBBB"] == 1


def test_what_lies_on_the_border_of_a_diagnosis_is_unknown(script):
    assert np.isnan(labels(script, lvh=0.15)["LVH"])
    assert np.isnan(labels(script, infarcts=(Infarct("inferior", 0.1, 100.0),))["MI"])


def test_every_label_occurs_with_and_without_every_other(script):
    broad_states = script("broad_states")
    random = np.random.default_rng(0)
    table = np.array([broad_states.labels_of(broad_states.broad_state(random)) for _ in range(3000)])
    for one in range(5):
        for other in range(5):
            if {one, other} != {1, 2} and one != other:  # a heart has one kind of block
                both = (table[:, one] == 1) & (table[:, other] == 1)
                assert both.sum() >= 10
                assert ((table[:, one] == 1) & (table[:, other] == 0)).sum() >= 10
