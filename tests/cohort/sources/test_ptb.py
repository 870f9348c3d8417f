"""PTB: whose ECG it is, why the person came, and where the infarction was."""

from __future__ import annotations

from datetime import datetime

import pytest

from einthoven.cohort.sources.ptb import Ptb
from einthoven.ecg.formats import read
from einthoven.errors import CohortError
from fakes.ptb_folder import make_ptb, make_ptb_of_challenge, write_history


def test_patients_are_folders_and_times_are_dates(tmp_path):
    """Two recordings of patient001 stay together in a split; the hour is unknown."""
    data = make_ptb(tmp_path).load()
    assert data.columns["patient_id"][:3] == ["patient001", "patient001", "patient002"]
    assert data.flow[0].records == 6
    assert data.flow[0].patients == 5
    assert data.columns["ecg_time"][0] == datetime(1990, 10, 1)  # noqa: DTZ001 - the owners give no zone
    assert data.date_only == {"ecgs"}


def test_reasons_for_admission_are_labels(tmp_path):
    """All twelve as a set; a person without a reason is unknown."""
    data = make_ptb(tmp_path).load("admission")
    assert len(data.labels) == 12
    assert data.columns["y.admission_myocardial_infarction"] == [1.0, 1.0, 1.0, 0.0, 0.0, None]
    assert data.columns["y.admission_heart_failure"] == [0.0, 0.0, 0.0, 1.0, 0.0, None]


def test_infarctions_have_walls_and_ages(tmp_path):
    """The owners' misspelt "infero-latera" is inferior and lateral."""
    data = make_ptb(tmp_path).load(("inferior_infarction", "septal_infarction", "acute_infarction", "old_infarction"))
    assert data.columns["y.inferior_infarction"] == [1.0, 1.0, 0.0, 0.0, 0.0, None]
    assert data.columns["y.septal_infarction"] == [0.0, 0.0, 1.0, 0.0, 0.0, None]
    assert data.columns["y.acute_infarction"] == [1.0, 1.0, 0.0, 0.0, 0.0, None]
    assert data.columns["y.old_infarction"] == [0.0, 0.0, 1.0, 0.0, 0.0, None]


def test_an_infarction_of_no_known_place_leaves_places_open(tmp_path):
    """There is one: where, nobody wrote."""
    write_history(tmp_path, "patient9/s0001_re", reason="Myocardial infarction", acute="n/a", former="n/a")
    data = Ptb(str(tmp_path)).load(("infarction", "inferior_infarction"))
    assert data.columns["y.infarction"] == [1.0]
    assert data.columns["y.inferior_infarction"] == [None]
    assert data.columns["u.inferior_infarction"] == [True]


def test_findings_that_nobody_described_are_unknown(tmp_path):
    """A clinical history is no reading of the ECG."""
    assert set(make_ptb(tmp_path).load(("left_bundle_branch_block",)).columns["y.left_bundle_branch_block"]) == {None}


def test_a_word_that_is_no_wall_is_told(tmp_path):
    """With its record."""
    write_history(tmp_path, "patient9/s0001_re", reason="Myocardial infarction", acute="somewhere", former="no")
    data = Ptb(str(tmp_path)).load(())
    assert data.dropped["value"].to_list() == ["somewhere"]
    assert data.dropped["reason"][0].startswith("s0001_re: ")


def test_a_record_in_no_folder_of_a_patient_is_refused(tmp_path):
    """Several are of one person: without the folder nobody knows which."""
    write_history(tmp_path, "all/s0001_re", reason="n/a", acute="n/a", former="n/a")
    with pytest.raises(CohortError, match="in no folder patientNNN"):
        Ptb(str(tmp_path)).load(())


def test_the_copy_of_the_challenge_has_codes(tmp_path):
    """Labels of findings, and each ECG a patient."""
    data = make_ptb_of_challenge(tmp_path).load(("atrial_fibrillation",))
    assert data.columns["y.atrial_fibrillation"] == [1.0, 0.0, 0.0]
    assert data.columns["patient_id"] == ["S0001", "S0002", "S0003"]


@pytest.mark.real_data
def test_real_records_of_both_releases(real_data, tmp_path):
    """One of the original, put where its owners have it, and three of the challenge; all at 1,000 Hz."""
    (tmp_path / "patient001").mkdir()
    for file in (real_data / "formats" / "wfdb").glob("s0010_re.*"):
        (tmp_path / "patient001" / file.name).symlink_to(file)
    original = Ptb(str(tmp_path)).load(("admission_myocardial_infarction", "lateral_infarction"))
    assert original.columns["y.admission_myocardial_infarction"] == original.columns["y.lateral_infarction"] == [1.0]
    assert (original.columns["age_years"], original.columns["sex"]) == ([81.0], ["F"])
    challenge = Ptb(str(real_data / "multi_source" / "PTB_PTBXL")).load()
    assert challenge.columns["record_id"] == ["S0001", "S0002", "S0003"]
    for data in (original, challenge):
        record = read(data.locations[0])
        assert (record.signal.shape[0], record.sampling_rate_hz) == (12, 1000.0)
