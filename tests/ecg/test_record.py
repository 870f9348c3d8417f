"""A record holds together, or it isn't made."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.record import Record
from einthoven.errors import LeadError, SignalError, UnitError


def record(**changes) -> Record:
    base = {
        "signal": np.zeros((2, 500), np.float32),
        "leads": ("I", "II"),
        "sampling_rate_hz": 250.0,
        "record_id": "r1",
    }
    return Record(**(base | changes))


def test_duration_is_samples_over_rate():
    """500 samples at 250 Hz are 2 s."""
    assert record().duration_s == 2.0


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"signal": np.zeros((2, 500))}, SignalError, r"must be float32 \(lead, sample\), got float64"),
        ({"signal": np.zeros(500, np.float32)}, SignalError, r"must be float32 \(lead, sample\)"),
        ({"signal": np.zeros((2, 0), np.float32)}, SignalError, r"r1 holds no samples"),
        ({"leads": ("I",)}, LeadError, r"each of the 2 rows once"),
        ({"leads": ("I", "I")}, LeadError, r"each of the 2 rows once"),
        ({"sampling_rate_hz": 0.0}, SignalError, r"record r1: sampling rate must be positive, .* got 0\.0"),
        ({"sampling_rate_hz": float("nan")}, SignalError, r"record r1: sampling rate .* got nan"),
        ({"sampling_rate_hz": 1e-3}, SignalError, r"1 to 100,000 Hz, got 0\.001"),
        ({"sampling_rate_hz": 1e9}, SignalError, r"1 to 100,000 Hz, got 1000000000\.0"),
        ({"unit": "uV"}, UnitError, r"'mV' or 'arbitrary', got 'uV'"),
    ],
)
def test_contradictions_name_the_record(changes, error, message):
    """Shape, leads, rate and unit are checked once, here."""
    with pytest.raises(error, match=message):
        record(**changes)
