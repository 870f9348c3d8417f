"""Waves of LUDB as its readers marked them: what a change of the delineation may not lose (the figures: benchmarks)."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
RECORDS = range(1, 81, 4)  # of those for tuning; 81 and later are for reporting
pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def scores(real_data):
    sys.path.insert(0, str(BENCHMARKS))
    try:
        from ludb import ludb_record, our_waves
        from wave_scores import score
    finally:
        sys.path.remove(str(BENCHMARKS))
    records = {number: ludb_record(number) for number in RECORDS}
    found = {number: our_waves(one.record) for number, one in records.items()}
    scores = score(found, {number: one.marks for number, one in records.items()}, records=RECORDS)
    return {(one.wave, one.border): one for one in scores}


@pytest.mark.parametrize(
    ("wave", "sensitivity", "predictive_value"),
    [("N", 0.995, 0.995), ("p", 0.97, 0.96), ("t", 0.98, 0.97)],
)
def test_waves_are_found_and_no_others(scores, wave, sensitivity, predictive_value):
    peak = scores[wave, "peak"]
    assert peak.sensitivity >= sensitivity
    assert peak.predictive_value >= predictive_value


@pytest.mark.parametrize(
    ("wave", "border", "sd_ms"),
    [("p", "on", 18), ("p", "off", 16), ("N", "on", 10), ("N", "off", 12), ("t", "off", 26)],
)
def test_borders_are_where_the_reader_set_them(scores, wave, border, sd_ms):
    error_ms = scores[wave, border].error_ms
    assert abs(error_ms.mean()) <= 5
    assert error_ms.std() <= sd_ms
