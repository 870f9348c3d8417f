from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime

import numpy as np
import pytest

from einthoven.ecg.formats import RecordLocation, read
from einthoven.errors import (
    ChecksumError,
    LeadError,
    RecordError,
    SignalError,
    UnitError,
    UnknownNameError,
    UnreadableFileError,
)
from fakes.wfdb_files import STANDARD, fake_digital, mat4_prefix, write_wfdb


def read_with(header, **options):
    return read(RecordLocation("rec", str(header), "wfdb", options))


def edit(header, old, new):
    text = header.read_text()
    assert old in text
    header.write_text(text.replace(old, new))
    return header


@pytest.mark.parametrize("layout", ["+24", "x1+24"])
def test_matlab_4_files_of_the_challenges_are_read(tmp_path, layout):
    digital = fake_digital(12, 40)
    header = write_wfdb(tmp_path, digital=digital, layout=layout, prefix=mat4_prefix(12, 40), suffix=".mat")
    for path in (header, tmp_path / "rec.mat", tmp_path / "rec"):
        record = read(path)
        np.testing.assert_allclose(record.signal, digital / 1000, rtol=1e-6)
        assert record.record_id == "rec"


@pytest.mark.parametrize(
    ("gain", "millivolts_per_step"),
    [
        ("1000/mV", 1e-3),
        ("1000.0(0)/mV", 1e-3),
        ("1000/mv", 1e-3),
        ("1000", 1e-3),
        ("1/uV", 1e-3),
        ("0.2(0)/µV", 5e-3),
        ("1e6/V", 1e-3),
        ("0", 5e-3),
    ],
)
def test_gains_and_units_become_millivolts(tmp_path, gain, millivolts_per_step):
    digital = fake_digital()
    record = read(write_wfdb(tmp_path, digital=digital, gain=gain))
    np.testing.assert_allclose(record.signal, digital * millivolts_per_step, rtol=1e-6)


def test_a_header_without_gain_takes_the_default_and_says_so(tmp_path):
    header = write_wfdb(tmp_path, leads=["I"], digital=fake_digital(1))
    header.write_text("rec 1 500\nrec.dat 16\n")
    with pytest.raises(LeadError, match="none of the 12 standard leads"):
        read(header)
    header.write_text("rec 1 500\nrec.dat 16 0 16 0 0 0 0 I\n")
    record = read(header)
    np.testing.assert_allclose(record.signal, fake_digital(1) / 200, rtol=1e-6)
    assert any("default of 200" in note for note in record.provenance.notes)


def test_an_odd_unit_is_refused_and_the_option_answers_it(tmp_path):
    digital = fake_digital()
    header = write_wfdb(tmp_path, digital=digital, gain="1/NU")
    with pytest.raises(UnitError, match=r"rec\.hea gives the amplitude unit 'NU'.*options=\{'unit': 'uV'\}"):
        read(header)
    np.testing.assert_allclose(read_with(header, unit="uV").signal, digital / 1000, rtol=1e-6)


def test_the_unit_of_a_lead_that_is_left_out_does_not_matter(tmp_path):
    header = write_wfdb(tmp_path, leads=["I", "RESP"], digital=fake_digital(2))
    lines = header.read_text().splitlines()
    header.write_text("\n".join([lines[0], lines[1], lines[2].replace("/mV", "/NU")]))
    record = read(header)
    assert record.leads == ("I",)
    assert record.provenance.notes == ("left out, not among the 12 standard leads: RESP",)


def test_the_order_of_mimic_ends_in_canonical_order(tmp_path):
    leads = ["I", "II", "III", "aVR", "aVF", "aVL", "V1", "V2", "V3", "V4", "V5", "V6"]
    digital = fake_digital()
    record = read(write_wfdb(tmp_path, digital=digital, leads=leads))
    assert record.leads == STANDARD
    np.testing.assert_allclose(record.signal[5], digital[4] / 1000, rtol=1e-6)


def test_doubled_and_foreign_leads_are_refused(tmp_path):
    with pytest.raises(LeadError, match="lead II twice"):
        read(write_wfdb(tmp_path, leads=["II", "ii"], digital=fake_digital(2)))
    with pytest.raises(LeadError, match="MLII"):
        read(write_wfdb(tmp_path, leads=["MLII"], digital=fake_digital(1)))


def test_a_wrong_checksum_is_named_with_file_lead_expected_and_found(tmp_path):
    digital = fake_digital()
    header = write_wfdb(tmp_path, digital=digital)
    content = bytearray((tmp_path / "rec.dat").read_bytes())
    content[2] ^= 1
    (tmp_path / "rec.dat").write_bytes(content)
    expected = int(digital[1].sum()) & 0xFFFF
    found = expected + (1 if content[2] & 1 else -1)
    with pytest.raises(ChecksumError, match=rf"rec\.dat: .* lead II sum to {found}, .* promises {expected}"):
        read(header)
    assert any("lead II" in note for note in read_with(header, verify_checksum=False).provenance.notes)


def test_checksums_that_are_all_zero_count_as_not_given(tmp_path):
    assert "header gives no checksums" in read(write_wfdb(tmp_path, sums=[0] * 12)).provenance.notes


def test_a_single_zero_checksum_is_checked(tmp_path):
    sums = [int(row.sum()) & 0xFFFF for row in fake_digital()]
    with pytest.raises(ChecksumError, match="promises 0"):
        read(write_wfdb(tmp_path, sums=[*sums[:-1], 0]))


def test_signed_and_unsigned_checksums_are_the_same(tmp_path):
    sums = [((int(row.sum()) + 32768) & 0xFFFF) - 32768 for row in fake_digital()]
    assert min(sums) < 0
    read(write_wfdb(tmp_path, sums=sums))


def test_the_header_tells_age_sex_time_and_diagnoses(tmp_path):
    comments = ["Age: 74", " Sex: Male", "Dx: 59118001,426783006", "Rx: Unknown"]
    record = read(write_wfdb(tmp_path, start="22:41:16 29/04/2023", comments=comments))
    assert (record.age_years, record.sex, record.statements) == (74, "M", ("59118001", "426783006"))
    assert (record.time, record.time_kind) == (datetime(2023, 4, 29, 22, 41, 16), "naive")  # noqa: DTZ001 - naive is meant


def test_a_time_that_a_comment_says_to_be_utc_is_aware(tmp_path):
    record = read(write_wfdb(tmp_path, start="22:41:16 29/04/2023", comments=["Time zone: UTC"]))
    assert (record.time, record.time_kind) == (datetime(2023, 4, 29, 22, 41, 16, tzinfo=UTC), "utc")


def test_the_provenance_says_which_leads_are_stored_and_what_a_step_is_worth(tmp_path):
    provenance = read(write_wfdb(tmp_path, gain="204.8/mV")).provenance
    assert provenance.leads_stored == STANDARD
    np.testing.assert_allclose(provenance.original_step_mv, 1 / 204.8, rtol=1e-12)
    uneven = read(write_wfdb(tmp_path, digital=fake_digital(2), leads=("V1", "I"), gain="4/uV")).provenance
    assert uneven.leads_stored == ("I", "V1")
    np.testing.assert_allclose(uneven.original_step_mv, 1 / 4000)


def test_the_hash_covers_header_and_samples_and_can_be_left_out(tmp_path):
    header = write_wfdb(tmp_path)
    whole = header.read_bytes() + (tmp_path / "rec.dat").read_bytes()
    assert read(header).provenance.source_sha256 == hashlib.sha256(whole).hexdigest()
    assert read(header, with_sha256=False).provenance.source_sha256 == ""


def test_the_location_names_record_and_patient(tmp_path):
    record = read(RecordLocation("ecg7", str(write_wfdb(tmp_path)), "wfdb", {}, patient_id="p1"))
    assert (record.record_id, record.patient_id) == ("ecg7", "p1")


def test_a_truncated_signal_file_is_named_with_bytes_expected_and_found(tmp_path):
    header = write_wfdb(tmp_path)
    os.truncate(tmp_path / "rec.dat", 1000)
    with pytest.raises(UnreadableFileError, match=r"rec\.dat is truncated: .* 1200 bytes .* found 1000"):
        read(header)


def test_a_length_that_is_not_written_is_taken_from_the_file(tmp_path):
    header = edit(write_wfdb(tmp_path), "500 50", "500")
    assert read(header).signal.shape == (12, 50)
    (tmp_path / "rec.dat").write_bytes(b"")
    with pytest.raises(SignalError, match="holds no samples"):
        read(header)


@pytest.mark.parametrize(
    ("record_line", "error"),
    [
        ("rec 12 500 99999999999", UnreadableFileError),
        ("rec 12 500 -5", UnreadableFileError),
        ("rec -12 500 50", UnreadableFileError),
        ("rec 12 0 50", SignalError),
        ("rec 12 nan 50", SignalError),
        ("rec 13 500 50", UnreadableFileError),
        ("rec 11 500 50", UnreadableFileError),
        ("rec 0 500 0", RecordError),
        ("rec twelve 500 50", UnreadableFileError),
        ("rec", UnreadableFileError),
        ("rec/2 12 500 50", UnreadableFileError),
        ("", UnreadableFileError),
    ],
)
def test_impossible_headers_are_refused_by_name(tmp_path, record_line, error):
    header = edit(write_wfdb(tmp_path), "rec 12 500 50", record_line)
    with pytest.raises(error, match=r"rec\.hea|rec\.dat"):
        read(header)


@pytest.mark.parametrize("name", ["../secret.dat", "/etc/passwd", "..", "sub/rec.dat"])
def test_a_header_can_name_files_of_its_own_folder_only(tmp_path, name):
    header = edit(write_wfdb(tmp_path), "rec.dat", name)
    with pytest.raises(UnreadableFileError, match="not in its folder"):
        read(header)


def test_missing_files_are_named(tmp_path):
    header = write_wfdb(tmp_path)
    (tmp_path / "rec.dat").unlink()
    with pytest.raises(UnreadableFileError, match=r"rec\.dat does not exist"):
        read(header)
    with pytest.raises(UnreadableFileError, match=r"none\.hea does not exist"):
        read(tmp_path / "none.hea")


def test_a_signal_file_without_header_is_refused_for_want_of_it(tmp_path):
    write_wfdb(tmp_path).unlink()
    with pytest.raises(UnreadableFileError, match="for want of its header"):
        read(tmp_path / "rec.dat")


def test_a_pipe_in_place_of_a_file_does_not_hang(tmp_path):
    header = write_wfdb(tmp_path)
    (tmp_path / "rec.dat").unlink()
    os.mkfifo(tmp_path / "rec.dat")
    with pytest.raises(UnreadableFileError, match="not a regular file"):
        read(header)


def test_an_unknown_option_is_refused_with_the_nearest(tmp_path):
    with pytest.raises(UnknownNameError, match="did you mean 'verify_checksum'"):
        read_with(write_wfdb(tmp_path), verify_checksums=False)


def test_damaged_headers_give_typed_errors_or_a_record(tmp_path):
    header = write_wfdb(tmp_path, comments=["Age: 50"], start="10:00:00 01/02/2003")
    text = header.read_bytes()
    random = np.random.default_rng(11)
    for _ in range(400):
        damaged = bytearray(text)
        for _ in range(int(random.integers(1, 4))):
            damaged[int(random.integers(len(text)))] = int(random.integers(256))
        header.write_bytes(bytes(damaged[: int(random.integers(1, 2 * len(text)))]))
        try:
            read(header)
        except RecordError as error:
            assert str(tmp_path) in str(error)  # noqa: PT017 - most of the damages raise, some don't
