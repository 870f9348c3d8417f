"""CODE-15 %: both layouts, six answered findings, deaths of first ECGs, and no claim about millivolts."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from einthoven.cohort.sources.code15 import Code15
from einthoven.ecg.formats import read
from einthoven.errors import CohortError
from fakes.code15_folder import PADDING, make_code15, make_code15_files, tracing


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """Return the settings of a small folder of HDF5 files."""
    return make_code15(tmp_path_factory.mktemp("code15"))


def test_each_row_finds_its_signal_by_the_exam_id(source):
    """The files are in another order than the table, and filled up with zeros."""
    data = source.load()
    for row in (0, 3, 13):
        n_samples = 4096 - 2 * (PADDING if row % 3 else 0)
        np.testing.assert_array_equal(read(data.locations[row]).signal, tracing(row, n_samples).T)
    assert read(data.locations[0]).unit == "arbitrary"


def test_files_without_padding_are_read_as_they_are(tmp_path):
    """The other layout has one file per ECG."""
    data = make_code15_files(tmp_path).load()
    np.testing.assert_array_equal(read(data.locations[2]).signal, tracing(2, 2934).T)


def test_millivolts_are_only_claimed_when_the_study_does(source):
    """The owners write no unit."""
    data = dataclasses.replace(source, unit="mV", scale=0.5).load()
    record = read(data.locations[0])
    assert record.unit == "mV"
    assert record.signal[0, 0] == 0.5


def test_deaths_are_known_of_first_ecgs_alone(source):
    """In days: the owners count years."""
    columns = source.load().columns
    assert columns["event.death"][:4] == [True, None, False, None]
    assert columns["event_days.death"][:4] == [1.5 * 365.25, None, 3.5 * 365.25, None]


def test_labels_are_the_owners_and_those_of_findings(source):
    """What nobody looked for is unknown."""
    data = source.load(("AF", "normal_ecg", "atrial_fibrillation", "sinus_rhythm", "infarction"))
    assert data.labels == ("AF", "normal_ecg", "atrial_fibrillation", "sinus_rhythm", "infarction")
    assert data.columns["y.AF"] == data.columns["y.atrial_fibrillation"] == [0, 0, 0, 0, 0, 1, 0] * 2
    assert data.columns["y.normal_ecg"] == [0, 0, 0, 0, 0, 0, 1] * 2
    assert data.columns["y.sinus_rhythm"] == [None, None, None, 1, 1, None, None] * 2
    assert set(data.columns["y.infarction"]) == {None}


def test_an_empty_folder_says_where_to_get_the_data(tmp_path):
    """Either table would do."""
    with pytest.raises(CohortError, match=r"has no exams\.csv or meta\.csv; .*zenodo"):
        Code15(str(tmp_path)).load()


@pytest.mark.real_data
def test_real_files_load(real_data):
    """Ten ECGs of ten patients, of 2,934 or 4,096 samples; two have none of the six."""
    data = Code15(str(real_data / "code15")).load(("code15", "normal_ecg"))
    assert (data.flow[0].records, data.flow[0].patients) == (10, 10)
    assert sum(data.columns["y.RBBB"]) == 3
    assert data.columns["event.death"].count(None) == 3
    assert read(data.locations[0]).signal.shape == (12, 2934)
    assert {read(location).signal.shape[1] for location in data.locations} == {2934, 4096}
