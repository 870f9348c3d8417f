from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.formats import read
from fakes.aecg_files import RELATIVE, START, aecg, lead, sequence_set, series, write_aecg


def _read(folder, *parts):
    return read(write_aecg(folder, aecg("".join(parts))))


def _steps(record):
    return np.where(np.isnan(record.signal), 99, np.rint(record.signal * 1000)).astype(int).tolist()


def test_segments_of_three_leads_stand_where_they_were_recorded(tmp_path):
    groups = [("I", "II", "III"), ("aVR", "aVL", "aVF"), ("V1", "V2", "V3"), ("V4", "V5", "V6")]
    sets = [
        sequence_set([lead(name, [index + 1] * 1250) for name in names], head=f"2002112209100{index * 2.5:.3f}")
        for index, names in enumerate(groups)
    ]
    record = _read(tmp_path, series("".join(sets)))
    assert record.signal.shape == (12, 5000)
    for row in range(12):
        known = ~np.isnan(record.signal[row])
        np.testing.assert_array_equal(np.flatnonzero(known), np.arange(1250) + 1250 * (row // 3))
        np.testing.assert_allclose(record.signal[row, known], 0.001 * (row // 3 + 1))
    assert "joined from 4 pieces" in record.provenance.notes


def test_pieces_in_relative_time_are_joined_too(tmp_path):
    sets = [sequence_set([lead("I", f"{k} {k}")], head=str(k * 4), time=RELATIVE) for k in (1, 0, 2)]
    record = _read(tmp_path, series("".join(sets), low=""))
    assert _steps(record) == [[0, 0, 1, 1, 2, 2]]
    assert record.time.hour == 9  # of the document


def test_starts_that_are_rounded_to_milliseconds_leave_no_gap(tmp_path):
    times = ('TIME_ABSOLUTE"', '<head value="{head}"/><increment value="1.3" unit="ms"/>')
    sets = [
        sequence_set([lead("I", [1] * 5)], head="20021122091000.000", time=times),
        sequence_set([lead("I", [2] * 5)], head="20021122091000.007", time=times),  # 6.5 ms in truth
    ]
    assert _steps(_read(tmp_path, series("".join(sets)))) == [[1] * 5 + [2] * 5]


def test_of_recordings_with_a_gap_between_them_the_longest_is_read(tmp_path):
    short = series(sequence_set([lead("I", [1] * 10), lead("II", [1] * 10)]))
    long = series(sequence_set([lead("I", [2] * 20)], head="20021122091500.000"))
    record = _read(tmp_path, short, long)
    assert _steps(record) == [[2] * 20]
    assert record.time.minute == 15
    assert any(
        "2 recordings apart in time or rate" in note and "0.02 s at 500 Hz" in note for note in record.provenance.notes
    )


def test_of_two_rates_the_longer_recording_is_read(tmp_path):
    quick = sequence_set([lead("I", [1] * 10)]).replace('"0.002"', '"0.001"')
    record = _read(tmp_path, series(quick + sequence_set([lead("I", [2] * 10)])))
    assert (record.sampling_rate_hz, _steps(record)) == (500, [[2] * 10])


def test_a_piece_whose_time_is_not_known_is_not_joined(tmp_path):
    lost = series(sequence_set([lead("I", [1] * 5)]).replace(f'"{START}"', '"" nullFlavor="UNK"'), low="")
    record = _read(tmp_path, lost, series(sequence_set([lead("I", [2] * 10)])))
    assert _steps(record) == [[2] * 10]


def test_what_overlaps_or_has_another_scale_is_left_out_with_a_note(tmp_path):
    strip = sequence_set([lead("II", [3] * 4)])
    again = sequence_set([lead("II", [7] * 2), lead("I", [5] * 2)], head="20021122091000.004")
    louder = sequence_set([lead("I", [9] * 2, scale='value="2" unit="uV"')])
    record = _read(tmp_path, series(strip + louder + again))
    assert record.leads == ("I", "II")
    assert _steps(record) == [[18, 18, 99, 99], [3] * 4]
    assert sum("left out a second piece" in note for note in record.provenance.notes) == 2


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_order_of_series_in_the_file_does_not_matter(tmp_path, order):
    parts = [series(sequence_set([lead("I", [k] * 3)], head=f"20021122091000.00{k * 6}")) for k in order]
    record = _read(tmp_path, *parts)
    assert _steps(record) == [[0] * 3 + [1] * 3]
    assert record.time.microsecond == 0
