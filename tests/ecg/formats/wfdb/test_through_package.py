from __future__ import annotations

import numpy as np
import pytest
import wfdb as package

from einthoven.ecg.formats import read
from einthoven.errors import ChecksumError, UnreadableFileError
from fakes.wfdb_files import fake_digital, write_wfdb


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
    header.write_text(header.read_text().replace("1 500 120", "1 250 60"))
    record = read(header)
    np.testing.assert_allclose(record.signal[0], stored.reshape(60, 2).mean(axis=1) / 1000, rtol=1e-6)
    assert "samples of one frame averaged" in record.provenance.notes


def test_what_the_package_can_not_read_is_refused_with_its_reason(tmp_path):
    header = write_wfdb(tmp_path, digital=fake_digital(top=500), fmt=311)
    header.write_text(header.read_text().replace(" 311 ", " 999 "))
    with pytest.raises(UnreadableFileError, match=r"rec\.hea can't be read by the wfdb package"):
        read(header)


def test_a_skew_shifts_its_signal_as_the_package_does(tmp_path):
    header = write_wfdb(tmp_path, digital=fake_digital(2), leads=["I", "II"])
    first, second = header.read_text().splitlines()[1:3]
    header.write_text("\n".join(["rec 2 500 50", first, second.replace(" 16 ", " 16:3 ", 1)]))
    theirs = package.rdrecord(str(tmp_path / "rec")).p_signal.T
    np.testing.assert_allclose(read(header).signal, theirs, rtol=1e-6)
