from __future__ import annotations

import dataclasses

import numpy as np
import pyarrow as pa
import pytest

from einthoven.errors import SpecificationError, UnknownNameError
from einthoven.evaluation.analyses.uncertainty import analyse
from einthoven.evaluation.evaluate import context_for
from einthoven.evaluation.predictions import Predictions
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.thresholds import Threshold
from fakes.predictions import fake_predictions

PROTOCOL = Protocol(outcomes=("AF",), splits=("test",), novelty="covariate.novelty")


def with_novelty(values_of, *, models=("net",)):
    """Return predictions with a column of novelty, made from score and truth."""
    predictions = fake_predictions(models=models, patients=900)
    score, truth = (predictions.table[name].to_numpy() for name in ("score", "truth"))
    novelty = values_of(score, truth)
    return Predictions(predictions.table.append_column("covariate.novelty", pa.array(novelty)))


def wrong(score, truth):
    """Return novelty that is high where a score of 1/2 errs, with noise."""
    noise = np.random.default_rng(0).normal(size=score.size)
    return 1.5 * ((score > 0.5) != (truth == 1)) + noise


def values(rows, metric):
    """Return a metric's estimates by where they hold."""
    return {row.at: row.estimate for row in rows.results if row.metric == metric}


@pytest.fixture(scope="module")
def rows():
    """Return the analysis of a network and a reader."""
    return analyse(context_for(with_novelty(wrong, models=("net", "reader")), PROTOCOL))


def test_errors_get_rarer_as_fewer_records_are_kept(rows):
    """The shares kept are near those of validation; sensitivity rises."""
    errors = [e.value for at, e in values(rows, "error_rate").items() if not at or "kept" in at][:4]
    assert errors == sorted(errors, reverse=True)
    for share, estimate in zip((0.9, 0.8, 0.7), values(rows, "share_kept").values(), strict=True):
        assert estimate.value == pytest.approx(share, abs=0.05)
    sensitivity = values(rows, "sensitivity")
    assert sensitivity["70% of validation kept"].value > sensitivity["90% of validation kept"].value


def test_the_curve_goes_with_its_area(rows):
    """Of the network only; the area is below the overall share of errors."""
    (curve,) = rows.curves
    assert (curve.kind, curve.model) == ("risk_coverage", "net")
    area = values(rows, "area_under_risk_coverage")[""]
    assert area.high < curve.curve.y[-1]


def test_novelty_singles_out_errors(rows):
    """Its AUROC for errors, and more errors among the flagged; also of a reader's."""
    for model in ("net", "reader"):
        found = [row for row in rows.results if row.model == model]
        estimates = {(row.metric, row.at): row.estimate.value for row in found}
        assert estimates["auroc_of_errors", "novelty"] > 0.6
        assert 0.01 < estimates["share_flagged", "novelty"] < 0.15
        assert estimates["error_rate", "flagged"] > estimates["error_rate", "not flagged"]


def test_a_flag_of_0_and_1_is_taken_as_it_is():
    """However many records it flags; those without a value are left out."""

    def flag(score, truth):
        values = ((score > 0.5) != (truth == 1)).astype(float)
        values[::10] = np.nan
        return values

    found = analyse(context_for(with_novelty(flag), PROTOCOL))
    errors = values(found, "error_rate")
    assert errors["flagged"].value > 0.7
    assert errors["not flagged"].value < 0.1
    assert values(found, "share_flagged")["novelty"].n < values(found, "error_rate")[""].n


def test_an_unknown_column_is_refused_and_no_column_is_fine():
    """By its nearest name."""
    predictions = with_novelty(wrong)
    with pytest.raises(UnknownNameError, match=r"did you mean 'covariate\.novelty'"):
        analyse(context_for(predictions, dataclasses.replace(PROTOCOL, novelty="covariate.novelt")))
    with pytest.raises(SpecificationError, match=r"a column of numbers, got 'group\.sex'"):
        analyse(context_for(predictions, dataclasses.replace(PROTOCOL, novelty="group.sex")))
    plain = analyse(context_for(predictions, dataclasses.replace(PROTOCOL, novelty="")))
    assert not values(plain, "share_flagged")


def test_without_a_cut_off_there_is_nothing():
    """Neither curve nor rows."""
    table = with_novelty(wrong).table
    kept = np.array(table["split"].to_pylist()) != "validation"
    found = analyse(context_for(Predictions(table.filter(pa.array(kept))), PROTOCOL))
    assert (found.results, found.curves) == ([], [])


def test_what_is_unusual_is_never_decided_on_what_is_reported():
    """Without validation a novelty score flags nobody, a flag of 0 and 1 does."""
    stated = [Threshold("AF", 0.5, "stated", "", "")]
    for values_of, is_flag in ((wrong, False), (lambda score, _: (score > 0.8).astype(float), True)):
        table = with_novelty(values_of).table
        kept = np.array(table["split"].to_pylist()) != "validation"
        found = analyse(context_for(Predictions(table.filter(pa.array(kept))), PROTOCOL, stated=stated))
        share = values(found, "share_flagged")["novelty"]
        assert (share.reason is None) == is_flag
        assert ("flagged" in values(found, "error_rate")) == is_flag
        assert "novelty" in values(found, "auroc_of_errors")
