from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.formats.edf.header import parse_header
from einthoven.ecg.formats.edf.samples import digital_samples, timeline, with_gaps
from einthoven.errors import UnreadableFileError
from fakes.edf_files import write_edf


@pytest.mark.parametrize("bdf", [False, True])
@pytest.mark.parametrize("record_samples", [1, 7, 20, 140])
def test_samples_come_back_with_their_signs_whatever_the_records(tmp_path, bdf, record_samples):
    peak = 2 ** (23 if bdf else 15)
    digital = np.random.default_rng(0).integers(-peak, peak, (3, 140))
    digital[0, :2] = -peak, peak - 1
    content = write_edf(tmp_path / "a", digital, ["I", "II", "V1"], bdf=bdf, record_samples=record_samples).read_bytes()
    found = digital_samples(content, parse_header(content, where="a"), 140 // record_samples, [2, 0])
    np.testing.assert_array_equal(found, digital[[2, 0]])
    assert found.dtype.itemsize == (4 if bdf else 2)


def _line(onsets, **changes):
    settings = {"record_s": 1.0, "rate_hz": 100.0, "length": 100, "n_signals": 2, "where": "a.edf"} | changes
    return timeline(onsets, **settings)


def test_gaps_are_filled_with_absent_samples(tmp_path):
    line = _line([5.0, 6.0, 7.5, 8.5])
    assert line.n_samples == 450
    assert "1 gaps" in line.notes[0]
    digital = np.arange(800, dtype=np.int16).reshape(2, 400)
    spread, absent = with_gaps(digital, line)
    assert spread.dtype == np.int16
    np.testing.assert_array_equal(np.flatnonzero(absent[0]), np.arange(200, 250))
    np.testing.assert_array_equal(spread[:, ~absent[0]], digital)


def test_less_than_a_sample_is_rounding(tmp_path):
    assert _line([0.0, 1.004, 2.0001]).n_samples == 300


def test_records_that_overlap_are_refused():
    with pytest.raises(UnreadableFileError, match="data record 3 begins before the end"):
        _line([0.0, 1.0, 1.5])


def test_gaps_far_longer_than_the_recording_are_refused():
    with pytest.raises(UnreadableFileError, match=r"holds 2 s of ECG spread over 1e\+09 s"):
        _line([0.0, 1e9 - 1])
