"""Traces without millivolts say so."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.drawing.traces import draw_traces
from einthoven.ecg.record import Record
from einthoven.errors import SignalError
from fakes.ecg_records import fake_record


def test_the_picture_says_that_voltages_cannot_be_read():
    figure = draw_traces(fake_record(unit="arbitrary"))
    assert any("relative units" in text.get_text() for text in figure.texts)


def test_each_lead_has_a_row_and_fills_it_whatever_its_scale():
    signal = fake_record().signal[:2] * np.array([[1.0], [500.0]], np.float32)
    figure = draw_traces(Record(signal, ("I", "II"), 250.0, "x", unit="arbitrary"))
    heights = [np.ptp(line.get_ydata()) for line in figure.axes[0].lines]
    assert len(heights) == 2
    assert all(0.9 < height < 2.0 for height in heights)


def test_a_missing_lead_and_a_flat_lead_are_drawn():
    signal = np.zeros((2, 500), np.float32)
    signal[1] = np.nan
    figure = draw_traces(Record(signal, ("I", "II"), 250.0, "x", unit="arbitrary"))
    assert "not recorded" in [text.get_text() for text in figure.axes[0].texts]


def test_a_start_beyond_the_record_is_refused():
    with pytest.raises(SignalError, match="start_s"):
        draw_traces(fake_record(), start_s=11)
