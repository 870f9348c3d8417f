from __future__ import annotations

import hashlib

import numpy as np
import pytest
import wfdb as package

from einthoven.ecg.formats import read
from einthoven.errors import UnreadableFileError
from fakes.wfdb_files import STANDARD, fake_digital, write_wfdb


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


def test_per_signal_gain_and_baseline_are_respected_and_baseline_wins_over_adc_zero(tmp_path):
    digital = fake_digital(3, 20)
    header = write_wfdb(tmp_path, digital=digital, leads=["I", "II", "III"])
    lines = header.read_text().splitlines()
    lines[1] = lines[1].replace("1000/mV 16 0", "500(10)/mV 16 1024")
    lines[2] = lines[2].replace("1000/mV 16 0", "250/mV 16 1024")
    header.write_text("\n".join(lines))
    expected = [(digital[0] - 10) / 500, (digital[1] - 1024) / 250, digital[2] / 1000]
    np.testing.assert_allclose(read(header).signal, expected, rtol=2e-7)


def test_signal_files_of_different_length_are_refused(tmp_path):
    header = write_wfdb(tmp_path, digital=fake_digital(1, 40), leads=["I"])
    write_wfdb(tmp_path, "other", digital=fake_digital(1, 30), leads=["II"])
    line = (tmp_path / "other.hea").read_text().splitlines()[1]
    header.write_text(header.read_text().replace("rec 1 500 40", "rec 2 500") + line + "\n")
    with pytest.raises(UnreadableFileError, match="differ in length"):
        read(header)
