from __future__ import annotations

import math

import numpy as np
import pytest

from einthoven.errors import StatisticsError
from einthoven.evaluation.statistics.area_difference import paired_areas, unpaired_areas
from einthoven.evaluation.statistics.delong import placements
from fakes.compared_scores import compared_scores


def shared_groups(seed=0, patients=300):
    """Return two groups of records that share two thirds of their patients, whose scores hang together."""
    rng = np.random.default_rng(seed)
    effect = rng.normal(size=patients)
    groups = []
    for present in (np.arange(250), np.arange(50, 300)):
        patient = np.repeat(present, 2)
        truth = effect[patient] + rng.normal(size=patient.size) > 0.5
        score = np.round(effect[patient] + truth + rng.normal(size=patient.size), 1)
        groups.append((score, truth, patient))
    return groups


def test_the_variance_of_groups_that_share_patients_is_near_the_jackknife():
    """Leaving out one patient of both groups at a time; without the covariance it would be too large."""
    (a, truth_a, of_a), (b, truth_b, of_b) = shared_groups()
    found = unpaired_areas((a, truth_a), (b, truth_b), clusters=(of_a, of_b))

    def difference(without):
        kept_a, kept_b = of_a != without, of_b != without
        return placements(a[kept_a], truth_a[kept_a]).auroc - placements(b[kept_b], truth_b[kept_b]).auroc

    values = np.array([difference(patient) for patient in range(300)])
    jackknife = 299 / 300 * ((values - values.mean()) ** 2).sum()
    assert found.variance == pytest.approx(jackknife, rel=0.02)
    apart = unpaired_areas((a, truth_a), (b, truth_b), clusters=(of_a, of_b + 1000))
    assert apart.variance > 1.1 * found.variance
    assert found.clusters == 300
    assert "patients in both groups" in found.method


def test_the_same_records_as_two_groups_are_the_paired_comparison():
    """All patients shared: value and variance are those of the paired difference."""
    data = compared_scores()
    paired = paired_areas(data.a, data.b, data.truth, clusters=data.patient)
    both = unpaired_areas((data.a, data.truth), (data.b, data.truth), clusters=(data.patient, data.patient))
    assert (both.value, both.variance) == pytest.approx((paired.value, paired.variance), rel=1e-12)


def test_clusters_of_one_are_no_clusters():
    """Paired and unpaired, to the last digit but rounding."""
    data = compared_scores()
    names = np.arange(240)[::-1]
    plain, named = (paired_areas(data.a, data.b, data.truth, clusters=c) for c in (None, names))
    assert (named.variance, named.degrees, named.method) == pytest.approx((plain.variance, math.inf, plain.method))
    x = data.group == "x"
    samples = ((data.a[x], data.truth[x]), (data.a[~x], data.truth[~x]))
    plain, named = unpaired_areas(*samples), unpaired_areas(*samples, clusters=(names[x], names[~x]))
    assert (named.variance, named.degrees) == pytest.approx((plain.variance, plain.degrees), rel=1e-12)


def test_weights_count_records_as_often():
    """The value is that of repeated records; their variance by patient is that of the weights."""
    data = compared_scores()
    times = np.random.default_rng(0).integers(1, 4, 240)
    rows = np.repeat(np.arange(240), times)
    weighted = paired_areas(data.a, data.b, data.truth, clusters=data.patient, weights=times)
    repeated = paired_areas(data.a[rows], data.b[rows], data.truth[rows], clusters=data.patient[rows])
    assert (weighted.value, weighted.variance) == pytest.approx((repeated.value, repeated.variance), rel=1e-10)
    equal = paired_areas(data.a, data.b, data.truth, weights=np.full(240, 7.0))
    assert equal == paired_areas(data.a, data.b, data.truth)


def test_students_t_replaces_the_normal_law_where_patients_are_few_or_repeated():
    """Satterthwaite's degrees for few events; one less than the effective patients of a class for repeated ones."""
    data = compared_scores()
    assert math.isinf(paired_areas(data.a, data.b, data.truth).degrees)
    few = np.append(np.flatnonzero(data.truth == 1)[:12], np.flatnonzero(data.truth == 0))
    small = paired_areas(data.a[few], data.b[few], data.truth[few])
    a, b = (placements(score[few], data.truth[few] == 1) for score in (data.a, data.b))
    parts = [np.var(x - y, ddof=1) / x.size for x, y in ((a.positive, b.positive), (a.negative, b.negative))]
    degrees = sum(parts) ** 2 / (parts[0] ** 2 / 11 + parts[1] ** 2 / (few.size - 13))
    assert small.degrees == pytest.approx(degrees)
    assert small.variance == pytest.approx(sum(parts))
    repeated = paired_areas(data.a, data.b, data.truth, clusters=data.patient)
    records = np.unique(data.patient[data.truth == 1], return_counts=True)[1]
    assert repeated.degrees == pytest.approx(records.sum() ** 2 / (records**2).sum() - 1)
    assert "Student t" in repeated.method


def test_one_event_leaves_the_variance_undefined():
    """The interval is everything, and the reason says so."""
    found = paired_areas([0.1, 0.9, 0.3], [0.2, 0.1, 0.4], [0, 1, 0])
    assert math.isnan(found.variance)
    estimate = found.estimate(level=0.95)
    assert (estimate.low, estimate.high) == (-1.0, 1.0)
    assert estimate.reason


def test_clusters_of_other_lengths_are_refused():
    """Each record of both groups needs its patient."""
    sample = ([0.1, 0.2], [0, 1])
    with pytest.raises(StatisticsError, match="both groups, 2 and 2"):
        unpaired_areas(sample, sample, clusters=([1, 2], [1, 2, 3]))
