from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.formats.amplitudes import beyond_measure
from einthoven.ecg.quality import quality
from fakes.ecg_records import fake_record


@pytest.mark.parametrize("value", [1e13, -1e13, 3e38, np.inf, -np.inf])
def test_what_overflows_is_beyond_measure_beside_nan_too(value):
    assert beyond_measure(np.array([[0, np.nan], [1, value]], np.float32))


@pytest.mark.parametrize("value", [0, 2**31, -(2**31), np.nan])
def test_what_any_converter_stores_is_not(value):
    assert not beyond_measure(np.array([[0, 1], [np.nan, value]], np.float32))
    assert not beyond_measure(np.full((2, 3), value, np.float32))


def test_quality_is_measured_at_the_largest_amplitude_without_a_warning(recwarn):
    record = fake_record()
    record.signal[:] = np.where(record.signal > 0, 1e12, -1e12)
    assert not beyond_measure(record.signal)
    assert not quality(record).acceptable
    assert not recwarn.list
