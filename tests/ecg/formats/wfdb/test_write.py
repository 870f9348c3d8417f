from __future__ import annotations

import dataclasses
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
import wfdb as package

from einthoven.ecg.formats import read
from einthoven.ecg.formats.wfdb.write import encode, record_name
from einthoven.ecg.formats.writing import write
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.record import Provenance
from einthoven.errors import UnitError
from fakes.written_records import full_record, record_of


def header_of(record, name="rec.hea"):
    return encode(record, Path(name))["rec.hea"].decode().splitlines()


def test_the_wfdb_package_reads_the_same_millivolts_names_rate_and_checksums(tmp_path):
    record = full_record()
    write(record, tmp_path / "rec.hea")
    theirs = package.rdrecord(str(tmp_path / "rec"))
    assert (tuple(theirs.sig_name), theirs.fs, set(theirs.units)) == (STANDARD_LEADS, 500, {"mV"})
    steps = 1 / np.array(theirs.adc_gain)
    assert (np.abs(theirs.p_signal - record.signal.T) <= steps / 2 + 1e-7).all()
    stored = package.rdrecord(str(tmp_path / "rec"), physical=False)
    assert theirs.checksum == stored.calc_checksum()
    assert theirs.init_value == stored.d_signal[0].tolist()
    assert (theirs.base_date, theirs.base_time) == (record.time.date(), record.time.time())
    assert theirs.comments == ["Age: 61", "Sex: Female", "Time zone: UTC", "Dx: Sinus rhythm,Left axis deviation"]


def test_samples_that_were_not_recorded_are_nan_for_the_wfdb_package(tmp_path):
    signal = record_of().signal.copy()
    signal[2, 5:9] = np.nan
    write(record_of(signal), tmp_path / "rec.hea")
    theirs = package.rdrecord(str(tmp_path / "rec")).p_signal
    assert np.argwhere(np.isnan(theirs)).tolist() == [[sample, 2] for sample in range(5, 9)]
    np.testing.assert_array_equal(np.isnan(read(tmp_path / "rec.hea").signal), np.isnan(signal))


def test_the_step_of_the_source_is_kept_and_samples_come_back_exactly(tmp_path):
    stored = np.random.default_rng(2).integers(-30000, 30000, (2, 400))
    provenance = Provenance("dicom", "1", original_step_mv=(0.00488, 0.0025), leads_stored=("I", "II"))
    record = record_of(stored * np.array([[0.00488], [0.0025]]), ("I", "II"), provenance=provenance)
    write(record, tmp_path / "rec.hea")
    assert package.rdrecord(str(tmp_path / "rec"), physical=False).d_signal.T.tolist() == stored.tolist()
    again = read(tmp_path / "rec.hea")
    np.testing.assert_allclose(again.signal, record.signal, rtol=2.4e-7)
    write(again, tmp_path / "again.hea")
    assert (tmp_path / "again.dat").read_bytes() == (tmp_path / "rec.dat").read_bytes()


def test_the_name_of_the_record_is_one_that_wfdb_allows(tmp_path):
    assert [file.name for file in write(record_of(), tmp_path / "Müller, A. (2).hea")] == [
        "M_ller__A___2_.hea",
        "M_ller__A___2_.dat",
    ]
    assert package.rdrecord(str(tmp_path / "M_ller__A___2_")).sig_len == 700
    assert (record_name(Path("a/b.dat")), record_name(Path("b.1"))) == ("b", "b_1")


def test_a_time_without_zone_and_a_rate_that_is_not_whole_are_written_as_they_are():
    record = full_record(time=datetime(1999, 12, 31, 23, 59, 58), time_kind="naive", rate=976.5625)  # noqa: DTZ001 - naive is meant
    lines = header_of(record)
    assert lines[0] == "rec 12 976.5625 700 23:59:58.000000 31/12/1999"
    assert "#Time zone: UTC" not in lines


def test_statements_with_commas_or_of_many_words_are_written_one_a_line(tmp_path):
    statements = ("Vorhofflimmern, schnell übergeleitet", "ST-T\nveränderung", "Age: no")
    record = full_record(statements=statements)
    assert header_of(record)[-4:] == ["#<Diagnoses>:", f"#{statements[0]}", "#ST-T veränderung", "#Age: no"]
    write(record, tmp_path / "rec.hea")
    assert read(tmp_path / "rec.hea").statements == (statements[0], "ST-T veränderung", "Age: no")
    many = full_record(statements=tuple(f"statement number {number}" for number in range(40)))
    assert max(map(len, header_of(many))) <= 255
    write(many, tmp_path / "rec.hea")
    assert read(tmp_path / "rec.hea").statements == many.statements


def test_a_record_without_its_identity_says_so():
    provenance = dataclasses.replace(record_of().provenance, deidentification="names removed")
    assert "#De-identified: names removed" in header_of(record_of(provenance=provenance))


def test_what_is_unknown_is_not_written():
    assert not any(line.startswith("#") for line in header_of(record_of()))


def test_arbitrary_units_are_refused():
    with pytest.raises(UnitError, match=r"arbitrary units.*\.npz"):
        encode(record_of(unit="arbitrary"), Path("rec.hea"))


def test_a_lead_with_nothing_but_the_residue_of_a_subtraction_comes_back(tmp_path):
    residue = np.random.default_rng(1).normal(0, 1e-18, (1, 500)).astype(np.float32)
    write(record_of(residue, ("I",)), tmp_path / "rec.hea")
    np.testing.assert_allclose(read(tmp_path / "rec.hea").signal, residue, atol=1e-21)
