"""MIMIC-IV-ECG: rows of the list, the machine's measurements and statements, age and sex of the hospital."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest

from einthoven.cohort.sources.mimic_iv_ecg import MimicIvEcg
from einthoven.ecg.formats import read
from einthoven.errors import CohortError
from fakes.mimic_iv_ecg_folder import make_mimic_iv_ecg


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """Return a small folder's settings."""
    return make_mimic_iv_ecg(tmp_path_factory.mktemp("mimic"))


def column(source, name, labels=""):
    return source.load(labels).columns[name][:4]


def test_measured_labels_need_no_statements(source):
    """The QRS of 160 ms is wide, the one that was not found is unknown."""
    assert column(source, "y.qrs_above_140", ("qrs_above_140",)) == [1.0, 0.0, None, None]


def test_age_follows_from_the_anchor_and_91_stands_for_all_above_89(source):
    """60 in 2150, 50 in 2149."""
    assert column(source, "age_years") == [60.0, 90.0, 51.0, 40.0]
    assert column(source, "sex") == ["F", "M", "F", "M"]


def test_nobody_knows_how_old_somebody_above_89_was_years_before(source, tmp_path):
    """With 91 in 2155, an ECG of 2150 may be one of somebody of 85 or of 95."""
    shutil.copytree(source.path, tmp_path / "all")
    (tmp_path / "all" / "hosp" / "patients.csv.gz").unlink()
    patients = "subject_id,gender,anchor_age,anchor_year,dod\n10000001,F,91,2155,\n10000002,F,91,2149,\n"
    (tmp_path / "all" / "hosp" / "patients.csv").write_text(patients)
    ages = dataclasses.replace(source, path=str(tmp_path / "all")).load().columns["age_years"]
    assert ages[:4] == [None, 90.0, None, None]


def test_without_the_hospital_nobody_knows_age_or_sex(source):
    """The ECGs themselves are still there."""
    data = dataclasses.replace(source, hospital=None).load()
    assert set(data.columns["age_years"]) == {None}
    assert set(data.columns["sex"]) == {"U"}
    assert data.events is data.diagnoses is None


def test_rows_are_those_of_the_list_whatever_the_order_of_the_measurements(source):
    """The second table is in another order."""
    data = source.load()
    assert data.columns["record_id"] == [str(40000001 + number) for number in range(8)]
    assert data.columns["path"][5] == "files/p1000/p10000002/s40000006/40000006"
    assert data.columns["group.filter"][0] == "0.005-150 Hz, 60 Hz notch"
    assert read(data.locations[5]).signal.shape == (12, 500)


def test_a_cell_that_is_no_number_is_named_by_its_line_of_the_table(source, tmp_path):
    """Though the ECGs are in another order."""
    shutil.copytree(source.path, tmp_path / "all")
    table = tmp_path / "all" / "machine_measurements.csv"
    lines = table.read_text().splitlines()
    lines[2] = lines[2].rpartition(",")[0] + ",left"
    table.write_text("\n".join(lines) + "\n")
    with pytest.raises(CohortError, match=r"machine_measurements\.csv, line 3: column 't_axis' holds 'left'"):
        dataclasses.replace(source, path=str(tmp_path / "all")).load()


def test_leads_are_read_by_name(source):
    """AVF is stored before aVL."""
    assert read(source.load().locations[0]).leads[4:6] == ("aVL", "aVF")


def test_statements_become_labels(source):
    """Each different report is read once; an ECG without a statement is unknown."""
    names = ("left_bundle_branch_block", "atrial_fibrillation", "sinus_rhythm")
    data = source.load(names)
    assert data.labels == names
    assert data.columns["y.left_bundle_branch_block"] == [1.0, 0.0, 0.0, None] * 2
    assert data.columns["y.atrial_fibrillation"] == [0.0, 1.0, 0.0, None] * 2
    assert data.columns["y.sinus_rhythm"] == [1.0, 0.0, 1.0, None] * 2
    assert not any(data.columns["u.sinus_rhythm"])


def test_missing_tables_say_how_to_go_on(source, tmp_path):
    """Where to get them, and what to set without them."""
    with pytest.raises(CohortError, match=r"has no machine_measurements\.csv .*physionet\.org/content/mimic-iv-ecg"):
        MimicIvEcg(str(tmp_path)).load()
    shutil.copy(Path(source.path, "machine_measurements.csv"), tmp_path)
    with pytest.raises(CohortError, match=r"has no record_list\.csv .*set waveforms = 'absent'"):
        MimicIvEcg(str(tmp_path)).load()
    with pytest.raises(CohortError, match=r"there is no folder .*elsewhere.*physionet\.org/content/mimiciv"):
        MimicIvEcg(str(tmp_path), hospital="elsewhere", waveforms="absent").load()


@pytest.mark.real_data
def test_real_measurements_load_without_waveforms(real_data):
    """4,119 rows of 829 patients; the column of statements holds numbers, which are no statements."""
    folder = real_data / "mimic_iv_ecg_measurements"
    data = MimicIvEcg(str(folder), measurements="measurements_sample.csv", waveforms="absent").load(("qrs_above_140",))
    assert data.flow[0].records == len(data.locations) == 4119
    assert data.flow[0].patients == 829
    assert sum(value is None for value in data.columns["covariate.heart_rate_bpm"]) == 11
    assert sum(value is None for value in data.columns["y.qrs_above_140"]) == 10
    assert 0.05 < sum(value == 1.0 for value in data.columns["y.qrs_above_140"]) / 4119 < 0.2
