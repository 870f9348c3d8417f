"""Waveforms of a MUSE file as they are written."""

from __future__ import annotations

import numpy as np
import pytest
from lxml import etree

from einthoven.ecg.formats.muse.waveform_write import add_waveforms
from einthoven.ecg.record import MedianBeat, Provenance, Record


def waveforms_of(record: Record) -> list[etree._Element]:
    root = etree.Element("RestingECG")
    add_waveforms(root, record)
    return list(root)


def flat(**changes) -> Record:
    return Record(np.zeros((2, 3), dtype=np.float32), ("I", "II"), 500.0, "rec", **changes)


@pytest.mark.parametrize(
    ("filters", "written"),
    [
        (("high-pass 0.56 Hz", "low-pass 40 Hz", "notch 60 Hz"), ("56", "40", "60")),
        (("high-pass 0.125 Hz", "low-pass 35.5 Hz"), (None, "35.5", None)),
        (("low-pass 150 Hz", "low-pass 40 Hz", "notch", "smoothing"), (None, "150", None)),
        ((), (None, None, None)),
    ],
)
def test_filters_are_written_in_the_units_of_the_format_or_not_at_all(filters, written):
    (waveform,) = waveforms_of(flat(provenance=Provenance("memory", "1", device_filters=filters)))
    assert tuple(waveform.findtext(tag) for tag in ("HighPassFilter", "LowPassFilter", "ACFilter")) == written


def test_the_median_beat_comes_first_as_in_real_exports():
    beat = MedianBeat(np.ones((1, 2), dtype=np.float32), ("V2",), 250.0)
    median, rhythm = waveforms_of(flat(median_beat=beat))
    assert (median.findtext("WaveformType"), rhythm.findtext("WaveformType")) == ("Median", "Rhythm")
    assert (median.findtext("SampleBase"), rhythm.findtext("SampleBase")) == ("250", "500")
    assert (median.findtext("NumberofLeads"), rhythm.findtext("NumberofLeads")) == ("1", "2")


def test_a_median_beat_with_gaps_is_left_out():
    beat = MedianBeat(np.full((1, 2), np.nan, dtype=np.float32), ("V2",), 250.0)
    assert len(waveforms_of(flat(median_beat=beat))) == 1
