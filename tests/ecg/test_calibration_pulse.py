"""A calibration pulse behind the ECG is told, and nothing else is taken for one."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from einthoven.ecg.calibration_pulse import calibration_note
from einthoven.ecg.formats import read
from einthoven.ecg.quality import quality

ECG = np.random.default_rng(0).normal(0, 0.3, (12, 5000)).astype(np.float32)


def _with_end(level, length=200):
    return np.hstack([ECG, np.full((12, length), level, dtype=np.float32)])


def test_only_a_pulse_of_one_millivolt_in_all_leads_counts():
    assert "last 0.4 s" in calibration_note(_with_end(1.0), sampling_rate_hz=500)
    for signal in (ECG, _with_end(0.0), _with_end(5.0), _with_end(1.0, 20), ECG[:1], np.ones((12, 500), np.float32)):
        assert calibration_note(signal, sampling_rate_hz=500) is None
    assert calibration_note(np.full((12, 500), np.nan, np.float32), sampling_rate_hz=500) is None


@pytest.mark.real_data
def test_real_recordings_say_where_the_ecg_ends(real_data):
    for path in ("2020-5-18_15-48-11.xml", "ad4d3d80-d165_1-04_converted.xml"):
        notes = read(real_data / "formats/philips_xml" / path).provenance.notes
        assert "the last 0.4 s of all leads are a calibration pulse of 1 mV, no ECG" in notes
    assert not any("pulse" in note for note in read(real_data / "formats/muse_xml/example1.xml").provenance.notes)


@pytest.mark.real_data
def test_the_pulse_is_no_fault_of_the_electrodes(real_data):
    record = read(real_data / "formats/philips_xml/ad4d3d80-d165_1-04_orig.xml")
    measured = quality(record)
    assert not measured.einthoven_violated
    before = dataclasses.replace(record, signal=record.signal[:, :-200])
    assert measured == quality(before)
