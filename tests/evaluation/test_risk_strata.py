from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from einthoven.errors import LeakageError, SpecificationError, TooFewObservationsError, UnknownNameError
from einthoven.evaluation.label_scores import LabelScores
from einthoven.evaluation.risk_strata import RiskStrata, check_strata, choose_strata, incidence_cut_off
from einthoven.evaluation.threshold_rules import cut_off


def scores(n=400, *, kind="probability", split="validation"):
    """Return scores whose incidence rises with them."""
    rng = np.random.default_rng(0)
    score = np.round(rng.random(n), 2)
    truth = (rng.random(n) < score**2).astype(float)
    codes = np.arange(n)
    return LabelScores("net", 0, split, "LAD", "binary", kind, score, truth, codes, codes, codes, 0)


def test_borders_are_the_cut_offs_of_validation():
    """Chosen by the rules of cut-offs, applied to another split alone."""
    rules = ("sensitivity 0.95", "specificity 0.9")
    strata = choose_strata(rules, scores(split="test"), scores(), predictions_hash="abc")
    assert strata.low == cut_off(rules[0], scores().score, scores().truth)
    assert strata.high == cut_off(rules[1], scores().score, scores().truth)
    codes = strata.apply(np.array([strata.low - 0.01, strata.low, strata.high]), split="test", predictions_hash="abc")
    assert codes.tolist() == [0, 1, 2]


def test_borders_refuse_the_scores_they_were_chosen_on():
    """And no other predictions."""
    strata = choose_strata(("sensitivity 0.95", "risk 0.8"), scores(), scores(), predictions_hash="abc")
    with pytest.raises(LeakageError, match="chosen on split 'validation'"):
        strata.apply(np.zeros(1), split="validation", predictions_hash="abc")
    assert strata.apply(np.zeros(1), split="validation", predictions_hash="other").tolist() == [0]


def test_stated_risks_divide_any_split_and_logits_too():
    """Nothing was chosen; a logit's border is the logit of the risk."""
    empty = scores().only(np.zeros(400, dtype=bool))
    strata = choose_strata(("risk 0.1", "risk 0.5"), scores(), empty, predictions_hash="abc")
    assert (strata.low, strata.high, strata.split) == (0.1, 0.5, "")
    logits = choose_strata(("risk 0.1", "risk 0.5"), scores(kind="logit"), empty, predictions_hash="abc")
    assert (logits.low, logits.high) == pytest.approx((math.log(1 / 9), 0))


def test_incidence_border_is_where_the_isotonic_incidence_reaches_it():
    """Pooled by hand; copies count as weights do."""
    score, truth = [1, 2, 3, 4, 5, 6], [0, 1, 0, 0, 1, 1]
    # pools: 0 | 1/3 1/3 1/3 | 1 1
    assert incidence_cut_off(score, truth, 0.3) == 2
    assert incidence_cut_off(score, truth, 0.34) == 5
    weights = [1, 3, 1, 1, 1, 1]
    copied = incidence_cut_off(np.repeat(score, weights), np.repeat(truth, weights), 0.55)
    assert incidence_cut_off(score, truth, 0.55, weights=weights) == copied == 2
    with pytest.raises(TooFewObservationsError, match=r"never reaches 0\.9; it is at most 0\.5"):
        incidence_cut_off([1, 1], [0, 1], 0.9)


def test_a_score_that_separates_leaves_nothing_intermediate():
    """The upper border alone is kept, and it is told."""
    one = scores()
    perfect = dataclasses.replace(one, truth=(one.score > 0.5).astype(float))
    strata = choose_strata(("sensitivity 0.9", "specificity 0.9"), one, perfect, predictions_hash="abc")
    assert strata.overlapping
    assert strata.low == strata.high
    assert set(strata.apply(one.score, split="test", predictions_hash="abc")) == {0, 2}


@pytest.mark.parametrize(
    ("rules", "kept", "kind", "told"),
    [
        (("sensitivity 0.9", "risk 0.5"), slice(0, 0), "probability", "has no records"),
        (("risk 0.1", "risk 0.5"), slice(0, 9), "value", "needs probabilities, these scores are values"),
    ],
)
def test_borders_that_can_not_be_chosen_say_why(rules, kept, kind, told):
    """As a reason, so that other labels go on."""
    chosen = scores(kind=kind)
    part = chosen.only(np.isin(np.arange(400), np.arange(400)[kept]))
    strata = choose_strata(rules, chosen, part, predictions_hash="abc")
    assert told in strata.reason
    assert math.isnan(strata.low)
    without = dataclasses.replace(chosen, truth=np.zeros(400))
    never = choose_strata(("incidence 0.1", "incidence 0.2"), chosen, without, predictions_hash="abc")
    assert "never reaches 0.1; it is at most 0" in never.reason


@pytest.mark.parametrize(
    ("borders", "error", "told"),
    [
        (["risk 0.1"], SpecificationError, "two borders or none, got 1"),
        (["sensitivty 0.9", "risk 0.5"], UnknownNameError, "sensitivty"),
        (["sensitivity", "risk 0.5"], SpecificationError, "got 'sensitivity'"),
        (["risk 5", "risk 0.5"], SpecificationError, "between 0 and 1"),
        (["risk 0.5", "risk 0.1"], SpecificationError, "lower border first"),
        (["sensitivity 0.5", "sensitivity 0.9"], SpecificationError, "lower border first"),
    ],
)
def test_wrong_borders_are_refused_by_name(borders, error, told):
    """When the protocol is read."""
    with pytest.raises(error, match=told):
        check_strata(borders)


@pytest.mark.parametrize("borders", [[], ["sensitivity 0.9", "sensitivity 0.5"], ["incidence 0.01", "incidence 0.1"]])
def test_sensible_borders_are_accepted(borders):
    """None, falling sensitivities, rising incidences."""
    check_strata(borders)
    assert isinstance(RiskStrata(0.1, 0.2, ("risk 0.1", "risk 0.2"), "", ""), RiskStrata)
