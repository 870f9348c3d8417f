from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from scipy import special

from einthoven.evaluation.analyses.recalibration import AS_GIVEN, analyse
from einthoven.evaluation.calibration import CALIBRATORS
from einthoven.evaluation.evaluate import context_for
from einthoven.evaluation.predictions import Predictions
from einthoven.evaluation.protocol import Protocol
from fakes.predictions import fake_predictions

PROTOCOL = Protocol(resamples=10, outcomes=("AF",))


def changed(predictions, **columns):
    """Return predictions with some columns replaced."""
    table = predictions.table
    for name, values in columns.items():
        table = table.set_column(table.column_names.index(name), name, pa.array(values))
    return Predictions(table)


def values(rows, metric, split="test"):
    """Return a metric's estimates by calibrator."""
    return {row.at: row.estimate for row in rows.results if row.metric == metric and row.split == split}


@pytest.fixture(scope="module")
def overconfident():
    """Return the analysis of a network whose logits are three times too great, and of a reader."""
    predictions = fake_predictions(models=("net", "reader"), patients=450)
    score, model = predictions.table["score"].to_numpy(), predictions.table["model"].to_pylist()
    wide = special.expit(3 * special.logit(np.clip(score, 1e-9, 1 - 1e-9)))
    predictions = changed(predictions, score=np.where(np.array(model) == "net", wide, score))
    return analyse(context_for(predictions, PROTOCOL))


def test_each_calibrator_is_measured_beside_the_scores_as_given(overconfident):
    """On the splits that it wasn't fitted on; a reader has nothing to be mended."""
    assert {row.model for row in overconfident.results} == {"net"}
    assert {row.split for row in overconfident.results} == {"test", "external"}
    slope = values(overconfident, "calibration_slope")
    assert list(slope) == [AS_GIVEN, *CALIBRATORS]
    assert slope[AS_GIVEN].value < 0.8
    assert abs(slope["platt"].value - 1) < abs(slope[AS_GIVEN].value - 1)
    brier = values(overconfident, "brier")
    for name in ("platt", "beta", "venn_abers", "temperature"):
        assert brier[name].value < brier[AS_GIVEN].value


def test_it_is_said_what_they_were_fitted_on(overconfident):
    """And that the choice is not made by these numbers."""
    (note,) = overconfident.notes
    assert "fitted on split 'validation'" in note


def test_scores_that_are_no_probabilities_become_some():
    """By the calibrators that take any score; there is nothing to show as given."""
    predictions = fake_predictions(models=("net",))
    score = 419 * predictions.table["score"].to_numpy()
    predictions = changed(predictions, score=score, score_kind=["value"] * score.size)
    slope = values(analyse(context_for(predictions, PROTOCOL)), "calibration_slope")
    assert list(slope) == ["platt", "isotonic", "venn_abers"]
    assert 0.5 < slope["platt"].value < 2


def test_a_calibrator_that_has_no_fit_says_why():
    """A score the wrong way round."""
    predictions = fake_predictions(models=("net",))
    predictions = changed(predictions, score=1 - predictions.table["score"].to_numpy())
    brier = values(analyse(context_for(predictions, PROTOCOL)), "brier")
    assert "won't turn the ranking round" in brier["platt"].reason
    assert brier["intercept"].reason is None


def test_without_validation_there_is_nothing():
    """Empty, without a note."""
    table = fake_predictions(models=("net",)).table
    kept = np.array(table["split"].to_pylist()) != "validation"
    found = analyse(context_for(Predictions(table.filter(pa.array(kept))), PROTOCOL))
    assert (found.results, found.notes) == ([], [])


def test_validation_is_not_measured_by_what_was_fitted_on_it():
    """Also where the protocol reports it."""
    context = context_for(
        fake_predictions(models=("net",)), Protocol(outcomes=("AF",), splits=("validation", "test"), resamples=5)
    )
    assert {row.split for row in analyse(context).results} == {"test"}
