"""What of a state is read in an ECG."""

from __future__ import annotations

import pytest

from einthoven.simulation.clinical_state import ClinicalState, Infarct
from einthoven.simulation.heart.findings import FINDINGS, degree_of_disease, findings_of


def state(**changes):
    return ClinicalState(age_years=70, sex="F", **changes)


def test_health_is_0_disease_1_and_slight_disease_between():
    assert degree_of_disease(state()) == 0
    assert degree_of_disease(state(conduction="lbbb")) == 1
    assert degree_of_disease(state(rhythm="fibrillation")) == 1
    assert degree_of_disease(state(infarcts=(Infarct("inferior", 0.9, 400.0),))) == 1
    assert 0 < degree_of_disease(state(lvh=0.1)) < degree_of_disease(state(lvh=0.2)) < 1


def test_a_finding_counts_as_much_as_it_is_marked():
    found = findings_of(state(conduction="rbbb_lafb", ischaemia=0.45, infarcts=(Infarct("posterior", 0.575, 400.0),)))
    assert (found["rbbb"], found["lafb"]) == (1, 1)
    assert found["ischaemia"] == found["infarct_lateral"] == pytest.approx(1)
    assert found["lvh"] == 0


def test_all_findings_of_a_narrow_qrs_have_names_that_are_known():
    every = state(conduction="lafb", rhythm="flutter", lvh=0.5, infarcts=(Infarct("anterior", 0.5, 400.0),))
    assert {name for name in findings_of(every) if name not in FINDINGS} == set()
