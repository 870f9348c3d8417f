"""UK Biobank: ECGs by the names of their files, all else from columns that the study file maps."""

from __future__ import annotations

import dataclasses
import shutil

import pytest

from einthoven.cohort.sources.uk_biobank import UkBiobank
from einthoven.ecg.formats import read
from einthoven.errors import CohortError
from fakes.uk_biobank_folder import make_uk_biobank


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """Return a small folder's settings."""
    return make_uk_biobank(tmp_path_factory.mktemp("ukb"))


def test_each_ecg_has_the_values_of_its_own_visit(source):
    """The first participant came twice, seven years apart."""
    columns = source.load().columns
    assert columns["record_id"][:2] == ["1000011_20205_2_0", "1000011_20205_3_0"]
    assert columns["age_years"] == [61.0, 68.0, 55.0, 47.0]
    assert columns["covariate.bmi"] == [24.5, 25.5, 31.0, None]
    assert columns["sex"] == ["F", "F", "M", "F"]
    assert str(columns["ecg_time"][1]) == "2022-05-03 00:00:00"
    assert source.load().date_only == {"ecgs"}


def test_the_withdrawn_and_the_unlisted_are_left_out_and_counted(source):
    """UK Biobank sends lists of participants who withdrew."""
    assert [(step.label, step.records) for step in source.load().flow] == [
        ("ECGs of field 20205", 6),
        ("withdrew since", 1),
        ("not in participants.csv", 1),
    ]


def test_what_happened_after_each_ecg_is_counted_from_its_day(source):
    """Fibrillation between the two visits: an event after the first, and no first one after the second."""
    data = source.load()
    assert data.columns["event.atrial_fibrillation"] == [True, None, False, None]
    assert data.columns["event_days.atrial_fibrillation"] == [1342.0, None, 1341.0, None]
    assert data.columns["event.death"] == [False, False, True, None]
    assert "1 ECGs were taken after the patient's atrial_fibrillation" in " ".join(data.dropped["reason"])
    undated = dataclasses.replace(source, columns={"patient_id": "eid"})
    with pytest.raises(CohortError, match=r"events need the day of the ECG: map data\.\*\.columns\.ecg_time"):
        undated.load()


def test_labels_are_columns_under_their_own_or_a_mapped_name(source):
    """A column that several studies use needs mapping once."""
    mapped = dataclasses.replace(source, columns=source.columns | {"high_pressure": "hypertension"})
    data = mapped.load(("high_pressure",), ("hypertension",))
    assert data.columns["y.high_pressure"] == data.columns["y.hypertension"] == [1.0, 1.0, 0.0, None]
    assert (data.labels, data.auxiliary) == (("high_pressure",), ("hypertension",))
    with pytest.raises(CohortError, match="no column 'hypertenson'; did you mean 'hypertension'"):
        source.load(("hypertenson",))


def test_a_misspelt_cohort_column_is_named(source):
    """It would be taken for a label that nobody asks for otherwise."""
    wrong = dataclasses.replace(source, columns={"patient_id": "eid", "age_year": "p21003_i2"})
    with pytest.raises(CohortError, match="'age_year', which is no column of a cohort; did you mean 'age_years'"):
        wrong.load()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("1000022,1,55,", "1000022,1,old,", r"participants\.csv, line 3: column 'p21003_i2' holds 'old'"),
        (",2020-02-02,", ",soon,", r"participants\.csv, line 3: column 'p40000_i0' holds 'soon'"),
    ],
)
def test_a_cell_that_can_not_be_read_is_named(source, tmp_path, old, new, message):
    """By the line of the table, whatever the order of the ECGs."""
    shutil.copytree(source.path, tmp_path / "all")
    table = tmp_path / "all" / "participants.csv"
    table.write_text(table.read_text().replace(old, new))
    with pytest.raises(CohortError, match=message):
        dataclasses.replace(source, path=str(tmp_path / "all")).load()


def test_ecgs_are_read(source):
    """In folders within, too."""
    record = read(source.load().locations[1])
    assert record.signal.shape == (12, 5000)
    assert record.patient_id == "1000011"


def test_a_folder_without_ecgs_says_how_they_are_named(tmp_path):
    """And where they come from."""
    with pytest.raises(CohortError, match=r"holds no ECG <eid>_6025_<instance>_<array>\.xml; fetch field"):
        UkBiobank(str(tmp_path), ecg_field=6025).load()
