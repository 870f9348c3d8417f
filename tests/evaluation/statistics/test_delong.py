from __future__ import annotations

import numpy as np
import pytest

from einthoven.evaluation.statistics.delong import area_covariance, placements


def covariance(scores, truth, patient=None, weight=None):
    truth = np.asarray(truth, dtype=bool)
    codes = np.arange(truth.size) if patient is None else np.unique(patient, return_inverse=True)[1]
    ranked = [placements(np.asarray(s, dtype=float), truth, weight) for s in scores]
    return area_covariance(ranked, truth, patient=codes, patients=int(codes.max()) + 1, weight=weight).total


def test_covariance_equals_the_one_from_all_pairs(reference):
    """Midranks give what loops over all pairs give."""
    expected = np.array(reference.numbers["delong_covariance"])
    assert np.allclose(covariance([reference.a, reference.b], reference.truth), expected, rtol=1e-12, atol=0)


def test_clustered_covariance_equals_obuchowskis_sums(reference):
    """Sums over patients give what Obuchowski's formula gives by loops."""
    expected = np.array(reference.numbers["clustered_covariance"])
    found = covariance([reference.a, reference.b], reference.truth, reference.patient)
    assert np.allclose(found, expected, rtol=1e-12, atol=0)


def test_clustered_variance_is_near_the_jackknife_over_patients(reference):
    """Leaving out one patient at a time gives nearly the same variance."""
    rng = np.random.default_rng(1)
    patient = np.repeat(np.arange(200), 3)
    effect = rng.normal(size=200)[patient]
    truth = effect + rng.normal(size=600) > 0
    score = effect + truth + rng.normal(size=600)
    areas = np.array([placements(score[patient != p], truth[patient != p]).auroc for p in range(200)])
    jackknife = 199 / 200 * np.sum((areas - areas.mean()) ** 2)
    assert covariance([score], truth, patient)[0, 0] == pytest.approx(jackknife, rel=0.03)


@pytest.mark.real_data
def test_variances_and_covariances_equal_pROC(haemorrhage):  # noqa: N802 - the package's own spelling
    """All printed digits of R's pROC."""
    for name, expected in haemorrhage.expected["delong_var_auc"].items():
        assert covariance([haemorrhage.scores[name]], haemorrhage.truth)[0, 0] == pytest.approx(expected, rel=1e-13)
    for pair, expected in haemorrhage.expected["delong_cov"].items():
        scores = [haemorrhage.scores[name] for name in pair.split(",")]
        assert covariance(scores, haemorrhage.truth)[0, 1] == pytest.approx(expected, rel=1e-13)


def test_one_positive_leaves_the_variance_undefined():
    """With a single positive there is no variance among positives."""
    assert np.isnan(covariance([[0.1, 0.9, 0.3]], [0, 1, 0])[0, 0])
    assert np.isnan(covariance([[0.1, 0.9, 0.3, 0.8]], [0, 1, 0, 1], ["a", "b", "c", "b"])[0, 0])


def test_weighted_area_and_placements_are_weighted_shares_of_pairs(reference):
    """By brute force over all pairs, with ties."""
    weight = np.random.default_rng(3).uniform(0.2, 5, reference.truth.size)
    truth = reference.truth == 1
    for score in (reference.a, reference.b):
        above = np.subtract.outer(score[truth], score[~truth])
        kernel = (above > 0) + (above == 0) / 2
        found = placements(score, truth, weight)
        pairs = np.outer(weight[truth], weight[~truth])
        assert found.auroc == pytest.approx((kernel * pairs).sum() / pairs.sum(), abs=1e-14)
        assert np.allclose(found.positive, kernel @ weight[~truth] / weight[~truth].sum(), atol=1e-14)
        assert np.allclose(found.negative, weight[truth] @ kernel / weight[truth].sum(), atol=1e-14)


@pytest.mark.parametrize("repeated", [False, True])
def test_weighted_variance_is_near_the_jackknife_over_patients(repeated):
    """Leaving out one patient at a time, with its weights."""
    rng = np.random.default_rng(7)
    patient = np.repeat(np.arange(200), 2) if repeated else np.arange(400)
    effect = rng.normal(size=400)[patient]
    truth = effect + rng.normal(size=400) > 0.5
    score, weight = np.round(effect + truth + rng.normal(size=400), 1), rng.uniform(0.5, 3, 400)
    left_out = [patient != p for p in np.unique(patient)]
    areas = np.array([placements(score[kept], truth[kept], weight[kept]).auroc for kept in left_out])
    jackknife = (areas.size - 1) / areas.size * np.sum((areas - areas.mean()) ** 2)
    found = covariance([score], truth, patient, weight)[0, 0]
    assert found == pytest.approx(jackknife, rel=0.02)
    assert found > 1.03 * covariance([score], truth, patient)[0, 0]


def test_the_parts_of_the_covariance_add_up(reference):
    """From patients with, and without, the outcome, and from those with both kinds of records."""
    truth = reference.truth == 1
    ranked = [placements(reference.a, truth)]
    parts = area_covariance(ranked, truth, patient=reference.patient, patients=30)
    assert parts.shared[0, 0] != 0
    assert parts.total[0, 0] == parts.positive[0, 0] + parts.negative[0, 0] + parts.shared[0, 0]
    assert area_covariance(ranked, truth, patient=np.arange(truth.size), patients=truth.size).shared[0, 0] == 0


def test_two_scores_of_a_weighted_perfect_separation_are_exactly_one_and_zero():
    """No rounding of the weights' sums keeps the area from its edge."""
    weight = np.random.default_rng(0).uniform(0.1, 3, 50)
    truth = np.arange(50) >= 30
    assert placements(np.arange(50.0), truth, weight).auroc == 1.0
    assert placements(-np.arange(50.0), truth, weight).auroc == 0.0


def test_scores_without_ties_take_the_short_way_to_the_same_placements():
    """Weights of 1, which take the long way, give the same numbers; both are shares of pairs."""
    rng = np.random.default_rng(0)
    truth = np.arange(40) < 12
    score = rng.normal(size=40) + truth
    short, long = placements(score, truth), placements(score, truth, np.ones(40))
    above = score[truth][:, None] > score[~truth][None, :]
    assert short.auroc == above.mean() == pytest.approx(long.auroc, abs=1e-15)
    for one in (short, long):
        assert one.positive == pytest.approx(above.mean(axis=1), abs=1e-15)
        assert one.negative == pytest.approx(above.mean(axis=0), abs=1e-15)
