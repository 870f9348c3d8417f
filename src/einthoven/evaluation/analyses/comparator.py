"""Does a model tell more than age, sex and the ECG's intervals? Its gain over both cheap comparators.

In AUROC by DeLong's paired test, and in net benefit. A model whose gain isn't above 0 beyond chance is told so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from einthoven.errors import TooFewObservationsError
from einthoven.evaluation.comparator import FittedComparator, columns_of, fit_comparators, fitting_split
from einthoven.evaluation.context import Context
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.label_metrics import defined
from einthoven.evaluation.label_scores import LabelScores
from einthoven.evaluation.rows import ComparisonRow, ResultRow, Rows
from einthoven.evaluation.statistics.auroc import auroc
from einthoven.evaluation.statistics.brier import brier
from einthoven.evaluation.statistics.calibration_slope import calibration_slope
from einthoven.evaluation.statistics.delong_test import delong_test
from einthoven.evaluation.statistics.net_benefit import net_benefit_difference

__all__ = ["analyse"]

METRICS: dict[str, Callable[..., Estimate]] = {
    "auroc": auroc,
    "brier": brier,
    "calibration_slope": calibration_slope,
}
# where the protocol names no threshold probability
NET_BENEFIT_AT = (0.05, 0.1, 0.2)
ANALYSIS = "comparator"
# the seed of a model without seeds
NO_SEED = -1


def analyse(context: Context) -> Rows:
    """Return the comparators' own numbers, and each model's gain over them.

    Of one seed per model and of scores, not of 0/1 answers; empty where the predictions have none of the columns.
    """
    rows, columns = Rows(), columns_of(context)
    scores = [one for one in context.main if one.score_kind != "binary"]
    if not columns or not scores:
        return rows
    split = fitting_split(context)
    if split is None:
        rows.notes.append(
            "There is no cheap comparator (age, sex and intervals): it is fitted on split 'train' or 'validation', and "
            "these predictions have none that isn't reported."
        )
        return rows
    for label in dict.fromkeys(one.label for one in scores):
        try:
            fitted = fit_comparators(context, label, split=split)
        except TooFewObservationsError as error:
            rows.notes.append(f"There is no cheap comparator for label {label!r}: {error}.")
            continue
        of_label = [one for one in scores if one.label == label and 0 < one.events < one.truth.size]
        for comparator in fitted:
            rows.extend(_compared(context, of_label, comparator))
    if rows.results:
        rows.notes.insert(
            0, f"The cheap comparators know {', '.join(columns)} alone and were fitted on split {split!r}."
        )
    return rows


def _compared(context: Context, scores: Sequence[LabelScores], comparator: FittedComparator) -> Rows:
    rows = Rows()
    for split in dict.fromkeys(one.split for one in scores):
        parts = [one for one in scores if one.split == split]
        # its own numbers on the records of the first model; each gain on those of the model that is compared
        rows.results += _own(context, parts[0], comparator)
        for one in parts:
            probability = comparator.probability(context, one)
            gains = list(_gains(context, one, comparator, probability))
            rows.comparisons += gains
            rows.notes += _not_beaten(context, one, gains[0], probability)
    return rows


def _own(context: Context, one: LabelScores, comparator: FittedComparator) -> Iterator[ResultRow]:
    probability = comparator.probability(context, one)
    for metric, statistic in METRICS.items():
        estimate = defined(one, partial(statistic, probability, one.truth, **one.options(context.protocol.level)))
        place = (comparator.name, NO_SEED, one.split, one.label)
        yield ResultRow(*place, metric, estimate, analysis=ANALYSIS, at=f"fitted on {comparator.n} records")


def _gains(
    context: Context, one: LabelScores, comparator: FittedComparator, probability: NDArray[np.float64]
) -> Iterator[ComparisonRow]:
    options = one.options(context.protocol.level)
    place = (one.model, one.seed, comparator.name, NO_SEED, one.split, one.label)
    test = delong_test(one.score, probability, one.truth, **options)
    yield ComparisonRow(*place, "auroc", test, analysis=ANALYSIS)
    own = one.probability
    if own is None:
        return
    for at in context.protocol.net_benefit_at or NET_BENEFIT_AT:
        test = net_benefit_difference(own, probability, one.truth, threshold=at, **options)
        yield ComparisonRow(*place, "net_benefit", test, analysis=ANALYSIS, at=f"threshold {at:g}")


def _not_beaten(
    context: Context, one: LabelScores, gain: ComparisonRow, probability: NDArray[np.float64]
) -> Iterator[str]:
    difference = gain.test.difference
    if difference.low > 0:
        return
    options = one.options(context.protocol.level)
    own, cheap = (auroc(score, one.truth, **options).value for score in (one.score, probability))
    yield (
        f"{one.model} does not beat '{gain.model_b}' for {one.label!r} on split {one.split!r}: AUROC {own:.3f} against "
        f"{cheap:.3f}, gain {difference.value:+.3f} ({difference.low:+.3f} to {difference.high:+.3f})."
    )
