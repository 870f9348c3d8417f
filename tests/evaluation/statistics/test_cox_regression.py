from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from einthoven.errors import StatisticsError, TooFewObservationsError
from einthoven.evaluation.statistics.cox_regression import cox_regression
from fakes.survival_reference import survival_reference

R = survival_reference()
GROUPS = np.eye(3)[R.group.astype(int)][:, 1:]
MODELS = {
    "score": (R.score[:, None], {}),
    "group": (GROUPS, {}),
    "both": (np.stack([R.score, R.marker], axis=1), {}),
    "clustered": (R.score[:, None], {"clusters": R.patient}),
    "group_clustered": (GROUPS, {"clusters": R.patient}),
    "weighted": (R.score[:, None], {"weights": R.weight}),
}


@pytest.mark.parametrize("name", sorted(MODELS))
def test_coefficients_errors_and_proportional_hazards_equal_those_of_r(name):
    """``coxph`` with Efron's ties, robust by ``cluster``, and ``cox.zph`` on the Kaplan-Meier scale."""
    covariates, options = MODELS[name]
    expected = R.numbers["cox"][name]
    fit = cox_regression(covariates, R.time, R.event, **options)
    # R stops its iterations earlier
    assert fit.coefficient == pytest.approx(np.atleast_1d(expected["beta"]), abs=1e-8)
    assert np.sqrt(np.diag(fit.covariance)) == pytest.approx(np.atleast_1d(expected["se"]), abs=1e-9)
    assert fit.proportional_hazards_p == pytest.approx(expected["zph"][-1], abs=1e-8)


@pytest.mark.parametrize("kind", ["plain", "clustered"])
def test_coefficients_equal_those_of_lifelines(kind):
    """On times without ties, where its robust errors are the same, too."""
    path = Path(__file__).resolve().parents[2] / "reference" / "survival_peers.json"
    recorded = json.loads(path.read_text(encoding="utf-8"))
    data = {name: np.array(values) for name, values in recorded["data"].items()}
    options = {"clusters": data["patient"]} if kind == "clustered" else {}
    fit = cox_regression(data["score"][:, None], data["time"], data["event"], **options)
    assert fit.coefficient[0] == pytest.approx(recorded["cox"][kind]["beta"], abs=1e-5)
    assert np.sqrt(fit.covariance[0, 0]) == pytest.approx(recorded["cox"][kind]["se"], abs=1e-6)


def test_scale_and_order_do_not_matter():
    """A covariate in other units has a coefficient in other units."""
    order = np.random.default_rng(0).permutation(240)
    one = cox_regression(R.score[:, None], R.time, R.event)
    other = cox_regression(1e5 + 1000 * R.score[order, None], R.time[order], R.event[order])
    assert other.coefficient[0] * 1000 == pytest.approx(one.coefficient[0], rel=1e-8)
    assert other.covariance[0, 0] * 1e6 == pytest.approx(one.covariance[0, 0], rel=1e-7)


def test_a_changing_hazard_ratio_is_noticed():
    """The effect turns round half-way."""
    rng = np.random.default_rng(1)
    x = rng.integers(0, 2, 600)
    early = rng.exponential(np.where(x, 1, 4))
    time = np.where(early < 1, early, 1 + rng.exponential(np.where(x, 8, 1)))
    assert cox_regression(x[:, None], time, np.ones(600)).proportional_hazards_p < 1e-6


@pytest.mark.parametrize(
    ("covariates", "event", "told"),
    [
        ([[0], [0], [1], [1]], [1, 1, 0, 0], "no maximum"),
        ([[1], [1], [1], [1]], [1, 1, 0, 1], "the same in all records"),
        ([[0, 0], [1, 2], [2, 4], [1, 2]], [1, 1, 1, 1], "no maximum"),
        ([[0], [np.nan], [1], [1]], [1, 1, 0, 0], "finite"),
    ],
)
def test_what_has_no_hazard_ratio_is_refused(covariates, event, told):
    """A group without events, a constant, copies, NaN."""
    with pytest.raises(StatisticsError, match=told):
        cox_regression(covariates, [1, 2, 3, 4], event)


def test_without_events_or_patients_there_is_no_model():
    """All censored, or all of one patient."""
    with pytest.raises(TooFewObservationsError, match="one patient"):
        cox_regression([[0.0], [1.0], [0.0]], [1, 2, 3], [1, 1, 1], clusters=["a"] * 3)
    with pytest.raises(TooFewObservationsError):
        cox_regression([[0.0], [1.0]], [1, 2], [0, 0])
