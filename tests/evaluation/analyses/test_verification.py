"""Verified records alone stand beside two corrections, which find the truth of all again where the score decided."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest
from scipy import special

from einthoven.errors import UnknownNameError
from einthoven.evaluation.analyses.verification import ALONE, STRATA, WEIGHTED, analyse
from einthoven.evaluation.evaluate import context_for
from einthoven.evaluation.predictions import Predictions
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.statistics.auroc import auroc
from einthoven.evaluation.statistics.begg_greenes import begg_greenes
from einthoven.evaluation.statistics.inverse_probability_weighting import verification_weights, weighted_auroc
from fakes.predictions import fake_predictions

N = 6000


@pytest.fixture(scope="module")
def patients():
    """Return predictions of patients who are verified if score and age say so, and the truth of all."""
    rng = np.random.default_rng(3)
    age = rng.normal(60, 12, N)
    truth = (rng.random(N) < special.expit(-2 + 0.05 * (age - 60))).astype(float)
    score = special.expit(-1 + 1.8 * truth + rng.normal(size=N))
    verified = rng.random(N) < special.expit(-1.2 + special.logit(score) + 0.04 * (age - 60))
    predictions = Predictions.from_arrays(
        score[:, None], np.where(verified, truth, np.nan)[:, None], labels=["LVSD"], model="net",
        patient_id=[f"{k:05d}" for k in range(N)],
        split=np.where(np.arange(N) % 4 == 0, "validation", "test").tolist(),
    )  # fmt: skip
    table = predictions.table.append_column("covariate.age_years", pa.array(age))
    return Predictions(table), truth, score


def found(context):
    """Return estimates by metric and place."""
    return {(row.metric, row.at): row.estimate for row in analyse(context).results}


def test_both_corrections_hold_the_truth_that_verified_records_alone_miss(patients):
    """Sensitivity looks better and specificity worse among those whom a high score had verified."""
    predictions, truth, score = patients
    context = context_for(predictions, Protocol(verification=("score", "covariate.age_years")))
    numbers = found(context)
    test = np.arange(N) % 4 != 0
    called = score >= context.threshold(context.main[0]).value
    of_all = {
        "sensitivity": called[test & (truth == 1)].mean(),
        "specificity": 1 - called[test & (truth == 0)].mean(),
        "auroc": auroc(score[test], truth[test]).value,
    }
    for metric, value in of_all.items():
        alone, weighted = numbers[metric, ALONE], numbers[metric, WEIGHTED]
        assert weighted.low <= value <= weighted.high
        assert abs(weighted.value - value) < abs(alone.value - value)
    for metric in ("sensitivity", "specificity"):
        assert not numbers[metric, ALONE].low <= of_all[metric] <= numbers[metric, ALONE].high
        assert numbers[metric, STRATA].low <= of_all[metric] <= numbers[metric, STRATA].high
        assert "score in " in numbers[metric, STRATA].method
    assert numbers["verified", ""].n == test.sum()


def test_a_reader_is_corrected_by_his_answers(patients):
    """With the call alone as what decided, Begg and Greenes' formula without strata."""
    predictions, _, score = patients
    table = predictions.table
    index = {name: table.column_names.index(name) for name in ("score", "score_kind")}
    table = table.set_column(index["score"], "score", pa.array((score > 0.5).astype(float)))
    table = table.set_column(index["score_kind"], "score_kind", pa.array(["binary"] * N))
    context = context_for(Predictions(table), Protocol(verification=("score",)))
    numbers = found(context)
    one = context.in_split(context.main[0], "test", keep_unknown=True)
    expected = begg_greenes(one.score == 1, one.truth)
    assert ("auroc", ALONE) not in numbers
    for at in (STRATA, WEIGHTED):  # one chance of verification for each answer: both are one estimate
        assert numbers["sensitivity", at].value == pytest.approx(expected.value, rel=1e-6)


def test_a_probability_decides_by_its_logit(patients):
    """The same scores as logits give the same corrected area, that of the statistic on logits."""
    predictions, _, score = patients
    table = predictions.table
    for name, values in {"score": special.logit(score), "score_kind": ["logit"] * N}.items():
        table = table.set_column(table.column_names.index(name), name, pa.array(values))
    protocol = Protocol(verification=("score",))
    one, other = (found(context_for(each, protocol)) for each in (predictions, Predictions(table)))
    assert other["auroc", WEIGHTED].value == pytest.approx(one["auroc", WEIGHTED].value, rel=1e-9)
    test = np.arange(N) % 4 != 0
    truth = np.asarray(predictions.table["truth"].to_numpy())[test]
    model = verification_weights(~np.isnan(truth), special.logit(score[test])[:, None])
    assert one["auroc", WEIGHTED].value == pytest.approx(weighted_auroc(score[test], truth, model).value, rel=1e-9)


def test_the_assumption_is_told(patients):
    """Once."""
    rows = analyse(context_for(patients[0], Protocol(verification=("score",))))
    (note,) = rows.notes
    assert "given score, being verified has nothing to do with the truth, which can't be tested" in note
    assert {row.analysis for row in rows.results} == {"verification"}


def test_nothing_applies_unless_the_protocol_asks_and_a_truth_is_unknown(patients):
    """Neither without the setting, nor where all are verified."""
    assert analyse(context_for(patients[0], Protocol())).results == []
    predictions, truth, _ = patients
    table = predictions.table
    known = Predictions(table.set_column(table.column_names.index("truth"), "truth", pa.array(truth)))
    rows = analyse(context_for(known, Protocol(verification=("score",))))
    assert (rows.results, rows.notes) == ([], [])


def test_without_cut_offs_the_area_alone_is_corrected():
    """There is no validation split to choose one on."""
    kept = [split != "validation" for split in fake_predictions().table["split"].to_pylist()]
    predictions = Predictions(fake_predictions().table.filter(pa.array(kept)))
    rows = analyse(context_for(predictions, Protocol(verification=("score", "group.sex"), models=("net",))))
    assert {row.metric for row in rows.results} == {"verified", "auroc"}


def test_labels_that_no_verified_record_has_are_undefined_with_a_reason(patients):
    """No number, no failure; and a column that tells perfectly who was verified can't be weighted by."""
    predictions, _, _ = patients
    table = predictions.table
    truth = np.asarray(table["truth"].to_numpy())
    healthy = table.set_column(table.column_names.index("truth"), "truth", pa.array(truth * 0, from_pandas=True))
    estimates = found(context_for(Predictions(healthy), Protocol(verification=("score",))))
    assert all(math.isnan(e.value) and e.reason for (metric, _), e in estimates.items() if metric == "auroc")
    telling = table.append_column("covariate.echo", pa.array((~np.isnan(truth)).astype(float)))
    estimates = found(context_for(Predictions(telling), Protocol(verification=("covariate.echo",))))
    assert "who was verified" in estimates["auroc", WEIGHTED].reason
    telling = table.append_column("group.echo", pa.array(np.where(np.isnan(truth), "no", "yes").tolist()))
    estimates = found(context_for(Predictions(telling), Protocol(verification=("group.echo",))))
    assert estimates["sensitivity", STRATA].reason.startswith("nobody is verified in 2 of 4 cells")


def test_a_small_group_that_was_never_verified_stops_nothing(patients):
    """Forty patients of unknown sex, none verified, are joined with the others, and it is said; half of all are not."""
    predictions, _, _ = patients
    table = predictions.table
    truth = np.asarray(table["truth"].to_numpy())
    never = np.flatnonzero(np.isnan(truth))
    for count, works in ((40, True), (2000, False)):
        sex = np.where(np.arange(N) % 2 == 0, "F", "M").astype(object)
        sex[never[:count]] = "U"
        some = Predictions(table.append_column("group.sex", pa.array(sex.tolist())))
        estimate = found(context_for(some, Protocol(verification=("score", "group.sex"))))["auroc", WEIGHTED]
        assert (estimate.reason is None) is works
        assert ("1 small groups" in estimate.method) is works


def test_a_column_that_is_not_there_is_refused(patients):
    """With the nearest."""
    with pytest.raises(UnknownNameError, match=r"did you mean 'covariate.age_years'"):
        analyse(context_for(patients[0], Protocol(verification=("covariate.age_year",))))
