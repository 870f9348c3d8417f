"""The tests of two models' scores of one label: what they are called, at what, and where they don't apply."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from einthoven.errors import OneClassError, TooFewObservationsError
from einthoven.evaluation.comparisons import Pair
from einthoven.evaluation.context import Context
from einthoven.evaluation.estimate import Estimate, TestResult
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.statistics.class_change import ClassChange
from einthoven.evaluation.statistics.delong_test import delong_test
from einthoven.evaluation.statistics.equal_sensitivity_test import (
    equal_sensitivity_test,
    equal_specificity_test,
    own_cut_offs_test,
)
from einthoven.evaluation.statistics.integrated_discrimination import integrated_discrimination
from einthoven.evaluation.statistics.net_reclassification import net_reclassification
from einthoven.evaluation.statistics.noninferiority_test import noninferiority_test
from einthoven.evaluation.statistics.permutation_test import permutation_test
from einthoven.evaluation.threshold_rules import check_rule

__all__ = [
    "Calls",
    "PairTest",
    "area_test",
    "calls_of",
    "equal_point_tests",
    "main_cut_off_tests",
    "noninferiority",
    "own_cut_off_tests",
    "reclassification_tests",
]

# where the protocol's rules name neither a sensitivity nor a specificity
USUAL_TARGETS = (("sensitivity", 0.9), ("specificity", 0.9))


@dataclass(frozen=True, slots=True)
class PairTest:
    """One test of a pair: ``metric`` and ``at`` as in ``ComparisonRow``."""

    metric: str
    at: str
    test: TestResult


@dataclass(frozen=True, slots=True, eq=False)
class Calls:
    """Both models' yes/no calls, bool (record,), and the rule of their cut-offs."""

    a: NDArray[np.bool_]
    b: NDArray[np.bool_]
    rule: str

    def only(self, kept: NDArray[np.bool_]) -> Calls:
        """Return the calls on some records."""
        return Calls(self.a[kept], self.b[kept], self.rule)


def calls_of(pair: Pair, context: Context, rule: str) -> Calls | None:
    """Return both models' calls by a rule of the protocol, None where one of them has none."""
    decided = [context.decisions(one, rule) for one in (pair.a, pair.b)]
    values = [None if one is None else one.values for one in decided]
    if values[0] is None or values[1] is None:
        return None
    thresholds = (context.threshold(one, rule) for one in (pair.a, pair.b) if one.score_kind != "binary")
    rules = list(dict.fromkeys(one.rule for one in thresholds if one is not None))
    return Calls(values[0], values[1], " and ".join(rules))


def area_test(pair: Pair, protocol: Protocol) -> PairTest:
    """Return DeLong's test; undefined with one class, and by permutation where it has no variance."""
    a, b = pair.a, pair.b
    given = _given(pair, protocol)
    try:
        test = delong_test(a.score, b.score, a.truth, **given)
    except (OneClassError, TooFewObservationsError) as error:
        return PairTest("auroc", "", _undefined(pair, str(error)))
    if math.isnan(test.p_value) and 1 < a.events < a.truth.size - 1:
        test = permutation_test(a.score, b.score, a.truth, resamples=protocol.resamples, seed=protocol.seed, **given)
    return PairTest("auroc", "", test)


def noninferiority(pair: Pair, protocol: Protocol) -> Iterator[PairTest]:
    """Yield the test that the first model isn't worse by the protocol's margin, if it has one."""
    if protocol.margin > 0 and pair.has_both_classes:
        given = _given(pair, protocol)
        test = noninferiority_test(pair.a.score, pair.b.score, pair.a.truth, margin=protocol.margin, **given)
        yield PairTest("auroc_noninferiority", f"margin {protocol.margin:g}", test)


def equal_point_tests(pair: Pair, protocol: Protocol) -> Iterator[PairTest]:
    """Yield the difference of specificity at equal sensitivity, and of sensitivity at equal specificity."""
    if not pair.has_both_classes:
        return
    for name, target in _targets(protocol):
        other, test = {
            "sensitivity": ("specificity", partial(equal_sensitivity_test, sensitivity=target)),
            "specificity": ("sensitivity", partial(equal_specificity_test, specificity=target)),
        }[name]
        drawn = {"resamples": protocol.resamples, "seed": protocol.seed}
        found = test(pair.a.score, pair.b.score, pair.a.truth, **drawn, **_given(pair, protocol))
        yield PairTest(other, f"equal {name} {target:g}", found)


def own_cut_off_tests(pair: Pair, context: Context) -> Iterator[PairTest]:
    """Yield the differences of yes/no calls, each model at its own cut-off, for each rule of the protocol.

    Where one of the two is a reader, the calls at the main rule stand at nothing.
    """
    seen: set[str] = set()
    for place, rule in enumerate(context.protocol.thresholds):
        calls = calls_of(pair, context, rule)
        if calls is None or calls.rule in seen:
            continue
        seen.add(calls.rule)
        found = own_cut_offs_test(calls.a, calls.b, pair.a.truth, **_given(pair, context.protocol))
        at = "" if pair.has_reader and place == 0 else calls.rule
        metrics = ("sensitivity", "specificity") if pair.has_reader else ("sensitivity", "specificity", "accuracy")
        tests = ((metric, getattr(found, metric)) for metric in metrics)
        yield from (PairTest(metric, at, test) for metric, test in tests if test.difference.n)


def main_cut_off_tests(part: Pair, calls: Calls, protocol: Protocol) -> Iterator[PairTest]:
    """Yield the differences of sensitivity and specificity of calls that were made beforehand."""
    found = own_cut_offs_test(calls.a, calls.b, part.a.truth, **_given(part, protocol))
    tests = (("sensitivity", found.sensitivity), ("specificity", found.specificity))
    yield from (PairTest(metric, calls.rule, test) for metric, test in tests if test.difference.n)


def reclassification_tests(pair: Pair, context: Context) -> Iterator[PairTest]:
    """Yield net reclassification with cut-offs and without, and integrated discrimination, of two probabilities."""
    a, b = pair.a.probability, pair.b.probability
    if a is None or b is None or not pair.has_both_classes:
        return
    given = _given(pair, context.protocol)
    risks = _risks(context.protocol)
    if risks:
        at = f"risk {', '.join(f'{risk:g}' for risk in risks)}"
        yield from _parts("nri", at, net_reclassification(a, b, pair.a.truth, cut_offs=risks, **given))
    else:
        calls = calls_of(pair, context, context.protocol.thresholds[0])
        if calls is not None:
            yield from _parts("nri", calls.rule, net_reclassification(calls.a, calls.b, pair.a.truth, **given))
    yield from _parts("nri", "continuous", net_reclassification(a, b, pair.a.truth, **given))
    yield from _parts("idi", "continuous", integrated_discrimination(a, b, pair.a.truth, **given))


def _given(pair: Pair, protocol: Protocol) -> dict[str, Any]:
    return {"clusters": pair.a.patient, "weights": pair.a.weight, "level": protocol.level}


def _parts(name: str, at: str, change: ClassChange) -> Iterator[PairTest]:
    yield PairTest(f"{name}_events", at, change.events)
    yield PairTest(f"{name}_nonevents", at, change.nonevents)
    yield PairTest(name, at, change.total)


def _targets(protocol: Protocol) -> tuple[tuple[str, float], ...]:
    rules = [check_rule(rule) for rule in protocol.thresholds]
    named = [(name, target[0]) for name, target in rules if name in {"sensitivity", "specificity"}]
    return tuple(one for one in named if one[1] < 1) or USUAL_TARGETS


def _risks(protocol: Protocol) -> tuple[float, ...]:
    borders = [border.partition(" ") for border in protocol.strata]
    if not borders or any(kind != "risk" for kind, _, _ in borders):
        return ()
    return tuple(sorted(float(value) for _, _, value in borders))


def _undefined(pair: Pair, reason: str) -> TestResult:
    n, patients = int(pair.a.truth.size), int(np.unique(pair.a.patient).size)
    nothing = Estimate.undefined(reason, n=n, events=pair.a.events, clusters=patients, method="none")
    return TestResult(nothing, math.nan, math.nan, "none")
