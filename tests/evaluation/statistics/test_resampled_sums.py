from __future__ import annotations

import numpy as np
import pytest

from einthoven.evaluation.statistics import resampled_sums as module
from einthoven.evaluation.statistics.probability_bins import checked_probabilities
from einthoven.evaluation.statistics.resampled_sums import centred_interval, reflected_interval, resampled_sums


def drawn(*, patients=60, records=3, resamples=400):
    """Return sums of ones and of scores in two bins, and the data."""
    rng = np.random.default_rng(0)
    n = patients * records
    truth = np.arange(n) % 2
    data = checked_probabilities(rng.random(n), truth, clusters=np.repeat(np.arange(patients), records))
    member = (data.score > 0.5).astype(np.int64)
    values = np.column_stack([np.ones(n), data.score])
    return data, member, resampled_sums(data, member, values, resamples=resamples, seed=1)


def test_patients_are_drawn_whole():
    """Each resample has as many patients, so as many records where all have three; sums average to the sample's."""
    data, member, sums = drawn()
    assert sums.shape == (400, 2, 2)
    assert np.all(sums[..., 0].sum(axis=1) == data.n)
    expected = np.bincount(member, data.score)
    assert sums[..., 1].mean(axis=0) == pytest.approx(expected, rel=0.03)


def test_groups_of_patients_spread_like_patients(monkeypatch):
    """Beyond the greatest number of patients, groups are drawn, with the same standard error."""
    _, _, single = drawn(patients=600, resamples=1000)
    monkeypatch.setattr(module, "MOST_GROUPS", 100)
    _, _, grouped = drawn(patients=600, resamples=1000)
    assert grouped[..., 1].std(axis=0) == pytest.approx(single[..., 1].std(axis=0), rel=0.25)


def test_reflected_interval_starts_at_zero_where_noise_explains_the_value():
    """And not where it doesn't."""
    replicates = np.linspace(0.4, 0.8, 201)
    assert reflected_interval(0.5, replicates, np.linspace(0.1, 0.6, 201), level=0.95)[0] == 0
    low, high = reflected_interval(0.5, replicates, np.linspace(0.0, 0.1, 201), level=0.95)
    assert (low, high) == pytest.approx((0.21, 0.69))
    assert reflected_interval(0.9, replicates + 0.4, np.zeros(201), level=0.95)[1] == 1


def test_centred_interval_ignores_the_bias_of_resamples():
    """Only their spread counts; the value is always inside."""
    replicates = np.array([np.nan, *np.linspace(2.0, 3.0, 101)])
    assert centred_interval(0.0, replicates, level=0.9) == pytest.approx((-0.45, 0.45))
