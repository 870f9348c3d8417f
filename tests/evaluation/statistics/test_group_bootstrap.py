from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, precision_score, recall_score, roc_auc_score

from einthoven.errors import InvalidScoreError, StatisticsError
from einthoven.evaluation.statistics.bootstrap import BLOCK_CELLS, patient_draws
from einthoven.evaluation.statistics.group_bootstrap import SHARES, group_bootstrap

METRICS = ("auroc", *SHARES, "observed_expected")


def data(seed=0, n=300, patients=120):
    """Return scores with ties, truth, overlapping groups (one of few records), answers and patients."""
    rng = np.random.default_rng(seed)
    patient = rng.integers(0, patients, n)
    truth = (rng.random(n) < 0.3).astype(int)
    score = np.clip(np.round(0.25 * truth + 0.7 * rng.random(n), 2), 0, 1)
    member = np.stack([np.ones(n, dtype=bool), rng.random(n) < 0.5, patient % 3 == 0, np.arange(n) < 12], axis=1)
    return score, truth, member, (score > 0.5).astype(int), patient


def by_scikit_learn(score, truth, decision, repeat):
    """Return the metrics of one resample, records repeated so often."""
    score, truth, decision = (np.repeat(values, repeat) for values in (score, truth, decision))
    both = len(set(truth.tolist())) == 2
    return {
        "auroc": roc_auc_score(truth, score) if both else np.nan,
        "sensitivity": recall_score(truth, decision, zero_division=np.nan),
        "specificity": recall_score(1 - truth, 1 - decision, zero_division=np.nan),
        "ppv": precision_score(truth, decision, zero_division=np.nan),
        "npv": precision_score(1 - truth, 1 - decision, zero_division=np.nan),
        "accuracy": accuracy_score(truth, decision) if truth.size else np.nan,
        "observed_expected": truth.sum() / score.sum() if truth.size else np.nan,
    }


def test_each_replicate_is_that_of_a_loop_of_scikit_learn_over_the_same_draws():
    """Repeated patients, ties, overlapping groups, and a group that loses a class in some resamples."""
    score, truth, member, decision, patient = data()
    found = group_bootstrap(
        score, truth, member, decision=decision, probability=score, clusters=patient, resamples=12, seed=3
    )
    codes = np.unique(patient, return_inverse=True)[1]
    (draws,) = patient_draws(np.zeros(codes.max() + 1, dtype=int), resamples=12, seed=3, records=1000)
    for counts, row in ((np.ones((1, draws.shape[1]), dtype=int), None), *((c[None], b) for b, c in enumerate(draws))):
        for group in range(member.shape[1]):
            kept = member[:, group]
            expected = by_scikit_learn(score[kept], truth[kept], decision[kept], counts[0][codes[kept]])
            got = {m: (found.point[m] if row is None else found.replicates[m][row])[group] for m in METRICS}
            assert got == pytest.approx(expected, abs=1e-13, nan_ok=True)


def test_weights_are_records_repeated_so_often():
    """A weight of 2 is the patient's record twice, in every replicate."""
    score, truth, member, decision, patient = data(1)
    weight = np.random.default_rng(5).integers(1, 4, truth.size)
    weighted = group_bootstrap(
        score, truth, member, decision=decision, probability=score, clusters=patient, weights=weight, resamples=10
    )
    again = [np.repeat(values, weight, axis=0) for values in (score, truth, member, decision, patient)]
    repeated = group_bootstrap(*again[:3], decision=again[3], probability=again[0], clusters=again[4], resamples=10)
    for metric in METRICS:
        assert np.allclose(weighted.point[metric], repeated.point[metric], atol=1e-12)
        assert np.allclose(weighted.replicates[metric], repeated.replicates[metric], atol=1e-12, equal_nan=True)


def test_neither_the_order_of_records_nor_the_size_of_blocks_matters(monkeypatch):
    """With patients and without."""
    score, truth, member, decision, patient = data(2)
    order = np.random.default_rng(4).permutation(truth.size)
    for clusters in (patient, None):
        one = group_bootstrap(score, truth, member, decision=decision, clusters=clusters, resamples=12)
        monkeypatch.setattr("einthoven.evaluation.statistics.bootstrap.BLOCK_CELLS", 5000)
        other = group_bootstrap(
            score[order], truth[order], member[order], decision=decision[order], resamples=12,
            clusters=None if clusters is None else clusters[order],
        )  # fmt: skip
        monkeypatch.setattr("einthoven.evaluation.statistics.bootstrap.BLOCK_CELLS", BLOCK_CELLS)
        assert all(np.array_equal(one.replicates[m], other.replicates[m], equal_nan=True) for m in one.point)


def test_groups_share_each_resample():
    """A group that is all records and the same group again have the same replicates."""
    score, truth, member, _, patient = data(3)
    twice = group_bootstrap(score, truth, member[:, [0, 1, 0]], clusters=patient, resamples=8)
    assert np.array_equal(twice.replicates["auroc"][:, 0], twice.replicates["auroc"][:, 2])
    assert not np.array_equal(twice.replicates["auroc"][:, 0], twice.replicates["auroc"][:, 1])


def test_a_group_without_a_class_or_without_records_is_not_a_number():
    """Area without negatives, everything without records; shares that are defined stay."""
    score, truth = np.array([0.1, 0.9, 0.8, 0.3]), np.array([0, 1, 1, 0])
    member = np.array([[0, 0, 1], [1, 0, 1], [1, 0, 1], [0, 0, 1]], dtype=bool)
    found = group_bootstrap(score, truth, member, decision=score > 0.5, resamples=5)
    assert np.isnan(found.point["auroc"][:2]).all()
    assert found.point["sensitivity"][0] == 1
    assert np.isnan(found.point["specificity"][0])
    assert all(np.isnan(values[1]) for values in found.point.values())
    assert found.point["auroc"][2] == 1


def test_all_scores_tied_is_an_area_of_one_half():
    """In every resample that has both classes."""
    truth = np.tile([0, 1], 20)
    found = group_bootstrap(np.zeros(40), truth, np.ones((40, 1)), resamples=20)
    assert set(found.replicates["auroc"].ravel().tolist()) == {0.5}


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"member": np.ones(4)}, StatisticsError, "member must be"),
        ({"member": np.full((4, 1), 2)}, InvalidScoreError, "member must be 0 or 1"),
        ({"decision": [0.2, 0.3, 1, 0]}, InvalidScoreError, "decision must be 0 or 1"),
        ({"decision": [0, 1]}, StatisticsError, "decision must be"),
        ({"probability": [0.2, 0.3, 1.5, 0]}, InvalidScoreError, r"lie in \[0, 1\]"),
        ({"probability": [0.2]}, StatisticsError, "one number for each of the 4 records"),
        ({"score": [0.1, np.nan, 0.2, 0.3]}, InvalidScoreError, "finite"),
    ],
)
def test_wrong_input_is_refused(changes, error, words):
    """By name."""
    given = {"score": [0.1, 0.2, 0.3, 0.4], "truth": [0, 1, 0, 1], "member": np.ones((4, 1))} | changes
    with pytest.raises(error, match=words):
        group_bootstrap(given.pop("score"), given.pop("truth"), given.pop("member"), **given)
