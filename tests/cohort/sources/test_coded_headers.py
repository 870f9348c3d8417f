"""SNOMED CT codes of headers become labels; what is not understood is told."""

from __future__ import annotations

import pytest

from einthoven.cohort.sources.coded_headers import codes_of, findings_of
from einthoven.cohort.sources.georgia import Georgia
from fakes.coded_header_files import AF, PVC, RBBB, SINUS, write_coded


def test_abbreviations_of_cpsc_are_codes(tmp_path):
    """Headers of the first months of 2020 say RBBB; a leading zero is no part of a code."""
    assert codes_of(["Age: 50", "Dx: RBBB, PVC,0426783006"]) == {RBBB, PVC, SINUS}


@pytest.mark.parametrize("said", ["", "Unknown", "n/a", ","])
def test_a_header_that_says_nothing_leaves_all_labels_unknown(tmp_path, said):
    """Nobody labelled that ECG: neither 0 nor 1."""
    write_coded(tmp_path, "E1", dx=said)
    data = Georgia(str(tmp_path)).load(("atrial_fibrillation",))
    assert data.columns["y.atrial_fibrillation"] == [None]


def test_codes_mean_what_they_imply():
    """Sinus bradycardia is a sinus rhythm, too."""
    assert findings_of(frozenset({"426177001"}))["sinus_rhythm"] == "present"


def test_a_code_without_meaning_is_reported_and_the_others_count(tmp_path):
    """Row, record and code; the ECG keeps its other labels."""
    write_coded(tmp_path, "E1", dx=AF)
    write_coded(tmp_path, "E2", dx=f"{AF},12345,XYZ")
    data = Georgia(str(tmp_path)).load(("atrial_fibrillation",))
    assert data.columns["y.atrial_fibrillation"] == [1.0, 1.0]
    assert data.dropped.select("kind", "row", "column", "value").rows() == [
        ("ecgs", 2, "Dx", "12345"),
        ("ecgs", 2, "Dx", "XYZ"),
    ]
    assert data.dropped["reason"][0].startswith("E2: ")


def test_labels_of_the_challenge_follow_its_codes(tmp_path):
    """The scored classes are defined by codes: complete right bundle branch block and the unspecified one are one."""
    write_coded(tmp_path, "E1", dx="713427006")
    write_coded(tmp_path, "E2", dx=SINUS)
    data = Georgia(str(tmp_path)).load("cinc2021")
    assert len(data.labels) == 26
    positive = [[name for name in data.labels if data.columns[f"y.{name}"][row] == 1.0] for row in range(2)]
    assert [len(names) for names in positive] == [1, 1]
    assert positive[0] != positive[1]
