from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from einthoven.errors import OneClassError, StatisticsError, TooFewObservationsError
from einthoven.evaluation.statistics.learning_curve import (
    learning_band,
    learning_curve,
    learning_curve_of_areas,
    two_way_error,
)


@pytest.fixture
def tested():
    """Return scores of 3 draws at 2 sizes, 2 labels of 60 records, and their truth."""
    rng = np.random.default_rng(3)
    truth = (rng.random((60, 2)) < 0.4).astype(float)
    return truth + rng.normal(size=(3, 2, 60, 2)), truth


def test_each_area_is_the_mean_over_labels(tested):
    """As scikit-learn's macro average of the same scores."""
    scores, truth = tested
    curve = learning_curve(scores, truth, sizes=[64, 128], resamples=5)
    expected = [[roc_auc_score(truth, scores[draw, size]) for size in range(2)] for draw in range(3)]
    assert curve.area == pytest.approx(np.array(expected))
    assert (curve.records, curve.events, curve.patients) == (60, int(truth.sum()), 60)
    assert curve.influence.shape == (60, 3, 2)
    assert curve.replicates.shape == (5, 3, 2)


def test_influence_is_what_a_patient_more_changes(tested):
    """The influence of a patient is the derivative of the area by the patient's weight."""
    scores, truth = tested
    curve = learning_curve(scores, truth, sizes=[64, 128], resamples=0)
    step, rows = 1e-6, np.arange(60)
    for patient in (0, 17):
        weight = 1 + step * (rows == patient)
        moved = np.mean([roc_auc_score(truth[:, j], scores[1, 0, :, j], sample_weight=weight) for j in range(2)])
        assert (moved - curve.area[1, 0]) / step == pytest.approx(curve.influence[patient, 1, 0], rel=1e-3, abs=1e-7)


def test_resamples_are_of_the_same_patients_in_every_draw(tested):
    """Two draws with equal scores have equal areas in every resample."""
    scores, truth = tested
    scores[2] = scores[0]
    curve = learning_curve(scores, truth, sizes=[64, 128], resamples=20)
    assert np.array_equal(curve.replicates[:, 2], curve.replicates[:, 0])
    assert not np.array_equal(curve.replicates[:, 1], curve.replicates[:, 0])


def test_records_of_a_patient_are_one_observation(tested):
    """The same records twice, as the same patients, leave areas and error as they were."""
    scores, truth = tested
    once = learning_curve(scores, truth, sizes=[64, 128], resamples=0)
    patients = np.tile(np.arange(60), 2)
    doubled = np.concatenate([scores, scores], axis=2)
    twice = learning_curve(doubled, np.tile(truth, (2, 1)), sizes=[64, 128], clusters=patients, resamples=0)
    bands = learning_band(once), learning_band(twice)
    assert bands[0].low == pytest.approx(bands[1].low)
    assert bands[0].high == pytest.approx(bands[1].high)


def test_the_error_adds_draws_and_patients():
    """With areas that don't differ between draws the error is that of the patients, and the other way round."""
    influence = np.repeat(np.array([[0.03], [-0.01], [-0.02]]), 4, axis=1)
    error, freedom = two_way_error(np.full(4, 0.8), influence)
    assert error**2 == pytest.approx((0.03**2 + 0.01**2 + 0.02**2) * 3 / 2)
    assert freedom == pytest.approx(2)
    values = np.array([0.7, 0.8, 0.9, 0.8])
    error, freedom = two_way_error(values, np.zeros((3, 4)))
    assert error == pytest.approx(values.std(ddof=1) / 2)
    assert freedom == pytest.approx(3)
    both, freedom = two_way_error(values, influence)
    assert both**2 == pytest.approx(error**2 + (0.03**2 + 0.01**2 + 0.02**2) * 3 / 2)
    assert 2 < freedom < 5


def test_a_band_holds_its_curve_and_stays_in_bounds():
    """Even where the areas are near 1 and vary."""
    band = learning_band(learning_curve_of_areas([[0.7, 0.99], [0.9, 1.0], [0.5, 0.97]], sizes=[10, 20]))
    assert (band.low <= band.y).all()
    assert (band.y <= band.high).all()
    assert band.high.max() <= 1
    assert band.names == ("labelled ECGs", "macro AUROC")


def test_what_does_not_fit_is_refused(tested):
    """Shapes, sizes out of order, areas beyond 1, single draws and single classes are named."""
    scores, truth = tested
    with pytest.raises(StatisticsError, match=r"draw, size, record, label"):
        learning_curve(scores[0], truth, sizes=[64, 128])
    with pytest.raises(StatisticsError, match=r"2 ascending numbers of labels from 1.*\[128, 64\]"):
        learning_curve(scores, truth, sizes=[128, 64])
    with pytest.raises(StatisticsError, match="between 0 and 1"):
        learning_curve_of_areas([[0.5, 1.2]], sizes=[64, 128])
    with pytest.raises(StatisticsError, match="between 0 and 1"):
        learning_curve_of_areas([[0.5, np.nan]], sizes=[64, 128])
    with pytest.raises(TooFewObservationsError, match="at least 2 of them, got 1"):
        learning_band(learning_curve_of_areas([[0.5, 0.6]], sizes=[64, 128]))
    with pytest.raises(OneClassError):
        learning_curve(scores, np.zeros_like(truth), sizes=[64, 128])
