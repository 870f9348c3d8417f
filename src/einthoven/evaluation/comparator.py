"""The cheap comparator: what age, sex and the recorder's own intervals tell without any network.

Two models are fitted on split ``train`` (on ``validation`` where there is none) and never on what is reported: logistic
regression without penalty, and boosted trees. Both are the same in every run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from einthoven.errors import TooFewObservationsError
from einthoven.evaluation.context import Context
from einthoven.evaluation.covariate_design import Design, design_of, read_columns
from einthoven.evaluation.label_scores import LabelScores
from einthoven.evaluation.statistics.logistic_regression import fit_logistic

__all__ = ["COLUMNS", "PREFIX", "FittedComparator", "columns_of", "fit_comparators", "fitting_split"]

# what any recorder prints beside an ECG
COLUMNS = (
    "covariate.age_years",
    "group.sex",
    "covariate.heart_rate_bpm",
    "covariate.pr_ms",
    "covariate.qrs_ms",
    "covariate.qtc_ms",
)
# how the names of these models begin
PREFIX = "cheap: "
# of each class; with fewer a model of some columns is noise
FEWEST = 10
FITTED_ON = ("train", "validation")
# small trees, slowly: with some thousand patients larger ones learn noise
TREES = {"learning_rate": 0.05, "max_iter": 150, "max_leaf_nodes": 8, "min_samples_leaf": 20, "l2_regularization": 1.0}

Probability = Callable[[NDArray[np.float64]], NDArray[np.float64]]


@dataclass(frozen=True, slots=True, eq=False)
class FittedComparator:
    """One fitted model of one label.

    Attributes
    ----------
    name : str
        ``cheap: logistic`` or ``cheap: trees``.
    columns : tuple of str
    n, events : int
        Records that it was fitted on, and positives among them.
    """

    name: str
    columns: tuple[str, ...]
    n: int
    events: int
    design: Design
    predict: Probability
    takes_missing: bool

    def probability(self, context: Context, one: LabelScores) -> NDArray[np.float64]:
        """Return the chance of each record of ``one``, float64 (record,)."""
        values = read_columns(context, self.columns, one)
        return self.predict(self.design.open(values) if self.takes_missing else self.design.filled(values))


def columns_of(context: Context) -> tuple[str, ...]:
    """Return the columns that the protocol names, otherwise age, sex and intervals as far as they are there."""
    named = context.protocol.comparator
    return named or tuple(column for column in COLUMNS if context.has(column))


def fitting_split(context: Context) -> str | None:
    """Return the split to fit on, None where each is reported or missing."""
    splits, reported = context.predictions.splits, context.protocol.splits
    return next((split for split in FITTED_ON if split in splits and split not in reported), None)


def fit_comparators(context: Context, label: str, *, split: str) -> list[FittedComparator]:
    """Return both models of one label.

    Parameters
    ----------
    context : Context
    label : str
    split : str
        To fit on; truth is read from whichever model was scored there first.

    Raises
    ------
    TooFewObservationsError
        Fewer than 10 positives or 10 negatives, or columns that separate them or have one value or none.
    """
    key = next((key for key in context.predictions.keys if key[2:] == (split, label)), None)
    if key is None:
        raise TooFewObservationsError(f"split {split!r} has no label {label!r}")
    one = context.predictions.scores_of(*key)
    rarer = min(one.events, one.truth.size - one.events)
    if rarer < FEWEST:
        raise TooFewObservationsError(
            f"split {split!r} has {one.events} positives among {one.truth.size} records; {FEWEST} of each class are "
            "needed"
        )
    columns = columns_of(context)
    values = read_columns(context, columns, one)
    design, truth = design_of(values), one.truth == 1
    if not design.filled(values).shape[1]:
        raise TooFewObservationsError(
            f"split {split!r} has one value or none of each of {', '.join(columns)}, which tells nothing"
        )
    logistic = fit_logistic(design.filled(values), truth, weights=one.weight)
    trees = _boosted_trees(design.open(values), truth, one.weight, seed=context.protocol.seed)
    fitted = partial(FittedComparator, columns=columns, n=one.truth.size, events=one.events, design=design)
    return [
        fitted(f"{PREFIX}logistic", predict=logistic.probability, takes_missing=False),
        fitted(f"{PREFIX}trees", predict=trees, takes_missing=True),
    ]


def _boosted_trees(
    columns: NDArray[np.float64], truth: NDArray[np.bool_], weight: NDArray[np.float64] | None, *, seed: int
) -> Probability:
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    settings: dict[str, Any] = TREES | {"early_stopping": False, "random_state": seed}
    # trees this small take no time in one thread; several wait for each other where the machine is shared
    with threadpool_limits(1, user_api="openmp"):
        model = HistGradientBoostingClassifier(**settings).fit(columns, truth, sample_weight=weight)

    def probability(wanted: NDArray[np.float64]) -> NDArray[np.float64]:
        with threadpool_limits(1, user_api="openmp"):
            return np.asarray(model.predict_proba(wanted)[:, 1], dtype=np.float64)

    return probability
