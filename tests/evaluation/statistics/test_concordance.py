from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special

from einthoven.errors import InvalidScoreError, SpecificationError
from einthoven.evaluation.statistics.auroc import auroc
from einthoven.evaluation.statistics.concordance import concordance, concordance_difference
from fakes.survival_reference import survival_reference

REFERENCE = survival_reference()
KINDS = {
    "harrell": {},
    "clustered": {"clusters": REFERENCE.patient},
    "weighted": {"weights": REFERENCE.weight},
    "uno": {"weighting": "uno"},
    "uno_tau": {"weighting": "uno", "horizon": 365},
    "harrell_tau": {"horizon": 365},
    "uno_clustered": {"weighting": "uno", "clusters": REFERENCE.patient},
}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_concordance_and_error_equal_those_of_r(kind):
    """``survival::concordance``, with ``timewt = "n/G2"`` for Uno's; the error is put on the logit scale."""
    expected = REFERENCE.numbers["concordance"][kind]
    found = concordance(REFERENCE.score, REFERENCE.time, REFERENCE.event, **KINDS[kind])
    c = found.value
    assert c == pytest.approx(expected["value"], abs=1e-12)
    error = (special.logit(found.high) - special.logit(c)) * c * (1 - c) / special.ndtri(0.975)
    assert error == pytest.approx(expected["se"], abs=1e-12)


def test_difference_of_two_scores_equals_that_of_r():
    """With the covariance between them."""
    expected = REFERENCE.numbers["concordance"]["difference"]
    test = concordance_difference(REFERENCE.score, REFERENCE.marker, REFERENCE.time, REFERENCE.event)
    assert test.difference.value == pytest.approx(expected["value"], abs=1e-12)
    assert test.statistic == pytest.approx(expected["value"] / expected["se"], abs=1e-10)
    assert test.difference.high - test.difference.value == pytest.approx(expected["se"] * special.ndtri(0.975))


def test_without_censoring_and_with_two_times_it_is_the_area_under_the_roc_curve():
    """Those with the earlier time are the positives."""
    truth = REFERENCE.event == 1
    found = concordance(REFERENCE.score, np.where(truth, 1, 2), np.ones(truth.size))
    assert found.value == pytest.approx(auroc(REFERENCE.score, truth).value, abs=1e-14)


def test_competing_events_count_as_censored():
    """The cause-specific hazard."""
    one, other = (concordance(REFERENCE.score, REFERENCE.time, e) for e in (REFERENCE.cause, REFERENCE.event))
    assert one == other


def test_weights_are_records_repeated_and_order_does_not_matter():
    """Copies of one record are no comparable pair."""
    times = np.random.default_rng(1).integers(1, 4, 240)
    one = concordance(REFERENCE.score, REFERENCE.time, REFERENCE.event, weights=times)
    copied = concordance(*(np.repeat(v, times) for v in (REFERENCE.score, REFERENCE.time, REFERENCE.event)))
    assert one.value == pytest.approx(copied.value, abs=1e-13)
    order = np.random.default_rng(2).permutation(240)
    other = concordance(*(v[order] for v in (REFERENCE.score, REFERENCE.time, REFERENCE.event)), weights=times[order])
    assert (one.low, one.high) == pytest.approx((other.low, other.high), abs=1e-13)


def test_tied_scores_are_a_half():
    """All of them alike: no ranking, no error, and no claim."""
    found = concordance(np.ones(240), REFERENCE.time, REFERENCE.event)
    assert (found.value, found.low, found.high) == (0.5, 0.0, 1.0)


@pytest.mark.parametrize(("sign", "value"), [(-1, 1.0), (1, 0.0)])
def test_perfect_order_has_an_interval(sign, value):
    """Exact binomial of half the patients."""
    time = np.arange(1.0, 41)
    found = concordance(sign * time, time, np.ones(40))
    limits = (0.025**0.05, 1.0) if value else (0.0, 1 - 0.025**0.05)
    assert (found.value, found.low, found.high) == (value, pytest.approx(limits[0]), pytest.approx(limits[1]))


@pytest.mark.parametrize("event", [[0, 0, 0], [0, 0, 1]])
def test_without_comparable_pairs_it_is_undefined(event):
    """No events, or only at the very end."""
    found = concordance([1.0, 2, 3], [1, 2, 3], event)
    assert math.isnan(found.value)
    assert "no two patients are comparable" in found.reason
    test = concordance_difference([1.0, 2, 3], [3.0, 2, 1], [1, 2, 3], event)
    assert math.isnan(test.p_value)


def test_a_score_differs_from_itself_by_nothing():
    """P = 1, and so does any transformation that keeps the order."""
    test = concordance_difference(
        REFERENCE.score, np.exp(REFERENCE.score), REFERENCE.time, REFERENCE.event, clusters=REFERENCE.patient
    )
    assert (test.difference.value, test.p_value) == (0.0, 1.0)


def test_wrong_input_is_refused():
    """NaN and unknown weightings."""
    with pytest.raises(InvalidScoreError):
        concordance([1.0, np.nan], [1, 2], [1, 1])
    with pytest.raises(SpecificationError, match="'harrell' or 'uno', got 'gonen'"):
        concordance([1.0, 2], [1, 2], [1, 1], weighting="gonen")
