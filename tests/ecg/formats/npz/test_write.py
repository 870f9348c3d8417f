from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np

from einthoven.ecg.formats.npz.write import encode
from einthoven.ecg.formats.writing import write
from einthoven.ecg.record import MedianBeat
from fakes.written_records import full_record, record_of


def test_numpy_alone_reads_signal_leads_and_rate(tmp_path):
    record = record_of(rate=997.0)
    write(record, tmp_path / "rec.npz")
    with np.load(tmp_path / "rec.npz", allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["signal"], record.signal)
        assert arrays["signal"].dtype == np.float32
        assert tuple(arrays["leads"]) == record.leads
        assert arrays["sampling_rate_hz"] == 997
        assert arrays["sampling_rate_hz"].shape == ()


def test_the_description_is_the_first_member_and_plain_json(tmp_path):
    write(full_record(statements=("Überleitungsstörung",)), tmp_path / "rec.npz")
    with zipfile.ZipFile(tmp_path / "rec.npz") as archive:
        assert archive.testzip() is None
        assert archive.namelist()[0] == "einthoven.json"
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        said = json.loads(archive.read("einthoven.json"))
    assert (said["schema"], said["patient_id"], said["time"]) == (1, "P-0815", "2021-03-04T05:06:07.250000+00:00")
    assert said["statements"] == ["Überleitungsstörung"]


def test_a_signal_that_is_not_contiguous_is_written_as_it_is(tmp_path):
    signal = np.asfortranarray(record_of().signal)
    record = record_of(signal, median_beat=MedianBeat(signal[:, ::3], record_of().leads, 250.0))
    write(record, tmp_path / "rec.npz")
    with np.load(tmp_path / "rec.npz") as arrays:
        np.testing.assert_array_equal(arrays["signal"], signal)
        np.testing.assert_array_equal(arrays["median_beat"], signal[:, ::3])


def test_where_the_source_lay_is_not_written():
    assert b"memory" not in encode(record_of(), Path("a.npz"))["a.npz"]
