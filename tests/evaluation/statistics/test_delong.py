from __future__ import annotations

import numpy as np
import pytest

from einthoven.evaluation.statistics.delong import delong_covariance, placements


def covariance(scores, truth, patient=None):
    truth = np.asarray(truth, dtype=bool)
    codes = np.arange(truth.size) if patient is None else np.unique(patient, return_inverse=True)[1]
    ranked = [placements(np.asarray(s, dtype=float), truth) for s in scores]
    return delong_covariance(ranked, truth, patient=codes, patients=int(codes.max()) + 1)


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
