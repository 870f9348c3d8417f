"""SPH: statements by AHA codes with modifiers, dates without hours, half-precision signals."""

from __future__ import annotations

import pytest

from einthoven.cohort.sources.sph import Sph
from einthoven.ecg.formats import read
from einthoven.errors import CohortError
from fakes.sph_folder import make_sph

LABELS = ("sinus_bradycardia", "sinus_arrhythmia", "left_ventricular_hypertrophy", "right_bundle_branch_block")


def test_codes_become_labels_and_a_doubtful_modifier_makes_unknown(tmp_path):
    """Code 22 and 23, code 142 with "possible", code 106."""
    columns = make_sph(tmp_path).load(LABELS).columns
    assert columns["y.sinus_bradycardia"][:4] == columns["y.sinus_arrhythmia"][:4] == [0.0, 1.0, 0.0, 0.0]
    assert columns["y.left_ventricular_hypertrophy"][:4] == [0.0, 0.0, None, 0.0]
    assert columns["u.left_ventricular_hypertrophy"][:4] == [False, False, True, False]


def test_times_are_dates(tmp_path):
    """Nobody knows the hour."""
    data = make_sph(tmp_path).load()
    assert data.date_only == {"ecgs"}
    assert str(data.columns["ecg_time"][0]) == "2020-03-01 00:00:00"


@pytest.mark.parametrize(("suffix", "records"), [("", "records"), (".h5", "."), (".h5", "records")])
def test_ecgs_may_lie_beside_the_table_and_be_named_with_their_suffix(tmp_path, suffix, records):
    """Copies of the data set differ in that."""
    data = make_sph(tmp_path, suffix=suffix, records=records).load()
    assert data.columns["record_id"][:2] == ["A00001", "A00002"]
    assert read(data.locations[1]).signal.shape == (12, 5500)
    assert read(data.locations[1]).unit == "mV"


def test_a_code_that_no_statement_has_is_refused(tmp_path):
    """It would count as "not there" otherwise."""
    make_sph(tmp_path)
    table = tmp_path / "metadata.csv"
    table.write_text(table.read_text().replace(",22;23,", ",22;999,"))
    with pytest.raises(CohortError, match=r"metadata\.csv: column 'AHA_Code' holds 999: no AHA statement"):
        Sph(str(tmp_path)).load(LABELS)


@pytest.mark.real_data
def test_real_files_load(real_data):
    """Nine ECGs have a row in the table; a tenth file has none."""
    data = Sph(str(real_data / "multi_source" / "SPH")).load(("sinus_bradycardia", "sinus_arrhythmia"))
    assert len(data.locations) == len(set(data.columns["patient_id"])) == 9
    assert data.columns["y.sinus_bradycardia"] == [1, 0, 0, 0, 0, 0, 0, 0, 0]
    assert [read(location).signal.shape[1] for location in data.locations][:2] == [5000, 6000]
