"""A record is written whole or not at all, in the format that is said or that the suffix says."""

from __future__ import annotations

import dataclasses
import errno
from pathlib import Path

import numpy as np
import pytest

from einthoven.ecg.formats import writing
from einthoven.ecg.record import Record
from einthoven.errors import SignalError, SpecificationError, UnknownNameError

RECORD = Record(signal=np.ones((1, 5), dtype=np.float32), leads=("I",), sampling_rate_hz=500.0, record_id="rec")


def test_suffixes_say_the_format_but_for_xml(tmp_path):
    assert writing.format_for(tmp_path / "a.DCM") == "dicom"
    with pytest.raises(SpecificationError, match="MUSE XML or HL7 aECG"):
        writing.format_for(tmp_path / "a.xml")
    with pytest.raises(SpecificationError, match=r"did you mean '\.dcm'"):
        writing.format_for(tmp_path / "a.dcn")


def test_files_appear_whole_in_a_folder_that_is_made(tmp_path, monkeypatch):
    monkeypatch.setitem(writing.WRITERS, "toy", f"{__name__}:_encode")
    monkeypatch.setattr(writing, "resolve", lambda *_: lambda _record, path: {path.name: b"content"})
    written = writing.write(RECORD, tmp_path / "deep" / "rec.toy", format="toy")
    assert [file.read_bytes() for file in written] == [b"content"]
    assert [file.name for file in (tmp_path / "deep").iterdir()] == ["rec.toy"]


def test_a_full_disk_leaves_nothing_behind_and_names_the_file(tmp_path, monkeypatch):
    def full(path, _content):
        path.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left") as caught:
        writing.write_files({"a.npz": b"content"}, tmp_path)
    assert caught.value.filename == str(tmp_path / "a.npz")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("interruption", [KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left on device")])
def test_of_several_files_all_are_written_or_none(tmp_path, monkeypatch, interruption):
    write_bytes = Path.write_bytes

    def second_fails(path, content):
        write_bytes(path, content[:3])
        if content == b"samples":
            raise interruption

    monkeypatch.setattr(Path, "write_bytes", second_fails)
    with pytest.raises(type(interruption)):
        writing.write_files({"a.hea": b"header", "a.dat": b"samples"}, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_format_names_the_nearest(tmp_path):
    with pytest.raises(UnknownNameError, match="'zzz' is no format that can be written; accepted: aecg"):
        writing.write(RECORD, tmp_path / "rec.zzz", format="zzz")


@pytest.mark.parametrize("name", sorted(writing.WRITERS))
def test_amplitudes_that_no_reader_takes_are_not_written(name):
    for amplitude in (np.inf, -1e30):
        record = dataclasses.replace(RECORD, signal=np.full((1, 5), amplitude, np.float32))
        with pytest.raises(SignalError, match="holds amplitudes that no reader takes"):
            writing.encode(record, Path("rec.x"), format=name)
