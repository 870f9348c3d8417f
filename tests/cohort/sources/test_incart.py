"""INCART: whose record it is, what is to be seen in it, and which words are not understood."""

from __future__ import annotations

import pytest

from einthoven.cohort.sources.incart import Incart
from einthoven.errors import CohortError
from fakes.incart_folder import make_incart
from fakes.wfdb_files import write_wfdb


@pytest.mark.parametrize("in_headers", [True, False])
def test_persons_come_from_headers_or_from_the_owners_list(tmp_path, in_headers):
    """Two records of patient 1 stay together in a split."""
    data = make_incart(tmp_path, patients_in_headers=in_headers).load()
    assert data.columns["patient_id"] == ["1", "1", "5", "30"]
    assert data.columns["age_years"] == [65.0, 65.0, 68.0, 39.0]
    assert data.columns["sex"] == ["F", "F", "M", "M"]


def test_a_record_of_nobody_is_refused(tmp_path):
    """Both places are named."""
    source = make_incart(tmp_path, patients_in_headers=False)
    (tmp_path / "files-patients-diagnoses.txt").unlink()
    with pytest.raises(CohortError, match=r"I01\.hea has no comment 'patient N', and files-patients-diagnoses\.txt"):
        source.load()


def test_words_become_findings(tmp_path):
    """A couplet is an extra beat, Wenckebach a block; beats not named were looked for, infarctions were not."""
    names = ("premature_ventricular_complex", "ventricular_couplet", "mobitz_1_av_block", "premature_atrial_complex")
    data = make_incart(tmp_path).load((*names, "old_infarction", "sinus_rhythm"))
    assert data.columns["y.premature_ventricular_complex"] == [1.0, 1.0, 0.0, 0.0]
    assert data.columns["y.ventricular_couplet"] == [0.0, 1.0, 0.0, 0.0]
    assert data.columns["y.mobitz_1_av_block"] == [0.0, 0.0, 1.0, 0.0]
    assert data.columns["y.premature_atrial_complex"] == [0.0, 0.0, 0.0, 1.0]
    assert data.columns["y.old_infarction"] == [None, None, None, 1.0]
    assert set(data.columns["y.sinus_rhythm"]) == {None}


# combinations of words that the owners' page and headers use
@pytest.mark.parametrize(
    ("seen", "concepts"),
    [
        ("SVEBs, couplets,  paroxysmal supraventricular tachycardia with aberrated QRS", {"aberrant_conduction"}),
        ("paroxysmal supraventricular tachycardia", {"paroxysmal_supraventricular_tachycardia"}),
        ("supraventricular couplets", {"premature_atrial_complex"}),
        ("paroxysmal VT", {"paroxysmal_ventricular_tachycardia"}),
        ("ventricular bigeminy, trigeminy", {"ventricular_bigeminy", "trigeminy"}),
        ("right bundle branch block, polymorphic PVCs", {"right_bundle_branch_block", "premature_ventricular_complex"}),
        ("PVCs on bradycardia", {"premature_ventricular_complex", "bradycardia"}),
        ("APCs, blocked APCs", {"blocked_premature_atrial_complex"}),
    ],
)
def test_combined_words_are_taken_apart(tmp_path, seen, concepts):
    """Commas, and the words that join them; supraventricular is not ventricular."""
    write_wfdb(tmp_path, "I01", comments=["<age>: 50 <sex>: M ", " patient 1", f" {seen}"])
    data = Incart(str(tmp_path)).load((*sorted(concepts), "ventricular_couplet"))
    assert all(data.columns[f"y.{concept}"] == [1.0] for concept in concepts)
    assert data.columns["y.ventricular_couplet"] == [0.0]
    assert data.dropped is None


def test_new_words_are_told(tmp_path):
    """With the record that they stand in."""
    data = make_incart(tmp_path).load()
    assert data.dropped.select("row", "value").rows() == [(4, "something new")]
