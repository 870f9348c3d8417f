"""Logistic regression is R's glm, whatever the scale of the columns; where there is no maximum it says so."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.errors import StatisticsError, TooFewObservationsError
from einthoven.evaluation.statistics.logistic_regression import fit_logistic
from fakes.verified_patients import numbers_of_r, verified_patients


def verified():
    """Return columns, truth and weights of the verified records."""
    data = verified_patients()
    kept = ~np.isnan(data.truth)
    return np.column_stack([data.score, data.age, data.female])[kept], data.truth[kept] == 1, data.sampling[kept]


@pytest.mark.parametrize("kind", ["plain", "weighted"])
def test_coefficients_and_covariance_are_those_of_r(kind):
    """Glm with and without weights."""
    columns, truth, weights = verified()
    fit = fit_logistic(columns, truth, weights=weights if kind == "weighted" else None)
    r = numbers_of_r("logistic_regression")[kind]
    assert fit.coefficients == pytest.approx(np.array(r["coefficients"]), rel=1e-9)
    assert fit.covariance == pytest.approx(np.array(r["covariance"]), rel=1e-7)


def test_scale_and_order_change_nothing_but_the_unit():
    """A column in thousandths has a coefficient a thousand times as large."""
    columns, truth, _ = verified()
    fit = fit_logistic(columns, truth)
    other = fit_logistic((columns / 1000 + 5)[::-1], truth[::-1])
    assert other.coefficients[1:] / 1000 == pytest.approx(fit.coefficients[1:], rel=1e-6)
    assert other.probability(columns / 1000 + 5) == pytest.approx(fit.probability(columns), abs=1e-9)


def test_columns_that_add_nothing_get_no_coefficient():
    """A constant, and the double of another column."""
    columns, truth, _ = verified()
    fit = fit_logistic(np.column_stack([columns, np.full(truth.size, 7.0), 2 * columns[:, 0] + 1]), truth)
    assert fit.coefficients[:4] == pytest.approx(fit_logistic(columns, truth).coefficients, rel=1e-9)
    assert fit.coefficients[4:].tolist() == [0.0, 0.0]


def test_weights_count_records_as_often_as_they_say():
    """Whole weights are repeated rows."""
    columns, truth, _ = verified()
    times = np.arange(truth.size) % 3 + 1
    repeated = fit_logistic(np.repeat(columns, times, axis=0), np.repeat(truth, times))
    weighted = fit_logistic(columns, truth, weights=times.astype(float))
    assert weighted.coefficients == pytest.approx(repeated.coefficients, rel=1e-8)


def test_an_outlier_far_out_is_no_separation():
    """A chance of almost 1 for one record is a fit like any other."""
    columns, truth, _ = verified()
    columns[np.flatnonzero(truth)[0], 0] = 50.0
    assert np.isfinite(fit_logistic(columns, truth).coefficients).all()


@pytest.mark.parametrize(
    "truth", [[0, 0, 0, 0], [1, 1, 1, 1], [0, 0, 1, 1], [0, 1, 1, 1]], ids=["none", "all", "separated", "quasi"]
)
def test_a_likelihood_without_maximum_is_refused(truth):
    """One class, or columns that separate the classes, wholly or at a border."""
    columns = np.array([[0.0], [1.0], [1.0], [2.0]])
    if truth == [0, 0, 1, 1]:
        columns = np.array([[0.0], [1.0], [2.0], [3.0]])
    with pytest.raises(TooFewObservationsError):
        fit_logistic(columns, np.array(truth) == 1)


def test_missing_numbers_and_wrong_shapes_are_refused():
    """Whoever fills in what is missing does it knowingly."""
    with pytest.raises(StatisticsError, match="finite"):
        fit_logistic(np.array([[0.0], [np.nan]]), np.array([True, False]))
    with pytest.raises(StatisticsError, match=r"\(record, column\)"):
        fit_logistic(np.zeros((3, 1)), np.array([True, False]))
