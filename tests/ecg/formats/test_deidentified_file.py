"""A de-identified file holds no identifier of its input, or isn't written."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from einthoven.ecg.deidentification import Pseudonyms
from einthoven.ecg.formats import RecordLocation, read
from einthoven.ecg.formats.deidentified_file import write_deidentified
from einthoven.ecg.formats.writing import WRITERS, format_for, suffix_of
from einthoven.errors import PrivacyError, SpecificationError
from fakes.fhir_files import FAKES
from fakes.wfdb_files import STANDARD, write_wfdb

PSEUDONYMS = Pseudonyms(bytes(range(32)))
COMMENTS = [
    "Patient name: Doe, Jane",
    "MRN: 1234567",
    "Birth date: 02/01/1930",
    "Age: 90",
    "Sex: F",
    "Dx: sinus rhythm, seen by Dr Jane Doe",
]


def _input(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    header = write_wfdb(folder, "doe_1234567", start="15:48:11 18/05/2020", comments=COMMENTS)
    return RecordLocation("doe_1234567", str(header), "wfdb", {}, patient_id="1234567")


@pytest.mark.parametrize("to", sorted(WRITERS))
def test_no_identifier_of_the_input_is_in_the_output_of_any_format(tmp_path, to):
    (tmp_path / "out").mkdir()
    location = _input(tmp_path)
    done = write_deidentified(location, tmp_path / "out", to=to, pseudonyms=PSEUDONYMS, keep=["age", "sex"])
    for file in done.files:
        content = file.read_bytes()
        for word in (
            b"doe",
            b"jane",
            b"1234567",
            b"02/01/1930",
            b"19300102",
            b"2020-05-18",
            b"20200518",
            b"18/05/2020",
        ):
            assert word not in content.lower(), f"{word!r} in {file.name}"
            assert word.decode() not in file.name
    assert done.identifiers >= 4
    again = read(done.files[0]) if to != "csv" else None
    if again is not None:
        np.testing.assert_allclose(again.signal, read(location).signal, atol=1e-3)
        assert again.patient_id in (None, done.new_patient_id)
        assert again.sex in ("F", "U")


def test_free_text_with_a_name_is_caught_and_nothing_is_written(tmp_path):
    (tmp_path / "out").mkdir()
    with pytest.raises(PrivacyError, match=r"doe_1234567.* would still hold identifiers .*leave statements"):
        write_deidentified(
            _input(tmp_path), tmp_path / "out", to="wfdb", pseudonyms=PSEUDONYMS, keep=["age", "sex", "statements"]
        )
    assert list((tmp_path / "out").iterdir()) == []


def test_the_name_of_the_output_is_searched_too(tmp_path):
    with pytest.raises(PrivacyError, match="mind the name of the output"):
        write_deidentified(_input(tmp_path), tmp_path / "1234567.hea", to="wfdb", pseudonyms=PSEUDONYMS, keep=[])


def test_the_same_ecg_twice_is_refused(tmp_path):
    location = _input(tmp_path)
    (tmp_path / "out").mkdir()
    for expected in (None, SpecificationError):
        arguments = {"to": "wfdb", "pseudonyms": PSEUDONYMS, "keep": []}
        if expected is None:
            done = write_deidentified(location, tmp_path / "out", **arguments)
            assert {file.suffix for file in done.files} == {".hea", ".dat"}
            assert done.files[0].stem == done.new_record_id
        else:
            with pytest.raises(expected, match="stands twice in the input"):
                write_deidentified(location, tmp_path / "out", **arguments)


def test_a_suffix_that_stands_for_one_format_is_that_of_its_files():
    xml = {to for to in WRITERS if suffix_of(to) == ".xml"}
    assert xml == {"aecg", "muse"}
    assert all(format_for(Path(f"a{suffix_of(to)}")) == to for to in set(WRITERS) - xml)


def test_no_file_beside_the_output_is_replaced(tmp_path):
    (tmp_path / "shared.dat").write_bytes(b"of another ECG")
    with pytest.raises(SpecificationError, match=r"shared\.dat exists already"):
        write_deidentified(_input(tmp_path), tmp_path / "shared.hea", to="wfdb", pseudonyms=PSEUDONYMS, keep=[])
    assert (tmp_path / "shared.dat").read_bytes() == b"of another ECG"


@pytest.mark.parametrize("to", sorted(set(WRITERS) - {"csv"}))  # plain arrays hold no statements
def test_a_name_with_an_accent_in_kept_text_is_caught_in_every_format(tmp_path, to):
    comments = ["Patient name: Müller, Zoë", "Dx: sinus rhythm, M. Müller"]
    header = write_wfdb(tmp_path, "rec", comments=comments)
    with pytest.raises(PrivacyError, match="would still hold identifiers"):
        write_deidentified(
            RecordLocation("rec", str(header), "wfdb", {}),
            tmp_path / "shared",
            to=to,
            pseudonyms=PSEUDONYMS,
            keep=["statements"],
        )


def test_an_observation_with_references_is_written_as_fhir(tmp_path):
    for kind, fake in FAKES.items():
        (tmp_path / kind).mkdir()
        location = fake(tmp_path / kind, np.zeros((12, 500)), STANDARD)
        done = write_deidentified(
            location, tmp_path / f"{kind}.json", to="fhir", pseudonyms=PSEUDONYMS, keep=["age", "sex"]
        )
        assert done.identifiers


def test_the_number_of_a_patient_may_stand_in_the_name_of_a_folder(tmp_path):
    folder = tmp_path / "p10000032" / "s1"
    folder.mkdir(parents=True)
    header = write_wfdb(folder, "rec", comments=["Dx: as before, see 10000032"])
    with pytest.raises(PrivacyError, match="one of 8 characters"):
        write_deidentified(
            RecordLocation("rec", str(header), "wfdb", {}),
            tmp_path / "shared.hea",
            to="wfdb",
            pseudonyms=PSEUDONYMS,
            keep=["statements"],
        )


def test_what_is_kept_of_each_file_holds_no_signal(tmp_path):
    """A folder of a million ECGs must not gather in memory."""
    (tmp_path / "out").mkdir()
    done = write_deidentified(_input(tmp_path), tmp_path / "out", to="wfdb", pseudonyms=PSEUDONYMS, keep=[])
    assert len(pickle.dumps(done)) < 2000
    assert (done.record_id, done.patient_id) == ("doe_1234567", "1234567")
    assert -3650 < done.shift_days <= -365
