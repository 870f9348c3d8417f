from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from einthoven.evaluation.comparisons import Pair, compared_pairs
from einthoven.evaluation.evaluate import context_for
from einthoven.evaluation.pair_tests import (
    area_test,
    calls_of,
    equal_point_tests,
    main_cut_off_tests,
    noninferiority,
    own_cut_off_tests,
    reclassification_tests,
)
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.statistics.delong_test import delong_test
from einthoven.evaluation.statistics.equal_sensitivity_test import equal_sensitivity_test
from einthoven.evaluation.statistics.mcnemar_test import mcnemar_test
from einthoven.evaluation.statistics.net_reclassification import net_reclassification
from einthoven.evaluation.thresholds import Threshold
from fakes.predictions import fake_predictions

PREDICTIONS = fake_predictions(models=("net", "small", "reader"))


def context_with(**settings):
    return context_for(PREDICTIONS, Protocol(resamples=30, outcomes=("AF",), splits=("test",), **settings))


def pair_of(context, a="net", b="small") -> Pair:
    ((pair,),) = compared_pairs(context.reported, dataclasses.replace(context.protocol, comparisons=((a, b),)))
    return pair


def places(tests):
    return [(found.metric, found.at) for found in tests]


def test_areas_are_compared_by_patient():
    """DeLong's test with the patients as clusters."""
    context = context_with()
    pair = pair_of(context)
    found = area_test(pair, context.protocol)
    assert found.test == delong_test(pair.a.score, pair.b.score, pair.a.truth, clusters=pair.a.patient)
    assert "clustered by patient" in found.test.method


def test_weights_reach_every_test():
    """Doubling some records' weights moves each of them."""
    context = context_with(margin=0.05)
    pair = pair_of(context)
    weight = np.where(np.arange(pair.a.truth.size) % 3 == 0, 4.0, 1.0)
    weighted = Pair(dataclasses.replace(pair.a, weight=weight), dataclasses.replace(pair.b, weight=weight))

    def values(one):
        tests = [area_test(one, context.protocol), *noninferiority(one, context.protocol)]
        tests += [*equal_point_tests(one, context.protocol), *own_cut_off_tests(one, context)]
        return [found.test.difference.value for found in [*tests, *reclassification_tests(one, context)]]

    assert all(one != other for one, other in zip(values(pair), values(weighted), strict=True))


def test_an_area_without_a_class_is_undefined_with_a_reason():
    """Not an error: the table goes on."""
    context = context_with()
    found = area_test(pair_of(context).only(pair_of(context).a.truth == 0), context.protocol)
    assert math.isnan(found.test.difference.value)
    assert "positive" in found.test.difference.reason


def test_a_difference_without_variance_is_tested_by_permutation():
    """A perfect score against a reversed one."""
    context = context_with()
    pair = pair_of(context)
    pair = Pair(dataclasses.replace(pair.a, score=pair.a.truth), dataclasses.replace(pair.b, score=1 - pair.a.truth))
    found = area_test(pair, context.protocol).test
    assert found.difference.value == 1.0
    assert found.difference.reason is None
    assert "permutation" in found.method
    assert found.p_value < 0.05


def test_noninferiority_needs_a_margin():
    """None without; one test with."""
    context = context_with()
    assert not list(noninferiority(pair_of(context), context.protocol))
    (found,) = noninferiority(pair_of(context), dataclasses.replace(context.protocol, margin=0.05))
    assert (found.metric, found.at) == ("auroc_noninferiority", "margin 0.05")


def test_equal_points_are_those_of_the_protocol_or_nine_tenths():
    """Specificity at a sensitivity, sensitivity at a specificity."""
    context = context_with()
    pair = pair_of(context)
    found = list(equal_point_tests(pair, context.protocol))
    assert places(found) == [("specificity", "equal sensitivity 0.9"), ("sensitivity", "equal specificity 0.9")]
    expected = equal_sensitivity_test(
        pair.a.score, pair.b.score, pair.a.truth, clusters=pair.a.patient, resamples=30, sensitivity=0.9
    )
    assert found[0].test == expected
    named = dataclasses.replace(context.protocol, thresholds=("youden", "sensitivity 0.8"))
    assert places(equal_point_tests(pair, named)) == [("specificity", "equal sensitivity 0.8")]


def test_calls_of_two_networks_are_compared_at_each_rule():
    """McNemar's test at cut-offs that were chosen on validation."""
    context = context_with(thresholds=("youden", "sensitivity 0.9"))
    pair = pair_of(context)
    found = list(own_cut_off_tests(pair, context))
    metrics = ("sensitivity", "specificity", "accuracy")
    assert places(found) == [(metric, rule) for rule in ("youden", "sensitivity 0.9") for metric in metrics]
    a, b = (context.decisions(one, "sensitivity 0.9").values for one in (pair.a, pair.b))
    positive = pair.a.truth == 1
    assert found[3].test == mcnemar_test(a[positive], b[positive], clusters=pair.a.patient[positive])


def test_a_stated_cut_off_is_compared_once():
    """Whatever the number of rules that it stands for."""
    protocol = Protocol(resamples=30, outcomes=("AF",), splits=("test",), thresholds=("youden", "sensitivity 0.9"))
    stated = [Threshold("AF", 0.4, "stated", "elsewhere", "abc", model=model) for model in ("net", "small")]
    context = context_for(PREDICTIONS, protocol, stated=stated)
    found = places(own_cut_off_tests(pair_of(context), context))
    assert found == [(metric, "stated") for metric in ("sensitivity", "specificity", "accuracy")]


def test_a_reader_is_compared_at_nothing_with_the_main_cut_off():
    """Where it always stood; other rules are named."""
    context = context_with(thresholds=("youden", "sensitivity 0.9"))
    found = places(own_cut_off_tests(pair_of(context, "net", "reader"), context))
    metrics = ("sensitivity", "specificity")
    assert found == [(metric, at) for at in ("", "sensitivity 0.9") for metric in metrics]


def test_reclassification_is_at_risks_or_at_the_main_cut_offs():
    """Each part has a row; scores that are no probabilities have none."""
    context = context_with()
    pair = pair_of(context)
    names = ("nri_events", "nri_nonevents", "nri")
    idi = [(name.replace("nri", "idi"), "continuous") for name in names]
    continuous = [(name, "continuous") for name in names]
    found = list(reclassification_tests(pair, context))
    assert places(found) == [(name, "youden") for name in names] + continuous + idi
    context = context_with(strata=("risk 0.1", "risk 0.3"))
    found = list(reclassification_tests(pair, context))
    assert places(found) == [(name, "risk 0.1, 0.3") for name in names] + continuous + idi
    expected = net_reclassification(
        pair.a.score, pair.b.score, pair.a.truth, cut_offs=(0.1, 0.3), clusters=pair.a.patient
    )
    assert found[0].test == expected.events
    marker = Pair(dataclasses.replace(pair.a, score_kind="value"), pair.b)
    assert not list(reclassification_tests(marker, context))


def test_calls_are_made_once_and_taken_apart_by_group():
    """Calls on some records are the records' own."""
    context = context_with()
    pair = pair_of(context)
    calls = calls_of(pair, context, "youden")
    kept = np.arange(pair.a.truth.size) % 2 == 0
    found = list(main_cut_off_tests(pair.only(kept), calls.only(kept), context.protocol))
    positive = kept & (pair.a.truth == 1)
    assert places(found) == [("sensitivity", "youden"), ("specificity", "youden")]
    expected = mcnemar_test(calls.a[positive], calls.b[positive], clusters=pair.a.patient[positive])
    assert found[0].test.difference.value == pytest.approx(expected.difference.value)
    assert found[0].test.p_value == pytest.approx(expected.p_value)
