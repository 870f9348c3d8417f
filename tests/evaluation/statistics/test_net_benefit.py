from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from einthoven.errors import InvalidScoreError, OneClassError, SpecificationError
from einthoven.evaluation.statistics.net_benefit import (
    net_benefit,
    net_benefit_against_all,
    net_benefit_against_none,
    net_benefit_all,
    net_benefit_difference,
    standardised_net_benefit,
)


def draw(n=600, seed=0, share=0.3):
    """Return probabilities on a grid of 0.01, truth and patients of one to several records."""
    rng = np.random.default_rng(seed)
    truth = rng.random(n) < share
    logit = rng.normal(size=n) + 1.6 * truth - 1.5
    return np.round(1 / (1 + np.exp(-logit)), 2), truth, rng.integers(0, n // 3, n)


@pytest.mark.parametrize("threshold", [0.02, 0.2, 0.5, 0.9])
def test_value_is_the_definition(threshold):
    """Counted by a loop."""
    score, truth, _ = draw()
    found = sum(bool(t) for s, t in zip(score, truth, strict=True) if s >= threshold)
    needless = sum(not t for s, t in zip(score, truth, strict=True) if s >= threshold)
    expected = found / truth.size - needless / truth.size * threshold / (1 - threshold)
    assert net_benefit(score, truth, threshold=threshold).value == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize("clustered", [True, False])
def test_many_records_give_the_normal_interval_of_a_mean(clustered):
    """Each record adds 1, 0 or minus the rate; its patient's sum is what varies."""
    score, truth, patient = draw(60_000)
    patient = patient if clustered else np.arange(truth.size)
    gain = (score >= 0.2) * np.where(truth, 1.0, -0.25)
    sums = np.bincount(patient, gain - gain.mean())
    half = 1.959963984540054 * np.sqrt(sums @ sums) / truth.size
    estimate = net_benefit(score, truth, threshold=0.2, clusters=patient)
    assert (estimate.low, estimate.high) == pytest.approx((gain.mean() - half, gain.mean() + half), abs=0.02 * half)
    assert ("clustered" in estimate.method) is clustered


def test_interval_covers_its_level():
    """Over 600 samples of 200 records, within four errors of simulation; 10 events at the rare end."""
    truth_at = {share: net_benefit(*draw(400_000, 99, share)[:2], threshold=0.2).value for share in (0.05, 0.3)}
    for share, least, most in ((0.3, 0.92, 0.98), (0.05, 0.93, 1.0)):
        hits = 0
        for seed in range(600):
            score, truth, _ = draw(200, seed, share)
            estimate = net_benefit(score, truth, threshold=0.2)
            hits += estimate.low <= truth_at[share] <= estimate.high
        assert least <= hits / 600 <= most


def test_few_events_take_exact_intervals():
    """29 events or 29 non-events, and it is said."""
    score = np.linspace(0.01, 0.99, 80)
    few, enough = (net_benefit(score, score > score[-k - 1], threshold=0.5) for k in (29, 30))
    assert "exact" in few.method
    assert "Wilson" in enough.method
    assert "exact" in net_benefit(score, score > score[28], threshold=0.5).method


def test_a_weight_is_a_record_repeated():
    """The value of a table of counts, for all measures; and all weights equal are none."""
    score, truth, _ = draw(150)
    times = np.random.default_rng(1).integers(1, 5, 150)
    copied, copies = np.repeat(score, times), np.repeat(truth, times)
    for measure in (net_benefit, standardised_net_benefit):
        assert measure(score, truth, threshold=0.2, weights=times).value == pytest.approx(
            measure(copied, copies, threshold=0.2).value, abs=1e-14
        )
    assert net_benefit(score, truth, threshold=0.2, weights=np.full(150, 7.0)) == net_benefit(
        score, truth, threshold=0.2
    )
    assert net_benefit_all(truth, threshold=0.2, weights=times).value == pytest.approx(
        net_benefit_all(copies, threshold=0.2).value, abs=1e-14
    )


def test_uneven_weights_widen_the_interval():
    """Half of the records weigh ten times the others: fewer independent ones."""
    score, truth, _ = draw(400)
    plain = net_benefit(score, truth, threshold=0.2)
    uneven = net_benefit(score, truth, threshold=0.2, weights=np.tile([1.0, 10.0], 200))
    assert uneven.high - uneven.low > 1.15 * (plain.high - plain.low)


def test_order_of_records_and_clusters_of_one_do_not_matter():
    """A patient each is no patient."""
    score, truth, patient = draw()
    order = np.random.default_rng(3).permutation(truth.size)
    one = net_benefit(score, truth, threshold=0.2, clusters=patient)
    other = net_benefit(score[order], truth[order], threshold=0.2, clusters=patient[order])
    assert (one.low, one.value, one.high) == pytest.approx((other.low, other.value, other.high), abs=1e-13)
    plain = net_benefit(score, truth, threshold=0.2)
    single = net_benefit(score, truth, threshold=0.2, clusters=np.arange(truth.size))
    assert plain == single


def test_perfect_separation_has_the_prevalence_as_net_benefit():
    """And a standardised one of 1."""
    truth = np.arange(200) >= 140
    score = np.where(truth, 0.9, 0.1)
    assert net_benefit(score, truth, threshold=0.5).value == pytest.approx(0.3)
    estimate = standardised_net_benefit(score, truth, threshold=0.5)
    assert (estimate.value, estimate.high) == (pytest.approx(1.0), pytest.approx(1.0))


def test_standardised_net_benefit_is_refused_with_few_events():
    """With the reason."""
    estimate = standardised_net_benefit(np.linspace(0, 1, 60), np.arange(60) > 40, threshold=0.5)
    assert np.isnan(estimate.value)
    assert "fewer than 30 events" in estimate.reason


def test_standardised_interval_is_that_of_a_ratio():
    """By the jackknife over patients, whose error agrees to first order."""
    score, truth, patient = draw(900)
    estimate = standardised_net_benefit(score, truth, threshold=0.2, clusters=patient)
    assert estimate.value == pytest.approx(net_benefit(score, truth, threshold=0.2).value / truth.mean(), rel=1e-12)
    left = np.unique(patient)
    values = [standardised_net_benefit(score[patient != p], truth[patient != p], threshold=0.2).value for p in left]
    error = np.sqrt((left.size - 1) / left.size * np.sum((values - np.mean(values)) ** 2))
    assert estimate.high - estimate.value == pytest.approx(1.968 * error, rel=0.02)


def test_gain_over_all_and_none_are_differences_of_net_benefit():
    """As is the gain over another model."""
    score, truth, patient = draw()
    other = draw(seed=5)[0]
    benefit = {name: net_benefit(s, truth, threshold=0.1).value for name, s in (("a", score), ("b", other))}
    everyone = net_benefit_all(truth, threshold=0.1).value
    tests = {
        "all": (net_benefit_against_all(score, truth, threshold=0.1, clusters=patient), benefit["a"] - everyone),
        "none": (net_benefit_against_none(score, truth, threshold=0.1, clusters=patient), benefit["a"]),
        "b": (
            net_benefit_difference(score, other, truth, threshold=0.1, clusters=patient),
            benefit["a"] - benefit["b"],
        ),
    }
    for test, expected in tests.values():
        assert test.difference.value == pytest.approx(expected, abs=1e-14)
        assert test.difference.low <= test.difference.value <= test.difference.high
        assert (test.p_value < 0.05) == (not test.difference.low <= 0 <= test.difference.high)


def test_acting_on_everyone_differs_from_itself_by_nothing():
    """P = 1, with a width, since other patients could have been spared."""
    _, truth, _ = draw(100)
    test = net_benefit_against_all(np.ones(100), truth, threshold=0.1)
    assert (test.difference.value, test.p_value, test.statistic) == (0.0, 1.0, 0.0)
    assert test.difference.low < 0 < test.difference.high


def test_a_model_differs_from_itself_by_nothing():
    """P = 1."""
    score, truth, _ = draw()
    test = net_benefit_difference(score, score, truth, threshold=0.2)
    assert (test.difference.value, test.p_value) == (0.0, 1.0)


def test_p_value_is_that_of_the_normal_test_with_many_records():
    """Against the test of the mean gain."""
    score, truth, _ = draw(20_000)
    other = np.clip(score + np.random.default_rng(4).normal(0, 0.03, truth.size), 0, 1)
    test = net_benefit_difference(score, other, truth, threshold=0.2)
    gain = ((score >= 0.2) * 1.0 - (other >= 0.2)) * np.where(truth, 1.0, -0.25)
    assert test.statistic == pytest.approx(gain.mean() / (gain.std(ddof=1) / np.sqrt(gain.size)), rel=1e-6)
    assert test.p_value == pytest.approx(2 * stats.norm.sf(abs(test.statistic)), rel=0.1)


def test_a_single_patient_has_no_interval():
    """The range of net benefit, and it is said."""
    estimate = net_benefit([0.2, 0.8], [0, 1], threshold=0.5, clusters=["a", "a"])
    assert (estimate.low, estimate.high) == (-1.0, 1.0)
    assert "single patient" in estimate.method


def test_wrong_input_is_refused_by_name():
    """Scores that are no probabilities, one class, NaN, thresholds outside (0, 1)."""
    with pytest.raises(InvalidScoreError, match=r"probabilities must lie in \[0, 1\], got 1\.5 at position 1"):
        net_benefit([0.1, 1.5], [0, 1], threshold=0.2)
    with pytest.raises(InvalidScoreError, match="finite"):
        net_benefit([0.1, np.nan], [0, 1], threshold=0.2)
    with pytest.raises(OneClassError):
        net_benefit([0.1, 0.5], [0, 0], threshold=0.2)
    with pytest.raises(SpecificationError, match="between 0 and 1, got 1"):
        net_benefit([0.1, 0.5], [0, 1], threshold=1)
