from __future__ import annotations

import importlib

import numpy as np
import pytest

from einthoven.errors import InvalidScoreError, StatisticsError, TooFewObservationsError
from einthoven.evaluation.statistics.correlation import pearson_correlation, spearman_correlation
from einthoven.evaluation.statistics.limits_of_agreement import limits_of_agreement
from einthoven.evaluation.statistics.mean_absolute_error import mean_absolute_error
from einthoven.evaluation.statistics.mean_difference import mean_difference
from einthoven.evaluation.statistics.paired_values import paired_values
from einthoven.evaluation.statistics.r_squared import r_squared
from einthoven.evaluation.statistics.root_mean_squared_error import root_mean_squared_error
from einthoven.evaluation.statistics.value_calibration import value_calibration

FAMILY = {
    "mean_absolute_error": mean_absolute_error,
    "root_mean_squared_error": root_mean_squared_error,
    "r_squared": r_squared,
    "mean_difference": mean_difference,
    "pearson": pearson_correlation,
    "spearman": spearman_correlation,
    "lower": lambda *a, **k: limits_of_agreement(*a, **k).lower,
    "upper": lambda *a, **k: limits_of_agreement(*a, **k).upper,
    "slope": lambda *a, **k: value_calibration(*a, **k).slope,
    "intercept": lambda *a, **k: value_calibration(*a, **k).intercept,
}


@pytest.fixture(params=FAMILY)
def statistic(request):
    """Return each statistic of predicted and measured numbers."""
    return FAMILY[request.param]


def test_order_of_records_does_not_matter(statistic, regression):
    """With patients and weights, and without."""
    order = np.random.default_rng(0).permutation(regression.patient.size)
    for names in ((), ("clusters",), ("clusters", "weights")):
        extra = {"clusters": regression.patient, "weights": regression.weight}
        one = statistic(regression.predicted, regression.measured, **{n: extra[n] for n in names})
        other = statistic(
            regression.predicted[order], regression.measured[order], **{n: extra[n][order] for n in names}
        )
        assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high), rel=1e-10)


def test_interval_contains_its_value_and_widens_with_the_level(statistic):
    """On twenty small samples with repeated patients."""
    rng = np.random.default_rng(1)
    for _ in range(20):
        measured = rng.normal(50, 10, 12)
        predicted = np.round(measured + rng.normal(0, rng.choice([1, 10, 30]), 12))
        narrow, wide = (
            statistic(predicted, measured, clusters=rng.permutation(12) // 2 if level else None, level=level)
            for level in (0.5, 0.95)
        )
        assert narrow.low <= narrow.value <= narrow.high
        assert wide.low <= wide.value <= wide.high


def test_whole_weights_equal_repeated_records_of_one_patient(statistic, regression):
    """The value is that of records that are there so often."""
    times = np.random.default_rng(2).integers(1, 4, regression.patient.size)
    weighted = statistic(regression.predicted, regression.measured, clusters=regression.patient, weights=times)
    repeated = [np.repeat(v, times) for v in (regression.predicted, regression.measured, np.arange(times.size))]
    plain = statistic(repeated[0], repeated[1], weights=None)
    tolerance = 1e-12 if statistic not in (FAMILY["lower"], FAMILY["upper"]) else 0.05
    assert weighted.value == pytest.approx(plain.value, rel=tolerance)


def test_equal_weights_and_single_records_are_none(statistic, regression):
    """Clusters of one and a constant weight change nothing."""
    one = statistic(regression.predicted, regression.measured)
    other = statistic(
        regression.predicted,
        regression.measured,
        clusters=np.arange(regression.patient.size),
        weights=np.full(regression.patient.size, 2.5),
    )
    assert one == other


def test_wrong_input_is_refused(statistic):
    """NaN, unequal lengths, two patients."""
    with pytest.raises(InvalidScoreError, match="measured values must be finite"):
        statistic([1.0, 2, 3], [1.0, np.nan, 3])
    with pytest.raises(StatisticsError, match="one length"):
        statistic([1.0, 2, 3], [1.0, 2])
    with pytest.raises(TooFewObservationsError, match="3 patients"):
        statistic([1.0, 2, 3], [1.0, 2, 4], clusters=["a", "a", "b"])


def test_every_docstring_has_an_example_and_a_source():
    """As for all statistics."""
    for name in (
        "mean_absolute_error",
        "root_mean_squared_error",
        "r_squared",
        "mean_difference",
        "limits_of_agreement",
    ):
        module = importlib.import_module(f"einthoven.evaluation.statistics.{name}")
        text = (module.__doc__ or "") + getattr(module, name).__doc__
        assert "doi:" in text
        assert ">>>" in text


def test_the_error_is_the_sandwich_over_patients(regression):
    """As R's vcovCL for a mean, with its factor g / (g - 1)."""
    data = paired_values(regression.predicted, regression.measured, clusters=regression.patient)
    centred = data.difference - data.mean(data.difference)
    assert data.error(centred) == pytest.approx(regression.clustered["bias_error"], rel=1e-12)
