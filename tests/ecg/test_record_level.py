"""The level of a record comes from all of its stored samples."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.input_spec import NormaliseSpec, ViewSpec
from einthoven.ecg.record_level import level_of_record


def steps():
    quantised = np.random.default_rng(2).integers(-32767, 32767, (3, 700)).astype(np.int16)
    return quantised, np.array([1e-5, 2e-5, 3e-5], dtype=np.float32)


def level(**normalise):
    return level_of_record(*steps(), ViewSpec(normalise=NormaliseSpec(**normalise)))


def test_zscore_gives_mean_and_deviation_of_each_lead():
    quantised, scale = steps()
    signal = quantised * scale[:, np.newaxis].astype(np.float64)
    centre, spread = level(method="zscore", extent="record", eps=0.0)
    assert centre == pytest.approx(signal.mean(axis=1), abs=1e-6)
    assert spread == pytest.approx(signal.std(axis=1), rel=1e-5)


def test_a_scope_of_all_leads_gives_each_the_same():
    quantised, scale = steps()
    signal = quantised * scale[:, np.newaxis]
    centre, spread = level(method="minmax", scope="record", extent="record")
    assert centre.tolist() == [signal.min()] * 3
    assert spread == pytest.approx([signal.max() - signal.min()] * 3)


def test_amplitudes_are_clipped_before():
    quantised, scale = steps()
    clipped = ViewSpec(normalise=NormaliseSpec("minmax", extent="record"), clip_mv=0.25)
    centre, spread = level_of_record(quantised, scale, clipped)
    assert centre.tolist() == [-0.25] * 3
    assert spread.tolist() == [0.5] * 3


def test_an_absent_lead_has_an_infinite_spread():
    """Which makes it zero, as everything constant."""
    quantised, scale = steps()
    quantised[1], scale[1] = -32768, 0
    centre, spread = level_of_record(quantised, scale, ViewSpec(normalise=NormaliseSpec("zscore", extent="record")))
    assert (centre[1], spread[1]) == (0.0, np.inf)
    assert np.isfinite(spread[[0, 2]]).all()


def test_the_order_in_memory_makes_no_difference():
    quantised, scale = steps()
    view = ViewSpec(normalise=NormaliseSpec("zscore", "record", extent="record"))
    in_fortran_order = np.asfortranarray(quantised)
    assert np.array_equal(level_of_record(in_fortran_order, scale, view), level_of_record(quantised, scale, view))


@pytest.mark.parametrize("normalise", [{}, {"method": "zscore"}, {"method": "minmax"}])
def test_zeros_stand_where_windows_have_their_own_level(normalise):
    assert not level(**normalise).any()
