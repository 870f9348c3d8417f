"""All measurements of real ECGs, good and bad: no crash, each number with its validity, the same on the same ECG."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy import signal

from einthoven.ecg.formats import locate, read
from einthoven.ecg.measurement_reasons import Reason
from einthoven.ecg.measurements import measure

pytestmark = pytest.mark.real_data

INTERVALS = ("pr_ms", "qrs_ms", "qt_ms", "rr_ms")


@pytest.fixture(scope="module")
def bad_ecgs(real_data):
    locations = locate(real_data / "cinc2011" / "set-a")
    return [read(location, with_sha256=False) for location in locations[::10]]


@pytest.fixture(scope="module")
def good_ecgs(real_data):
    return [read(real_data / "ludb" / "data" / f"{number}.hea", with_sha256=False) for number in range(1, 81, 10)]


def with_row(record, row, samples):
    changed = record.signal.copy()
    changed[row] = samples
    return dataclasses.replace(record, signal=changed)


CHANGES = {
    "as recorded": lambda record: record,
    "flat": lambda record: with_row(record, 1, 0),
    "without samples": lambda record: with_row(record, 7, np.nan),
    "inverted": lambda record: with_row(record, 8, -record.signal[8]),
    "swapped": lambda record: dataclasses.replace(record, signal=record.signal[[1, 0, *range(2, 12)]]),
    "nothing at all": lambda record: dataclasses.replace(record, signal=np.full_like(record.signal, np.nan)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_no_number_of_a_bad_ecg_lacks_a_value_or_a_reason(bad_ecgs, change):
    for record in bad_ecgs:
        found = measure(CHANGES[change](record))
        for values, codes in ((found.values, found.codes), (found.lead_values, found.lead_codes)):
            assert not np.isinf(values).any(), record.record_id
            assert (codes[np.isnan(values)] != Reason.NONE).all(), record.record_id


def test_an_ecg_without_a_sample_has_no_rate(bad_ecgs):
    assert measure(CHANGES["nothing at all"](bad_ecgs[0]))["heart_rate_bpm"].value is None


def intervals(record):
    found = measure(record)
    return np.array([np.nan if found[name].value is None else found[name].value for name in INTERVALS])


def resampled(record, rate_hz):
    level = record.signal[:, :1]
    samples = signal.resample_poly(record.signal - level, rate_hz, 500, axis=1, padtype="line") + level
    return dataclasses.replace(record, signal=samples.astype(np.float32), sampling_rate_hz=float(rate_hz))


SAME = {
    "250 Hz": lambda record: resampled(record, 250),
    "1,000 Hz": lambda record: resampled(record, 1000),
    "cut": lambda record: dataclasses.replace(record, signal=record.signal[:, 20:].copy()),
    "half the gain": lambda record: dataclasses.replace(record, signal=record.signal / 2),
    "twice the gain": lambda record: dataclasses.replace(record, signal=record.signal * 2),
    "leads reversed": lambda record: dataclasses.replace(
        record, signal=record.signal[::-1].copy(), leads=record.leads[::-1]
    ),
}


@pytest.mark.parametrize("change", SAME)
def test_intervals_are_those_of_the_ecg_not_of_its_recording(good_ecgs, change):
    difference = np.array([intervals(SAME[change](record)) - intervals(record) for record in good_ecgs])
    known = difference[~np.isnan(difference)]
    assert known.size >= 0.8 * difference.size
    assert np.mean(np.abs(known) <= 2) >= 0.95
