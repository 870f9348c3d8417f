"""Columns of labels."""

from __future__ import annotations

import pytest

from einthoven.cohort.labels.label_columns import label_columns
from einthoven.cohort.labels.label_sets import LABEL_SETS
from einthoven.errors import CohortError


def test_an_ecg_without_statements_is_unknown_and_an_unmentioned_finding_is_0():
    """Nobody read the first ECG; whoever read the second saw something else."""
    columns = label_columns([None, {"sinus_rhythm": "present"}], ("atrial_fibrillation",))
    assert columns == {"y.atrial_fibrillation": [None, 0.0], "u.atrial_fibrillation": [False, False]}


def test_an_uncertain_finding_is_unknown_and_marked():
    """What it counts as is the study's to say."""
    findings = [{"atrial_flutter": "uncertain"}, {"atrial_flutter": "absent"}]
    columns = label_columns(findings, ("atrial_flutter",))
    assert columns == {"y.atrial_flutter": [None, 0.0], "u.atrial_flutter": [True, False]}


def test_one_certain_concept_of_a_label_outweighs_doubts_about_another():
    """A ventricular escape label is made of escape and idioventricular rhythm."""
    certain = {"ventricular_escape": "uncertain", "idioventricular_rhythm": "present"}
    doubtful = {"ventricular_escape": "uncertain", "idioventricular_rhythm": "absent"}
    columns = label_columns([certain, dict(reversed(certain.items())), doubtful], ("ventricular_escape",))
    assert columns["y.ventricular_escape"] == [1.0, 1.0, None]
    assert columns["u.ventricular_escape"] == [False, False, True]


def test_measurements_decide_their_labels_even_without_statements():
    """Atrial fibrillation has no PR: unknown."""
    columns = label_columns(
        [None, {"atrial_fibrillation": "present"}],
        "einthoven46",
        measurements={"pr_ms": [210, None], "qrs_ms": [90, 150]},
        sex=["M", "F"],
    )
    assert columns["y.pr_above_200"] == [1.0, None]
    assert columns["y.qrs_above_140"] == [0.0, 1.0]
    assert columns["y.qtc_prolonged"] == [None, None]
    assert columns["y.sinus_rhythm"] == [None, 0.0]
    assert columns["u.pr_above_200"] == [False, False]


def test_each_label_has_two_columns_in_the_order_of_the_set():
    """92 columns for 46 labels."""
    names = [f"{kind}.{label.name}" for label in LABEL_SETS["einthoven46"] for kind in ("y", "u")]
    assert list(label_columns([{}], "einthoven46")) == names
    assert label_columns([], "einthoven46")["y.sinus_rhythm"] == []
    assert label_columns([{}], "") == {}


def test_an_unknown_concept_is_refused():
    """Spelling mistakes are named."""
    with pytest.raises(CohortError, match="atrial_flutter"):
        label_columns([{"atrial_fluter": "present"}], "einthoven46")


def test_codes_decide_the_labels_that_codes_define():
    """The Challenge scores a bundle branch block of unstated side beside the sided ones, not above them."""
    findings = [{"left_bundle_branch_block": "present", "bundle_branch_block": "present"}, {}, None]
    by_code = label_columns(findings, "cinc2021", codes=[["733534002"], [], None])
    by_concept = label_columns(findings, "cinc2021")
    assert by_code["y.left_bundle_branch_block"] == by_concept["y.left_bundle_branch_block"] == [1.0, 0.0, None]
    assert by_code["y.bundle_branch_block"] == [0.0, 0.0, None]
    assert by_concept["y.bundle_branch_block"] == [1.0, 0.0, None]
    with pytest.raises(CohortError, match="codes of 1 ECGs and findings of 3"):
        label_columns(findings, "cinc2021", codes=[[]])


def test_a_label_that_compares_with_an_earlier_ecg_is_always_unknown():
    """No single ECG says whether QT has lengthened."""
    columns = label_columns([{"prolonged_qt": "present"}], "ecgfounder150")
    assert columns["y.qt_has_lengthened"] == [None]
    assert columns["y.prolonged_qt"] == [1.0]
