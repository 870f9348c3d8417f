from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from einthoven.errors import TooFewObservationsError
from einthoven.evaluation.statistics.area_replicates import replicates_of_areas
from einthoven.evaluation.statistics.label_table import label_table
from einthoven.evaluation.statistics.macro import label_average, macro_auprc, macro_auroc, macro_difference


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
    assert "mean of 2 of 3 labels (left out for too few events: label 0 (0 positives))" in estimate.method
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
    assert 0 < result.p_value <= 1 / 201


def rare_labels():
    """Yield 250 tables: labels of 1 to 12 positives, ties, repeated patients, unknown truth, perfect and hopeless."""
    rng = np.random.default_rng(20261122)
    for trial in range(250):
        records, columns = int(rng.integers(30, 90)), int(rng.integers(1, 5))
        truth = np.zeros((records, columns))
        for column in range(columns):
            truth[rng.choice(records, int(rng.integers(1, 13)), replace=False), column] = 1
        score = rng.normal(size=truth.shape) + rng.choice([-3.0, 0.0, 1.0, 3.0, 9.0], columns) * truth
        score = np.round(score, int(rng.integers(0, 3)))
        truth[rng.random(truth.shape) < 0.05] = np.nan
        patient = rng.integers(0, records, records) if trial % 2 else None
        if ((truth == 1).any(axis=0) & (truth == 0).any(axis=0)).any():
            yield label_table(score, truth, clusters=patient)


def test_a_thousand_averages_of_rare_labels_never_leave_their_own_interval():
    """Nor has any no width; percentile intervals of the same resamples do leave out what they are of."""
    tried, percentile_misses = 0, 0
    for table in rare_labels():
        for found in replicates_of_areas(table, resamples=100, seed=tried).values():
            for median in (False, True):
                one = label_average(table, found, median=median)
                assert 0 <= one.low <= one.value <= one.high <= 1, one
                assert one.high > one.low, one
                average = np.median if median else np.mean
                low, high = np.nanquantile(average(found.replicates, axis=1), [0.025, 0.975])
                percentile_misses += not low <= one.value <= high
                tried += 1
    assert tried > 950
    assert percentile_misses > 0


def test_labels_with_too_few_events_are_named_not_averaged(labels):
    """Their number would weigh as much as any other's."""
    score, truth, patient = labels
    names, few = ["STEMI", "AF", "LBBB"], int(truth[:, 0].sum())
    found = macro_auroc(score, truth, clusters=patient, labels=names, minimum_events=few + 1, resamples=20)
    assert f"mean of 2 of 3 labels (left out for too few events: STEMI ({few} positives))" in found.method
    assert found.value == pytest.approx(roc_auc_score(truth[:, 1:], score[:, 1:], average="macro"))
    test = macro_difference(score, -score, truth, labels=names, minimum_events=few + 1, resamples=20)
    assert f"STEMI ({few} positives))" in test.method
    with pytest.raises(TooFewObservationsError):
        macro_auroc(score, truth, minimum_events=1000)


def test_whole_weights_equal_repeated_records(labels):
    """A record that counts twice is there twice, in value and difference."""
    score, truth, _ = labels
    times = np.random.default_rng(0).integers(1, 4, 300)
    repeated = [np.repeat(values, times, axis=0) for values in (score, truth)]
    for area in (macro_auroc, macro_auprc):
        weighted, plain = area(score, truth, weights=times, resamples=1), area(*repeated, resamples=1)
        assert weighted.value == pytest.approx(plain.value, abs=1e-13)
    one = macro_difference(score, score[::-1], truth, weights=times, resamples=50).difference
    assert one.low <= one.value <= one.high


def test_perfect_labels_have_a_bound():
    """Every label's exact binomial bound holds at once, and so does their mean."""
    truth = np.stack([np.arange(40) < k for k in (10, 20)], axis=1).astype(float)
    found = macro_auroc(truth, truth, resamples=50)
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(np.mean([0.0125 ** (1 / 10), 0.0125 ** (1 / 20)]))
    hopeless = macro_auroc(-truth, truth, resamples=50)
    assert (hopeless.value, hopeless.low) == (0.0, 0.0)
    assert hopeless.high == pytest.approx(1 - found.low)


def test_interval_and_p_value_of_a_difference_agree(labels):
    """The p value is below 0.05 just where the interval leaves 0 out."""
    score, truth, patient = labels
    rng = np.random.default_rng(3)
    for noise in (0.2, 0.5, 0.8, 1.2):
        result = macro_difference(
            score, score + noise * rng.normal(size=score.shape), truth, clusters=patient, resamples=400
        )
        outside = result.difference.low > 0 or result.difference.high < 0
        assert outside == (result.p_value < 0.05) or abs(result.p_value - 0.05) < 0.01


def test_a_perfect_and_a_hopeless_model_differ_by_one_without_a_spread():
    """Anything is then possible, and no p value is made up."""
    truth = np.stack([np.arange(40) < k for k in (10, 20)], axis=1).astype(float)
    result = macro_difference(truth, -truth, truth, resamples=50)
    assert (result.difference.low, result.difference.value, result.difference.high) == (-1.0, 1.0, 1.0)
    assert np.isnan(result.p_value)
