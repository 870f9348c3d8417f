from __future__ import annotations

import os

import numpy as np
import pytest

from einthoven.ecg.formats import locate, read
from einthoven.ecg.formats.recognition import recognised_format
from einthoven.errors import UnreadableFileError
from fakes.array_files import layout, write_array
from fakes.wfdb_files import fake_digital, write_wfdb


def test_formats_are_found_by_content_where_the_name_says_nothing(tmp_path):
    digital = fake_digital()
    write_wfdb(tmp_path, digital=digital).rename(tmp_path / "header.txt")
    np.testing.assert_allclose(read(tmp_path / "header.txt").signal, digital / 1000, rtol=1e-6)
    write_array(tmp_path / "a.npy", digital.T).rename(tmp_path / "samples.bin")
    assert read(locate(tmp_path / "samples.bin", options=layout())[0]).signal.shape == (12, 50)


def test_an_unknown_format_is_refused_with_the_supported_ones(tmp_path):
    (tmp_path / "ecg.xyz").write_text("no ECG at all")
    for act in (read, locate):
        with pytest.raises(UnreadableFileError, match=r"no known format; supported: .*WFDB .* \.hdf5"):
            act(tmp_path / "ecg.xyz")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"%PDF-1.7", "is a PDF"),
        (b"PK\3\4" + bytes(22) + b"\5\0\0\0a.dcm", "is a ZIP archive: unpack it"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"\n<!DOCTYPE HTML><html>", "is a web page"),
        (b"%!PS", "is of no known format; supported: DICOM"),
    ],
)
def test_what_is_no_ecg_is_called_by_its_name(tmp_path, content, says):
    (tmp_path / "a.xml").write_bytes(content)
    with pytest.raises(UnreadableFileError, match=rf"a\.xml .*{says}"):
        recognised_format(tmp_path / "a.xml")


def test_a_zip_of_arrays_is_an_array_other_zips_are_not(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.zeros(3))
    assert recognised_format(tmp_path / "a.npz") == "array"


def test_an_empty_file_and_a_pipe_are_called_so(tmp_path):
    (tmp_path / "a.xml").write_bytes(b"")
    os.mkfifo(tmp_path / "b.xml")
    with pytest.raises(UnreadableFileError, match=r"a\.xml is empty \(0 bytes\): export or copy it again"):
        recognised_format(tmp_path / "a.xml")
    with pytest.raises(UnreadableFileError, match=r"b\.xml is not a regular file"):
        recognised_format(tmp_path / "b.xml")
