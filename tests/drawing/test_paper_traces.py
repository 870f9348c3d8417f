"""Strips in millimetres, and rows that keep clear of each other."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from einthoven.drawing.paper_layout import settled_paper, strips_of
from einthoven.drawing.paper_traces import row_depths, trace_of
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.record import Record
from fakes.ecg_records import fake_record


def _traces(record, **options):
    paper = settled_paper(record, **options)
    return paper, [trace_of(record, strip, paper=paper, centre_mv=0.0) for strip in strips_of(record, paper)]


@pytest.mark.parametrize("layout", ["3x4", "12x1"])
@pytest.mark.parametrize("factor", [1, 3, 8])
@pytest.mark.parametrize("gain_mm_mv", [5, 10, 20])
def test_rows_never_overlap_however_high_the_voltages(layout, factor, gain_mm_mv):
    record = fake_record()
    record = dataclasses.replace(record, signal=record.signal * np.float32(factor))
    paper, traces = _traces(record, layout=layout, gain_mm_mv=gain_mm_mv)
    depths = np.array(row_depths(traces, paper))
    rows = [np.concatenate([t.y for t in traces if t.strip.row == row]) for row in range(len(depths) - 1)]
    tops = [depth - y.max() for depth, y in zip(depths[:-1], rows, strict=True)]
    feet = [depth - y.min() for depth, y in zip(depths[:-1], rows, strict=True)]
    assert tops[0] >= 0
    assert feet[-1] <= depths[-1]
    assert all(top > foot for top, foot in zip(tops[1:], feet[:-1], strict=True))
    assert np.diff(depths[:-1]).min() > gain_mm_mv  # one row's calibration pulse ends below the row above
    assert (depths % 5 == 0).all()


def test_the_pen_stops_at_eight_millivolts_and_the_trace_says_so():
    signal = np.zeros((1, 5000), np.float32)
    signal[0, 1000:1100] = 40.0
    _, (trace,) = _traces(Record(signal, ("I",), 500.0, "spike"), layout="12x1")
    assert trace.cut
    assert trace.y.max() == 80.0


def test_samples_stand_at_their_time_whatever_the_rate():
    signal = np.zeros((12, 2570), np.float32)
    signal[:, 700] = 1.0
    _, traces = _traces(Record(signal, STANDARD_LEADS, 257.0, "odd"), layout="3x4")
    column = next(t for t in traces if t.strip.lead == "aVR")
    rhythm = traces[-1]
    assert column.x[column.y.argmax()] == pytest.approx(700 / 257 * 25, abs=1e-9)
    assert rhythm.x[rhythm.y.argmax()] == pytest.approx(700 / 257 * 25, abs=1e-9)


def test_a_lead_that_was_not_recorded_has_a_place_and_no_samples():
    _, traces = _traces(fake_record(leads=("I", "II", "V1", "V2", "V3", "V4", "V5", "V6")), layout="3x4")
    missing = next(t for t in traces if t.strip.lead == "III")
    assert missing.y.size == 0
    assert missing.x.tolist() == pytest.approx([0, 10 / 3 * 25])
