from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from einthoven.errors import InvalidScoreError, OneClassError, StatisticsError
from einthoven.evaluation.statistics.macro import macro_auprc, macro_auroc, macro_difference


@pytest.fixture
def labels():
    """Return three labels of 300 records of 150 patients."""
    rng = np.random.default_rng(8)
    patient = np.repeat(np.arange(150), 2)
    truth = (rng.random((300, 3)) < [0.05, 0.2, 0.5]).astype(float)
    return rng.normal(size=(300, 3)) + truth, truth, patient


def test_value_is_the_plain_mean_over_labels(labels):
    """As in scikit-learn, for both areas."""
    score, truth, patient = labels
    roc, pr = (f(score, truth, clusters=patient, resamples=50) for f in (macro_auroc, macro_auprc))
    assert roc.value == pytest.approx(roc_auc_score(truth, score, average="macro"), abs=1e-14)
    assert pr.value == pytest.approx(average_precision_score(truth, score, average="macro"), abs=1e-14)
    assert roc.low < roc.value < roc.high
    assert (roc.n, roc.clusters, roc.events) == (300, 150, int(truth.sum()))


def test_interval_of_one_label_is_near_delongs(labels):
    """With a single label the bootstrap and DeLong's interval tell the same."""
    from einthoven.evaluation.statistics.auroc import auroc

    score, truth, _ = labels
    boot, delong = macro_auroc(score[:, 1:2], truth[:, 1:2]), auroc(score[:, 1], truth[:, 1])
    assert (boot.low, boot.high) == pytest.approx((delong.low, delong.high), abs=0.01)


def test_unknown_truth_is_left_out_label_by_label(labels):
    """A label's area uses the records whose truth is known, the others keep theirs."""
    score, truth, patient = labels
    truth[:100, 1] = np.nan
    score[:100, 1] = np.nan
    expected = [roc_auc_score(truth[100 * (j == 1) :, j], score[100 * (j == 1) :, j]) for j in range(3)]
    assert macro_auroc(score, truth, clusters=patient, resamples=20).value == pytest.approx(np.mean(expected))


def test_labels_with_one_class_are_left_out_and_counted(labels):
    """The method says how many labels the mean is of."""
    score, truth, _ = labels
    truth[:, 0] = 0
    estimate = macro_auroc(score, truth, resamples=20)
    assert "mean of 2 of 3 labels" in estimate.method
    assert estimate.value == pytest.approx(roc_auc_score(truth[:, 1:], score[:, 1:], average="macro"))


def test_a_shuffled_table_gives_the_same_interval(labels):
    """Order of records does not matter, with and without patients."""
    score, truth, patient = labels
    order = np.random.default_rng(0).permutation(300)
    for clusters, shuffled in ((None, None), (patient, patient[order])):
        one = macro_auroc(score, truth, clusters=clusters, resamples=100)
        other = macro_auroc(score[order], truth[order], clusters=shuffled, resamples=100)
        assert (one.low, one.high) == (other.low, other.high)
        assert one.value == pytest.approx(other.value, abs=1e-15)


def test_difference_of_a_score_with_itself_is_nothing(labels):
    """P = 1 and an interval of 0."""
    score, truth, patient = labels
    result = macro_difference(score, score, truth, clusters=patient, resamples=100)
    assert (result.difference.value, result.statistic, result.p_value) == (0.0, 0.0, 1.0)


def test_pairing_makes_the_difference_sharper(labels):
    """Two scores that share their noise differ by less than two that don't."""
    score, truth, patient = labels
    rng = np.random.default_rng(1)
    result = macro_difference(score, score + 0.1 * rng.normal(size=score.shape), truth, clusters=patient)
    single = macro_auroc(score, truth, clusters=patient)
    assert result.difference.high - result.difference.low < (single.high - single.low) / 2
    assert result.difference.events == int(truth.sum())


def test_a_worse_score_is_found_worse(labels):
    """Noise costs area: a small p value and a positive difference, never p = 0."""
    score, truth, patient = labels
    rng = np.random.default_rng(1)
    result = macro_difference(score, rng.normal(size=score.shape), truth, clusters=patient, resamples=200)
    assert result.difference.low > 0
    assert 0 < result.p_value <= 2 / 201


def test_malformed_input_is_refused(labels):
    """Shapes, truth, NaN scores, and tables in which no label has both classes."""
    score, truth, _ = labels
    with pytest.raises(StatisticsError, match="record, label"):
        macro_auroc(score, truth[:, 0])
    with pytest.raises(StatisticsError, match="0, 1, or NaN"):
        macro_auroc(score, truth + 1)
    with pytest.raises(OneClassError):
        macro_auroc(score, np.zeros_like(truth))
    score[0, 0] = np.nan
    with pytest.raises(InvalidScoreError):
        macro_auroc(score, truth)
