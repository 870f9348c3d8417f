"""Millivolts become whole numbers with at most half a step lost, and none where the original step still fits."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from einthoven.ecg.formats.quantise import one_step_for_all, quantise, refuse_gaps
from einthoven.ecg.record import Provenance, Record
from einthoven.errors import SignalError, UnitError


def _record(signal, leads=("I", "II"), **provenance):
    return Record(
        signal=np.asarray(signal, dtype=np.float32),
        leads=leads,
        sampling_rate_hz=500.0,
        record_id="rec",
        provenance=Provenance("toy", "1", **provenance),
    )


def test_the_original_step_is_kept_where_it_fits():
    digital = np.array([[1, -200, 3000], [0, 32767, -5]])
    record = _record(digital * 0.00488, original_step_mv=(0.00488, 0.00488), leads_stored=("I", "II"))
    for quantised in (quantise(record), one_step_for_all(record), quantise(record, max_decimals=0)):
        np.testing.assert_array_equal(quantised.digital, digital)
        assert quantised.step_mv == (0.00488, 0.00488)
        assert quantised.absent is None


def test_derived_leads_are_whole_in_half_steps():
    digital = np.array([[2, 5, 7], [3, 4, 8]])
    derived = -digital.sum(axis=0) / 2
    record = _record(
        np.vstack([digital, derived]) * 0.005,
        leads=("I", "II", "aVR"),
        original_step_mv=(0.005, 0.005),
        leads_stored=("I", "II"),
        leads_derived=("aVR",),
    )
    quantised = quantise(record)
    assert quantised.step_mv == (0.005, 0.005, 0.0025)
    np.testing.assert_array_equal(quantised.digital[2], derived * 2)
    one = one_step_for_all(record)
    assert one.step_mv == (0.0025,) * 3
    np.testing.assert_allclose(one.digital * 0.0025, record.signal, atol=1e-7)


@pytest.mark.parametrize("decimals", [None, 0, 3])
def test_else_at_most_half_a_step_is_lost(decimals):
    signal = np.random.default_rng(0).normal(0, [[0.5], [3.0]], (2, 400))
    for quantised in (
        quantise(_record(signal), max_decimals=decimals),
        one_step_for_all(_record(signal), max_decimals=decimals),
    ):
        steps = np.array(quantised.step_mv)[:, None]
        assert (np.abs(quantised.digital * steps - signal) <= steps * 0.5001).all()
        assert np.abs(quantised.digital.astype(int)).max() <= 32767
        if decimals is not None:
            nanovolts = np.array(quantised.step_mv) * 1e6 * 10**decimals
            np.testing.assert_allclose(nanovolts, np.rint(nanovolts), rtol=1e-9)


def test_a_flat_lead_stays_flat_and_gaps_are_marked():
    signal = np.zeros((2, 5))
    signal[1, 2] = np.nan
    quantised = quantise(_record(signal))
    assert not quantised.digital.any()
    assert quantised.absent.sum() == 1
    with pytest.raises(SignalError, match="Toy format has no mark"):
        refuse_gaps(quantised, _record(signal), format_name="Toy format")


def test_arbitrary_units_are_refused():
    record = dataclasses.replace(_record(np.ones((2, 5))), unit="arbitrary")
    with pytest.raises(UnitError, match="arbitrary units"):
        quantise(record)
