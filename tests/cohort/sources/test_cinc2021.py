"""The CinC 2021 training folders: which data set an ECG is from, what is left out, 26 classes."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest

from einthoven.cohort.sources.cinc2021 import Cinc2021, data_set_of
from einthoven.cohort.sources.ptb_xl import PtbXl
from einthoven.ecg.formats import read
from einthoven.errors import CohortError
from fakes.cinc2021_folder import make_cinc2021

CHALLENGE = ("cpsc_2018", "cpsc_2018_extra", "st_petersburg_incart", "ptb", "ptb-xl", "georgia", "chapman_shaoxing")


def test_the_site_is_the_data_set_of_the_challenge(tmp_path):
    """It is known by the id, so that a flat folder says the same."""
    data = make_cinc2021(tmp_path).load()
    assert set(data.columns["site"]) == {*CHALLENGE, "ningbo"}
    for path, site in zip(data.columns["path"], data.columns["site"], strict=True):
        assert path.startswith(f"training/{site}/")


def test_data_sets_can_be_left_out_and_are_counted(tmp_path):
    """PTB-XL has its own source: an ECG in two sources would leak."""
    source = make_cinc2021(tmp_path)
    data = Cinc2021(source.path, leave_out=("ptb-xl", "ptb")).load()
    assert not [name for name in data.columns["record_id"] if data_set_of(name) in ("ptb", "ptb-xl")]
    assert [(step.records, step.excluded) for step in data.flow] == [(9, False), (2, True), (1, True)]


def test_an_unknown_data_set_is_answered_with_the_nearest():
    """The challenge writes ptb-xl."""
    with pytest.raises(CohortError, match="did you mean 'ptb-xl'"):
        Cinc2021(".", leave_out=("ptb_xl",)).load()


def test_patients_of_ptb_xl_are_told_apart_by_its_table(tmp_path):
    """Two ECGs of one person stay on one side of a split; those that the table lacks are patients of their own."""
    source = make_cinc2021(tmp_path / "cinc")
    table = tmp_path / "ptbxl_database.csv"
    table.write_text("ecg_id,patient_id\n1,15709.0\n1000,15709.0\n")
    data = Cinc2021(source.path, ptb_xl_table=str(table)).load()
    patient_of = dict(zip(data.columns["record_id"], data.columns["patient_id"], strict=True))
    assert patient_of["HR00001"] == patient_of["HR01000"] == "15709"
    assert patient_of["S0001"] == "S0001"
    assert (data.flow[0].records, data.flow[0].patients) == (9, 8)
    table.write_text("ecg_id,patient_id\n1,nobody\n")
    with pytest.raises(CohortError, match="column 'patient_id' holds 'nobody'"):
        Cinc2021(source.path, ptb_xl_table=str(table)).load()
    with pytest.raises(CohortError, match=r"has no none\.csv"):
        Cinc2021(source.path, ptb_xl_table=str(tmp_path / "none.csv")).load()


def test_twenty_six_classes_by_default(tmp_path):
    """Those that the challenge scores."""
    assert len(make_cinc2021(tmp_path).load().labels) == 26


def test_scored_classes_go_by_code_and_findings_by_meaning(tmp_path):
    """Ventricular ectopics are scored by nobody, and extra beats all the same."""
    source = make_cinc2021(tmp_path)
    name = "premature_ventricular_complex"
    assert 1.0 not in source.load("cinc2021").columns[f"y.{name}"]
    assert source.load((name,)).columns[f"y.{name}"].count(1.0) == 3


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("folder", "counts"),
    [
        ("cinc2021_samples/cinc2021", {"georgia": 20, "ptb-xl": 10, "ningbo": 20}),
        ("multi_source/CPSC_CPSC-Extra", {"cpsc_2018": 10, "cpsc_2018_extra": 10}),
        ("multi_source/ChapmanShaoxing_Ningbo", {"chapman_shaoxing": 10, "ningbo": 10}),
        ("multi_source/G12EC", {"georgia": 10}),
        ("multi_source/PTB_PTBXL", {"ptb-xl": 10, "ptb": 3}),
    ],
)
def test_real_folders_load_whole_and_read(real_data, folder, counts):
    """Every header has a meaning for each of its codes, a sex, and a signal of 12 leads."""
    data = Cinc2021(str(real_data / folder)).load()
    assert Counter(data.columns["site"]) == counts
    assert data.dropped is None
    assert set(data.columns["sex"]) == {"F", "M"}
    assert None not in data.columns[f"y.{data.labels[0]}"]
    for location in (data.locations[0], data.locations[-1]):
        assert read(location).signal.shape[0] == 12


@pytest.mark.real_data
def test_real_codes_are_scored_as_the_challenge_scores_them(real_data):
    """Per ECG as many classes as its codes are of the columns of the challenge's own table of weights."""
    header = (real_data / "snomed_maps" / "weights.csv").read_text().splitlines()[0]
    classes = [set(column.split("|")) for column in header.split(",")[1:]]
    for folder in ("cinc2021_samples/cinc2021", "multi_source/CPSC_CPSC-Extra", "multi_source/ChapmanShaoxing_Ningbo"):
        data = Cinc2021(str(real_data / folder)).load()
        for row, path in enumerate(data.columns["path"]):
            (given,) = re.findall(r"# ?Dx: ?(\S+)", (real_data / folder / path).read_text())
            expected = sum(bool(codes & set(given.split(","))) for codes in classes)
            assert sum(data.columns[f"y.{label}"][row] for label in data.labels) == expected, path


@pytest.mark.real_data
def test_real_ecgs_of_ptb_xl_are_those_of_ptb_xl(real_data):
    """The same samples under another name: HR00007 is ecg_id 7; its table says who the patients are."""
    table = real_data / "ptb_xl" / "ptbxl_database.csv"
    folder = real_data / "multi_source" / "PTB_PTBXL"
    data = Cinc2021(str(folder), leave_out=("ptb",), ptb_xl_table=str(table)).load(())
    original = PtbXl(str(table.parent), require_label=False).load("superclass")
    patients = dict(zip(original.columns["record_id"], original.columns["patient_id"], strict=True))
    locations = {location.record_id: location for location in original.locations}
    for place, patient in zip(data.locations, data.columns["patient_id"], strict=True):
        number = str(int(place.record_id.removeprefix("HR")))
        assert patient == patients[number]
        np.testing.assert_array_equal(read(place).signal, read(locations[number]).signal)
