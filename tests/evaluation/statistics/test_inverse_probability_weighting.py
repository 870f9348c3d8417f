"""Weighted shares and areas are R's, their errors take in the model of verification, and the truth is found again."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special, stats

from einthoven.errors import OneClassError, StatisticsError, TooFewObservationsError
from einthoven.evaluation.statistics import inverse_probability_weighting
from einthoven.evaluation.statistics.auroc import auroc
from einthoven.evaluation.statistics.classification import sensitivity
from einthoven.evaluation.statistics.inverse_probability_weighting import (
    LEAST_CHANCE,
    VerificationWeights,
    verification_weights,
    weighted_auroc,
    weighted_share,
)
from fakes.verified_patients import numbers_of_r, verified_patients

Z = stats.norm.ppf(0.975)


def estimates(data, model):
    """Return sensitivity and specificity of scores from 0.4 on, and the area."""
    called = data.score >= 0.4
    return {
        "sensitivity": weighted_share(called, data.truth, model, among=1),
        "specificity": weighted_share(~called, data.truth, model, among=0),
        "auroc": weighted_auroc(data.score, data.truth, model),
    }


def model_of(data, **options):
    """Return the weights by score, age and sex."""
    columns = np.column_stack([data.score, data.age, data.female])
    return verification_weights(~np.isnan(data.truth), columns, **options)


@pytest.mark.parametrize("kind", ["plain", "clustered", "sampled"])
def test_values_and_errors_are_those_of_r(kind, monkeypatch):
    """R refits the verification model for each patient's derivative; here the derivative is a formula."""
    monkeypatch.setattr(inverse_probability_weighting, "_degrees", lambda _: np.inf)
    data = verified_patients()
    options = {"clusters": None if kind == "plain" else data.patient}
    options["weights"] = data.sampling if kind == "sampled" else None
    r = numbers_of_r("verification_bias")["weighting"][kind]
    for name, estimate in estimates(data, model_of(data, **options)).items():
        assert estimate.value == pytest.approx(r["value"][name], rel=1e-8)
        error = (special.logit(estimate.high) - special.logit(estimate.low)) / (2 * Z)
        assert error * estimate.value * (1 - estimate.value) == pytest.approx(r["error"][name], rel=1e-5)


def test_equal_weights_are_no_weights():
    """Where verification has nothing to do with anything, the plain numbers come out."""
    data = verified_patients()
    told = ~np.isnan(data.truth)
    plain = model_of(data)
    flat = VerificationWeights(
        told, told.astype(float), np.zeros_like(plain.slope), np.zeros_like(plain.influence),
        plain.patient, plain.patients, truncated=0,
    )  # fmt: skip
    found = estimates(data, flat)
    assert found["auroc"].value == pytest.approx(auroc(data.score[told], data.truth[told]).value, abs=1e-12)
    called = data.score[told] >= 0.4
    assert found["sensitivity"].value == pytest.approx(sensitivity(called, data.truth[told]).value, abs=1e-12)


def test_small_chances_are_truncated_counted_and_said():
    """No record stands for more than 100."""
    rng = np.random.default_rng(0)
    column = rng.normal(size=4000)
    verified = rng.random(4000) < special.expit(-4 + 2.5 * column)
    verified[np.argmin(column)] = True
    model = verification_weights(verified, column[:, None])
    assert model.truncated >= 1
    assert model.weight.max() == pytest.approx(1 / LEAST_CHANCE)
    assert f"greatest weight 100, {model.truncated} truncated" in model.method


def test_order_of_records_and_clusters_of_one_change_nothing():
    """Neither value nor interval."""
    data = verified_patients()
    one = estimates(data, model_of(data))
    order = np.random.default_rng(3).permutation(data.score.size)
    for values in vars(data).values():
        values[:] = values[order]
    other = estimates(data, model_of(data, clusters=np.arange(order.size)))
    for name, estimate in one.items():
        again = other[name]
        assert (again.value, again.low, again.high) == pytest.approx((estimate.value, estimate.low, estimate.high))


def test_whole_sampling_weights_are_repeated_records():
    """Of value; the interval belongs to the records that there are."""
    data = verified_patients()
    times = 1 + np.arange(data.score.size) % 3
    weighted = estimates(data, model_of(data, weights=times.astype(float)))
    again = verified_patients()
    for name, values in vars(again).items():
        setattr(again, name, np.repeat(values, times))
    repeated = estimates(again, model_of(again))
    for name, estimate in weighted.items():
        assert estimate.value == pytest.approx(repeated[name].value, rel=1e-9)


def test_intervals_cover_the_truth_of_all_where_the_naive_ones_do_not():
    """Over 300 samples of 800 of which the score decides who is verified: 95 % of intervals hold the truth."""
    rng = np.random.default_rng(7)
    truth_of_all = {"sensitivity": stats.norm.sf(-0.5), "auroc": stats.norm.cdf(1.5 / math.sqrt(2))}
    inside = dict.fromkeys(truth_of_all, 0)
    naive = 0
    for _ in range(300):
        disease = rng.random(800) < 0.3
        score = 1.5 * disease + rng.normal(size=800)
        truth = np.where(rng.random(800) < special.expit(-1.5 + 1.5 * score), disease, np.nan)
        model = verification_weights(~np.isnan(truth), score[:, None])
        found = {
            "sensitivity": weighted_share(score >= 1, truth, model, among=1),
            "auroc": weighted_auroc(score, truth, model),
        }
        for name, estimate in found.items():
            inside[name] += estimate.low <= truth_of_all[name] <= estimate.high
        plain = sensitivity(score[model.verified] >= 1, truth[model.verified])
        naive += plain.low <= truth_of_all["sensitivity"] <= plain.high
    assert naive < 150
    # 3 standard errors of 95 % in 300 samples are 3.8 points
    assert all(count >= 273 for count in inside.values())


def test_degrees_of_freedom_fall_where_few_patients_carry_the_weight():
    """Of equal patients there is no spread, of one that stands for all there is next to no freedom."""
    assert inverse_probability_weighting._degrees(np.ones(50)) == np.inf
    assert inverse_probability_weighting._degrees(np.array([10.0] + [0.1] * 50)) == pytest.approx(2, abs=0.1)
    normal = np.random.default_rng(0).normal(size=2000)
    assert inverse_probability_weighting._degrees(normal) == pytest.approx(2000, rel=0.1)


def test_a_perfect_sensitivity_of_few_leaves_room_for_those_who_were_never_looked_at():
    """Of the healthy-looking few are verified, so nobody missed among them is weak evidence; intervals know it."""
    rng = np.random.default_rng(3)
    perfect = inside = 0
    for _ in range(400):
        disease = rng.random(400) < 0.2
        score = 2.7 * disease + rng.normal(size=400)
        truth = np.where(rng.random(400) < special.expit(-2 + score), disease, np.nan)
        model = verification_weights(~np.isnan(truth), score[:, None])
        found = weighted_share(score >= 1, truth, model, among=1)
        perfect += found.value == 1.0
        inside += found.low <= stats.norm.sf(-1.7) <= found.high
    assert perfect > 40
    assert inside >= 368  # 95 % less 3 standard errors


def test_edges_have_exact_bounds():
    """A perfect score still has a width, and no verified positive is a reason."""
    data = verified_patients()
    told = ~np.isnan(data.truth)
    model = model_of(data)
    perfect = weighted_share(np.nan_to_num(data.truth) == 1, data.truth, model, among=1)
    assert perfect.value == perfect.high == 1.0
    assert 0.9 < perfect.low < 1.0
    area = weighted_auroc(np.nan_to_num(data.truth), data.truth, model)
    assert (area.value, area.high) == (1.0, 1.0)
    assert area.low < 1.0
    healthy = np.where(told, 0.0, np.nan)
    assert weighted_share(told, healthy, model, among=1).reason == "no verified positives"
    with pytest.raises(OneClassError):
        weighted_auroc(data.score, healthy, model)


def test_all_scores_tied_give_a_half():
    """And the verification model does without the constant column."""
    data = verified_patients()
    model = verification_weights(~np.isnan(data.truth), np.column_stack([np.ones_like(data.age), data.age]))
    assert weighted_auroc(np.ones_like(data.age), data.truth, model).value == pytest.approx(0.5)


def test_wrong_input_is_refused():
    """All verified or none; a truth of other records."""
    data = verified_patients()
    with pytest.raises(TooFewObservationsError):
        verification_weights(np.ones(data.age.size), data.age[:, None])
    with pytest.raises(StatisticsError, match="NaN elsewhere"):
        weighted_share(data.score > 0, np.nan_to_num(data.truth), model_of(data), among=1)
