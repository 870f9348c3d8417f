"""CPSC 2018 in both releases: nine classes, and no finding denied that nobody looked for."""

from __future__ import annotations

import math

import pytest

from einthoven.cohort.sources.cpsc2018 import Cpsc2018
from einthoven.cohort.sources.cpsc2018_structures import Person, person_of
from einthoven.ecg.formats import read
from einthoven.errors import CohortError
from fakes.cpsc2018_folder import make_cpsc2018, make_cpsc2018_original, write_structure

CLASSES = ("Normal", "AF", "I-AVB", "LBBB", "RBBB", "PAC", "PVC", "STD", "STE")


def test_classes_come_from_codes_and_from_abbreviations(tmp_path):
    """The release in the challenge, with a header of its first months; Q records are another data set."""
    data = make_cpsc2018(tmp_path).load()
    assert data.labels == CLASSES
    assert data.columns["record_id"] == ["A0001", "A0002", "A0003"]
    assert data.columns["y.AF"] == [1.0, 0.0, 0.0]
    assert data.columns["y.RBBB"] == data.columns["y.PVC"] == [0.0, 1.0, 0.0]
    assert data.columns["y.Normal"] == [0.0, 0.0, 1.0]
    assert data.columns["sex"] == ["F", "M", "F"]


def test_classes_come_from_the_table_of_the_original(tmp_path):
    """Up to three classes an ECG; age and sex from its structure."""
    data = make_cpsc2018_original(tmp_path).load(("RBBB", "STD", "Normal"))
    assert data.columns["y.RBBB"] == [1.0, 0.0, 1.0]
    assert data.columns["y.STD"] == [0.0, 0.0, 1.0]
    assert data.columns["y.Normal"] == [0.0, 1.0, 0.0]
    assert data.columns["age_years"] == [74.0, None, 81.0]
    assert data.columns["sex"] == ["M", "F", "F"]
    assert data.columns["path"][2] == "TrainingSet3/A0003.mat"


@pytest.mark.parametrize("make", [make_cpsc2018, make_cpsc2018_original])
def test_what_the_nine_classes_cannot_deny_is_unknown(tmp_path, make):
    """An ECG with RBBB may be in sinus rhythm or not; a normal one is; flutter was not looked for."""
    data = make(tmp_path).load(("sinus_rhythm", "atrial_flutter", "right_bundle_branch_block"))
    assert set(data.columns["y.sinus_rhythm"]) == {1.0, None}
    assert set(data.columns["y.atrial_flutter"]) == {None}
    assert set(data.columns["y.right_bundle_branch_block"]) == {0.0, 1.0}


@pytest.mark.parametrize("make", [make_cpsc2018, make_cpsc2018_original])
def test_the_classes_of_the_challenge_hold_the_extra_beats_of_cpsc(tmp_path, make):
    """The challenge's own scoring would deny them."""
    source = make(tmp_path)
    data, own = source.load("cinc2021"), source.load(("PVC", "RBBB"))
    assert len(data.labels) == 26
    assert data.columns["y.premature_ventricular_complex"] == own.columns["y.PVC"]
    assert data.columns["y.right_bundle_branch_block"] == own.columns["y.RBBB"]


def test_an_ecg_that_the_table_lacks_is_unlabelled(tmp_path):
    """Nothing is known of it."""
    source = make_cpsc2018_original(tmp_path)
    write_structure(tmp_path / "A6878.mat", sex="Male", age=30)
    assert source.load(("AF",)).columns["y.AF"] == [0.0, 0.0, 0.0, None]


def test_a_class_that_is_none_is_refused_with_its_record(tmp_path):
    """Classes are 1 to 9."""
    source = make_cpsc2018_original(tmp_path)
    table = tmp_path / "TrainingSet3" / "REFERENCE.csv"
    table.write_text(table.read_text().replace("A0003,5,8", "A0003,5,10"))
    with pytest.raises(CohortError, match=r"Recording A0003: column 'Second_label' holds '10': classes are 1 to 9"):
        source.load()


@pytest.mark.parametrize("compressed", [True, False])
def test_a_person_is_read_without_the_signal(tmp_path, compressed):
    """From the first bytes of the file, compressed as published or not."""
    path = tmp_path / "A0001.mat"
    write_structure(path, sex="Female", age=64.0, compressed=compressed)
    path.write_bytes(path.read_bytes()[:4096])
    assert person_of(str(path)) == Person(64.0, "F")


@pytest.mark.parametrize("content", [b"", b"MATLAB 5.0 MAT-file", b"x" * 500, bytes(4000)])
def test_a_file_that_is_no_structure_names_no_person(tmp_path, content):
    """Its signal's reader will say what is wrong with it."""
    (tmp_path / "A0001.mat").write_bytes(content)
    assert person_of(str(tmp_path / "A0001.mat")) == Person(None, "U")


def test_damaged_structures_end_in_no_traceback(tmp_path):
    """Every byte of the head turned around once."""
    write_structure(tmp_path / "A1.mat", sex="Male", age=40, compressed=False)
    content = (tmp_path / "A1.mat").read_bytes()
    for place in range(120, 420):
        (tmp_path / "A2.mat").write_bytes(content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :])
        person = person_of(str(tmp_path / "A2.mat"))
        assert person.age_years is None or math.isfinite(person.age_years)


@pytest.mark.real_data
def test_real_release_of_the_challenge(real_data):
    """Ten of the twenty are of CPSC 2018 itself."""
    data = Cpsc2018(str(real_data / "multi_source" / "CPSC_CPSC-Extra")).load()
    assert len(data.locations) == 10
    assert sum(data.columns[f"y.{name}"].count(1.0) for name in CLASSES) >= 10
    assert read(data.locations[0]).sampling_rate_hz == 500.0


@pytest.mark.real_data
def test_real_structures_say_whose_they_are(real_data):
    """Two files without headers and without the table of classes: they load without labels only."""
    source = Cpsc2018(str(real_data / "cinc2021_samples" / "cpsc2018"))
    data = source.load(())
    assert data.columns["record_id"] == ["A1980", "A1981"]
    assert data.columns["age_years"] == [52.0, 48.0]
    assert data.columns["sex"] == ["M", "F"]
    with pytest.raises(CohortError, match=r"REFERENCE\.csv"):
        source.load()
