from __future__ import annotations

import hashlib
import os
from datetime import datetime

import numpy as np
import pytest
import wfdb as package

from einthoven.ecg.formats import RecordLocation, locate, read
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


@pytest.mark.parametrize(("fmt", "top"), [(16, 32000), (24, 1 << 20), (32, 1 << 22), (80, 127), (212, 2047)])
@pytest.mark.parametrize("n_leads", [1, 3, 12])
def test_direct_formats_equal_the_wfdb_package_sample_for_sample(tmp_path, fmt, top, n_leads):
    digital = fake_digital(n_leads, 51, top=top)
    header = write_wfdb(tmp_path, digital=digital, leads=STANDARD[:n_leads], fmt=fmt, gain="312.5(-7)/mV")
    record = read(header)
    theirs = package.rdrecord(str(header)[:-4]).p_signal.T
    np.testing.assert_allclose(record.signal, theirs, rtol=2e-7, atol=0)
    np.testing.assert_array_equal(np.rint(record.signal.astype(float) * 312.5 - 7), digital)
    assert record.signal.dtype == np.float32
    assert record.signal.flags.c_contiguous


@pytest.mark.parametrize("fmt", [61, 160])
def test_big_endian_and_offset_binary_are_read(tmp_path, fmt):
    digital = fake_digital(12, 40, top=32767)
    np.testing.assert_allclose(read(write_wfdb(tmp_path, digital=digital, fmt=fmt)).signal, digital / 1000, rtol=1e-6)


def test_rarer_formats_come_through_the_wfdb_package(tmp_path):
    digital = fake_digital(2, 45, top=500)
    record = read(write_wfdb(tmp_path, digital=digital, leads=["V1", "I"], fmt=311))
    np.testing.assert_allclose(record.signal, digital[::-1] / 1000, rtol=1e-6)
    assert "read through the wfdb package" in record.provenance.notes


@pytest.mark.parametrize("fmt", ["508", "516", "524"])
def test_formats_that_the_wfdb_package_writes_are_read(tmp_path, fmt):
    digital = np.cumsum(fake_digital(2, 60, top=2), axis=1).T
    package.wrsamp("rec", 500, ["mV"] * 2, ["I", "II"], d_signal=digital, fmt=[fmt] * 2, adc_gain=[200.0] * 2,
                   baseline=[0, 0], write_dir=str(tmp_path))  # fmt: skip
    record = read(tmp_path / "rec.hea")
    np.testing.assert_allclose(record.signal, digital.T / 200, rtol=1e-6)
    assert record.leads == ("I", "II")


def test_a_wrong_checksum_is_found_in_the_rarer_formats_too(tmp_path):
    header = write_wfdb(tmp_path, digital=fake_digital(top=500), fmt=311, sums=[5] * 12)
    with pytest.raises(ChecksumError, match="lead I sum to"):
        read(header)


def test_several_samples_per_frame_are_averaged_and_noted(tmp_path):
    stored = fake_digital(1, 120)
    header = write_wfdb(tmp_path, digital=stored, leads=["II"], layout="x2")
    edit(header, "1 500 120", "1 250 60")
    record = read(header)
    np.testing.assert_allclose(record.signal[0], stored.reshape(60, 2).mean(axis=1) / 1000, rtol=1e-6)
    assert "samples of one frame averaged" in record.provenance.notes


def test_multi_segment_records_are_joined_and_gaps_are_missing(tmp_path):
    first, second = fake_digital(2, 30, seed=1), fake_digital(2, 20, seed=2)
    for name, digital in (("a", first), ("b", second)):
        write_wfdb(tmp_path, name, digital=digital, leads=["I", "II"])
    (tmp_path / "whole.hea").write_text("whole/3 2 500 60\na 30\n~ 10\nb 20\n")
    record = read(tmp_path / "whole.hea")
    np.testing.assert_allclose(record.signal[:, :30], first / 1000, rtol=1e-6)
    assert np.isnan(record.signal[:, 30:40]).all()
    np.testing.assert_allclose(record.signal[:, 40:], second / 1000, rtol=1e-6)
    assert [location.record_id for location in locate(tmp_path)] == ["whole"]


@pytest.mark.parametrize("layout", ["+24", "x1+24"])
def test_matlab_4_files_of_the_challenges_are_read(tmp_path, layout):
    digital = fake_digital(12, 40)
    header = write_wfdb(tmp_path, digital=digital, layout=layout, prefix=mat4_prefix(12, 40), suffix=".mat")
    for path in (header, tmp_path / "rec.mat", tmp_path / "rec"):
        record = read(path)
        np.testing.assert_allclose(record.signal, digital / 1000, rtol=1e-6)
        assert record.record_id == "rec"


def test_signals_in_two_files_are_joined(tmp_path):
    digital = fake_digital(3, 40)
    header = write_wfdb(tmp_path, digital=digital[:2], leads=["V1", "I"])
    write_wfdb(tmp_path, "other", digital=digital[2:], leads=["II"], fmt=212)
    line = (tmp_path / "other.hea").read_text().splitlines()[1]
    header.write_text(header.read_text().replace("rec 2", "rec 3") + line + "\n")
    record = read(header)
    assert record.leads == ("I", "II", "V1")
    np.testing.assert_allclose(record.signal, digital[[1, 2, 0]] / 1000, rtol=1e-6)
    files = [tmp_path / name for name in ("rec.hea", "rec.dat", "other.dat")]
    whole = b"".join(file.read_bytes() for file in files)
    assert record.provenance.source_sha256 == hashlib.sha256(whole).hexdigest()


def test_samples_that_were_not_recorded_are_nan(tmp_path):
    for fmt, invalid in ((16, -32768), (24, -(1 << 23)), (32, -(1 << 31)), (80, -128), (212, -2048)):
        digital = fake_digital(2, 30, top=100)
        digital[1, 4] = invalid
        record = read(write_wfdb(tmp_path, f"f{fmt}", digital=digital, leads=["I", "II"], fmt=fmt))
        assert np.argwhere(np.isnan(record.signal)).tolist() == [[1, 4]]


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


def test_per_signal_gain_and_baseline_are_respected_and_baseline_wins_over_adc_zero(tmp_path):
    digital = fake_digital(3, 20)
    header = write_wfdb(tmp_path, digital=digital, leads=["I", "II", "III"])
    lines = header.read_text().splitlines()
    lines[1] = lines[1].replace("1000/mV 16 0", "500(10)/mV 16 1024")
    lines[2] = lines[2].replace("1000/mV 16 0", "250/mV 16 1024")
    header.write_text("\n".join(lines))
    expected = [(digital[0] - 10) / 500, (digital[1] - 1024) / 250, digital[2] / 1000]
    np.testing.assert_allclose(read(header).signal, expected, rtol=2e-7)


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
    with pytest.raises(UnitError, match=r"got 'NU' in .*rec\.hea.*options=\{'unit': 'uV'\}"):
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
