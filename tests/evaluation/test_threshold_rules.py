from __future__ import annotations

import math

import numpy as np
import pytest

from einthoven.errors import OneClassError, SpecificationError, UnknownNameError
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.threshold_rules import THRESHOLD_RULES, check_rule, cut_off, youden

RULES = ("youden", "sensitivity 0.9", "specificity 0.9", "alert_rate 0.2", "cost_ratio 4")


def shares(score, truth, cut, weights=None):
    """Return sensitivity, specificity, alerts, missed and false alarms of a cut-off by counting."""
    weight = np.ones(len(score)) if weights is None else np.asarray(weights, dtype=float)
    called, sick = score >= cut, truth == 1
    sensitivity = weight[called & sick].sum() / weight[sick].sum()
    specificity = weight[~called & ~sick].sum() / weight[~sick].sum()
    alerts = weight[called].sum() / weight.sum()
    return sensitivity, specificity, alerts, weight[~called & sick].sum(), weight[called & ~sick].sum()


def data(seed=0, n=120):
    rng = np.random.default_rng(seed)
    truth = (rng.random(n) < 0.3).astype(int)
    return np.round(rng.normal(size=n) + truth, 1), truth, rng.integers(1, 4, n)


def test_youden_is_the_best_of_all_cuts(reference):
    """By trying each."""
    truth, score = reference.truth, reference.a

    def index(cut):
        called = score >= cut
        return called[truth == 1].mean() + (~called)[truth == 0].mean() - 1

    best = max(index(cut) for cut in np.unique(score))
    assert index(youden(score, truth)) == pytest.approx(best, abs=1e-14)


def test_of_equally_good_cuts_the_lowest_is_taken():
    """Sensitivity goes first; also by cost, where a missed patient is worth exactly one false alarm."""
    assert youden([0.1, 0.2, 0.3, 0.4], [0, 1, 0, 1]) == 0.2
    assert cut_off("cost_ratio 1", [0.1, 0.2, 0.3, 0.4], [0, 1, 0, 1]) == 0.2


def test_one_class_has_no_cut():
    """Refused as by every statistic."""
    for rule in RULES:
        with pytest.raises(OneClassError):
            cut_off(rule, [0.1, 0.2], [0, 0])


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_each_rule_does_what_its_definition_says(seed, weighted):
    """By counting at every possible cut-off, the next number above all scores included."""
    score, truth, weights = data(seed)
    weights = weights if weighted else None
    cuts = [*np.unique(score), np.nextafter(score.max(), math.inf)]
    found = {cut: shares(score, truth, cut, weights) for cut in cuts}
    assert cut_off("sensitivity 0.9", score, truth, weights=weights) == max(c for c in cuts if found[c][0] >= 0.9)
    assert cut_off("specificity 0.9", score, truth, weights=weights) == min(c for c in cuts if found[c][1] >= 0.9)
    assert cut_off("alert_rate 0.2", score, truth, weights=weights) == min(c for c in cuts if found[c][2] <= 0.2)
    cost = {c: 4 * found[c][3] + found[c][4] for c in cuts}
    assert cut_off("cost_ratio 4", score, truth, weights=weights) == min(
        c for c in cuts if cost[c] == min(cost.values())
    )


@pytest.mark.parametrize("rule", RULES)
def test_weights_are_records_repeated_so_often(rule):
    """A whole weight of 3 is the record three times."""
    score, truth, weights = data(7)
    repeated = cut_off(rule, np.repeat(score, weights), np.repeat(truth, weights))
    assert cut_off(rule, score, truth, weights=weights) == repeated


def test_a_share_that_is_met_exactly_is_met():
    """9 of 10 is a sensitivity of 0.9, 7 of 10 a specificity of 0.7, whatever binary fractions say."""
    score = np.arange(20.0)
    truth = (score >= 10).astype(int)
    assert cut_off("sensitivity 0.9", score, truth) == 11
    assert cut_off("specificity 0.7", score, truth) == 7
    assert cut_off("alert_rate 0.3", score, truth) == 14


def test_what_no_score_reaches_calls_nothing_positive():
    """The highest score is a negative's: full specificity lies just above it."""
    cut = cut_off("specificity 1", [0.1, 0.5, 0.9], [0, 1, 0])
    assert cut > 0.9
    assert cut == pytest.approx(0.9)
    assert cut_off("alert_rate 0.1", [0.5, 0.5, 0.5], [0, 1, 0]) > 0.5


def test_full_sensitivity_is_the_lowest_positive():
    """And perfect separation puts every rule between the classes or on them."""
    assert cut_off("sensitivity 1", [0.1, 0.5, 0.3], [0, 1, 1]) == 0.3
    assert {cut_off(rule, [0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1]) for rule in ("youden", "cost_ratio 3")} == {0.8}


def test_order_of_records_does_not_matter():
    """Bit for bit."""
    score, truth, weights = data(3)
    order = np.random.default_rng(1).permutation(score.size)
    for rule in RULES:
        shuffled = cut_off(rule, score[order], truth[order], weights=weights[order])
        assert shuffled == cut_off(rule, score, truth, weights=weights)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("youden 0.5", "takes no target"),
        ("sensitivity", "for example 'sensitivity 0.9', got 'sensitivity'"),
        ("sensitivity 90", "above 0 and at most 1, for example 'sensitivity 0.9', got 'sensitivity 90'"),
        ("specificity 95%", "must be a number above 0 and at most 1"),
        ("alert_rate 0", "must be a number above 0"),
        ("cost_ratio -3", "must be a number above 0, for example 'cost_ratio 10'"),
        ("cost_ratio inf", "must be a number above 0"),
        ("sensitivity 0.9 0.8", "takes one target"),
    ],
)
def test_targets_that_mean_nothing_are_refused_when_the_protocol_is_read(rule, words):
    """The message shows how it is written."""
    with pytest.raises(SpecificationError, match=words):
        Protocol(thresholds=(rule,))


def test_unknown_rules_are_refused_with_the_nearest():
    """All are listed where none is near."""
    with pytest.raises(UnknownNameError, match="did you mean 'sensitivity'"):
        check_rule("sensitivty 0.9")
    with pytest.raises(UnknownNameError, match="accepted: youden, sensitivity, specificity, alert_rate, cost_ratio"):
        check_rule("")


def test_every_rule_has_a_line_in_the_table_of_the_docs():
    """Its own, with an example."""
    import einthoven.evaluation.threshold_rules as module

    assert all(f"``{name}" in module.__doc__ for name in THRESHOLD_RULES)
