"""Pairs of ECGs of a patient come with even chances; pairs of windows lie where their record allows."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.input_spec import ViewSpec
from einthoven.store.pairs import PatientPairs, neighbouring_windows
from einthoven.store.sample_draws import sample_draws
from einthoven.store.windows import Windows
from fakes.stores import FakeStore

PATIENTS = np.array([4, 1, 4, 0, 1, 4, 7])  # 0 and 7 have one record


def _draws(n: int, *, stream: int = 0) -> np.ndarray:
    return sample_draws(np.arange(n, dtype=np.uint32), seed=1, epoch=0, stream=stream)


def test_only_patients_with_two_records_pair_in_the_order_of_their_first():
    pairs = PatientPairs(PATIENTS)
    assert len(pairs) == 2
    assert pairs.patients.tolist() == [4, 1]


def test_every_ordered_pair_of_a_patients_records_comes_with_the_same_chance():
    pairs = PatientPairs(PATIENTS)
    own, partner = pairs.records(np.zeros(6000, dtype=np.int64), _draws(6000))
    counts = {}
    for pair in zip(own.tolist(), partner.tolist(), strict=True):
        counts[pair] = counts.get(pair, 0) + 1
    assert set(counts) == {(a, b) for a in (0, 2, 5) for b in (0, 2, 5) if a != b}
    assert min(counts.values()) > 850
    assert set(map(tuple, pairs.records(np.ones(99, dtype=np.int64), _draws(99)).T.tolist())) == {(1, 4), (4, 1)}


@pytest.mark.parametrize("crop", ["random", (0.0, 0.5)])
@pytest.mark.parametrize("time_scale", [0.0, 0.2])
def test_neighbours_lie_in_their_record_one_after_the_other(crop, time_scale):
    windows = Windows(FakeStore(1), ViewSpec(window_s=1.0, crop=crop), time_scale=time_scale)
    n_samples = np.repeat([200, 201, 230, 400], 50)
    own, partner = neighbouring_windows(windows, n_samples, _draws(200), _draws(200, stream=1))
    starts = np.stack([own.first + own.start, partner.first + partner.start])
    assert np.array_equal(own.stretch, partner.stretch)
    assert np.allclose(np.abs(starts[0] - starts[1]), 100 * own.stretch)
    assert (starts.min(axis=0) >= 0).all()
    assert (starts.max(axis=0) + 99 * own.stretch <= n_samples - 1 + 1e-9).all()
    assert 0.3 < (starts[0] < starts[1]).mean() < 0.7


@pytest.mark.parametrize("n_samples", [100, 130, 199])
def test_windows_of_a_record_too_short_for_two_are_drawn_each_for_itself(n_samples):
    windows = Windows(FakeStore(1), ViewSpec(window_s=1.0), time_scale=0.0)
    own, partner = neighbouring_windows(windows, np.full(500, n_samples), _draws(500), _draws(500, stream=1))
    for places in (own, partner):
        assert set(places.first.tolist()) <= set(range(n_samples - 99))
        assert (places.start == 0).all()
    if n_samples > 100:
        assert abs(np.corrcoef(own.first, partner.first)[0, 1]) < 0.2
