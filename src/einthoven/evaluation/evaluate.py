"""Evaluate predictions: every metric of every label, macro averages, thresholds, curves and comparisons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow.compute as pc

from einthoven.errors import OneClassError, SplitError, TooFewObservationsError, UnknownNameError
from einthoven.evaluation.comparisons import compare, label_matrix
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.evaluation import MACRO, CurveRow, Evaluation, ResultRow
from einthoven.evaluation.evaluation_notes import evaluation_notes
from einthoven.evaluation.label_metrics import Decisions, label_curves, label_metrics
from einthoven.evaluation.label_scores import LabelScores
from einthoven.evaluation.prediction_columns import YES_NO_TASKS
from einthoven.evaluation.predictions import Predictions
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.statistics.macro import macro_auprc, macro_auroc
from einthoven.evaluation.thresholds import THRESHOLD_RULES, THRESHOLD_SPLIT, Threshold
from einthoven.progress import ProgressCallback
from einthoven.registry import nearest

__all__ = ["evaluate"]

MACRO_METRICS = {"auroc": macro_auroc, "auprc": macro_auprc}


def evaluate(
    predictions: Predictions, protocol: Protocol | None = None, progress: ProgressCallback | None = None
) -> Evaluation:
    """Return all results that the protocol asks for.

    Cut-offs are chosen on split ``validation`` alone and applied to the splits that are reported. A metric that is not
    defined for a label (no positives, say) becomes an estimate with a reason.

    Parameters
    ----------
    predictions : Predictions
    protocol : Protocol, optional
        Without: all labels and models, splits ``test`` and ``external``, Youden's cut-offs, 1,000 resamples.
    progress : callable of (done, total), optional

    Raises
    ------
    SplitError
        None of the splits to report is in the table.
    UnknownNameError
        The protocol names a label, model or column that the table lacks.

    Notes
    -----
    The same predictions in any order of rows give the same results.
    """
    protocol = protocol or Protocol()
    _check_names(predictions, protocol)
    scores = _in_order([one for one in predictions.label_scores() if _is_wanted(one, protocol)], protocol)
    reported = [one for split in protocol.splits for one in scores if one.split == split]
    if not reported:
        raise SplitError(
            f"none of the splits to report ({', '.join(protocol.splits)}) has a yes/no label; the table has the "
            f"splits: {', '.join(predictions.splits)}; name others in the protocol's 'splits'"
        )
    thresholds = [_threshold(one, predictions, protocol) for one in scores if _has_threshold(one)]
    cut_offs = {(t.model, t.seed, t.label): t for t in thresholds}
    results: list[ResultRow] = []
    curves: list[CurveRow] = []
    for done, one in enumerate(reported):
        results += _label_results(one, cut_offs.get((one.model, one.seed, one.label)), predictions, protocol=protocol)
        curves += [CurveRow(*one.key, kind, curve) for kind, curve in label_curves(one, level=protocol.level).items()]
        if progress is not None:
            progress(done + 1, len(reported))
    results += _macro_results(reported, protocol)

    def decide(one: LabelScores) -> Decisions | None:
        return _decisions(one, cut_offs.get((one.model, one.seed, one.label)), predictions)

    by_split = [[one for one in reported if one.split == split] for split in protocol.splits]
    comparisons = [row for part in by_split for row in compare(part, protocol, decide=decide)]
    notes = [*predictions.notes, *evaluation_notes(predictions, protocol, scores=scores, reported=reported)]
    return Evaluation(results, curves, thresholds, comparisons, notes, protocol, predictions.hash)


def _check_names(predictions: Predictions, protocol: Protocol) -> None:
    pairs = [model for pair in protocol.comparisons for model in pair]
    for what, wanted, present in (
        ("label", protocol.outcomes, predictions.labels),
        ("model", [*protocol.models, *pairs], predictions.models),
        ("column", protocol.subgroups, predictions.table.column_names),
    ):
        for name in wanted:
            if name not in present:
                raise UnknownNameError(f"protocol: the predictions have no {what} {name!r}{nearest(name, present)}")


def _is_wanted(one: LabelScores, protocol: Protocol) -> bool:
    return (
        one.task in YES_NO_TASKS
        and (not protocol.outcomes or one.label in protocol.outcomes)
        and (not protocol.models or one.model in protocol.models)
        and one.split in {*protocol.splits, THRESHOLD_SPLIT}
    )


def _in_order(scores: Sequence[LabelScores], protocol: Protocol) -> list[LabelScores]:
    # models and labels come as the protocol lists them, otherwise by name, never by the order of rows
    def place(one: LabelScores) -> tuple[int, str, int, str, int, str]:
        model = protocol.models.index(one.model) if protocol.models else 0
        label = protocol.outcomes.index(one.label) if protocol.outcomes else 0
        return model, one.model, one.seed, one.split, label, one.label

    return sorted(scores, key=place)


def _has_threshold(one: LabelScores) -> bool:
    return one.split == THRESHOLD_SPLIT and one.score_kind != "binary"


def _threshold(one: LabelScores, predictions: Predictions, protocol: Protocol) -> Threshold:
    value, reason = float("nan"), None
    try:
        value = THRESHOLD_RULES[protocol.threshold_rule](one.score, one.truth)
    except (OneClassError, TooFewObservationsError) as error:
        reason = f"no cut-off can be chosen on split {one.split!r}: {error}"
    return Threshold(
        label=one.label,
        value=value,
        rule=protocol.threshold_rule,
        split=one.split,
        predictions_hash=predictions.hash,
        model=one.model,
        seed=one.seed,
        reason=reason,
    )


def _decisions(one: LabelScores, threshold: Threshold | None, predictions: Predictions) -> Decisions | None:
    if one.score_kind == "binary":
        return Decisions(one.score == 1)
    if threshold is None or one.split == THRESHOLD_SPLIT:
        return None
    if threshold.reason is not None:
        return Decisions(None, threshold.reason)
    return Decisions(threshold.apply(one.score, split=one.split, predictions_hash=predictions.hash))


def _label_results(
    one: LabelScores, threshold: Threshold | None, predictions: Predictions, *, protocol: Protocol
) -> Iterator[ResultRow]:
    for subgroup, part in _parts(one, predictions, protocol.subgroups):
        decisions = _decisions(part, threshold, predictions)
        for metric, estimate in label_metrics(part, decisions, protocol).items():
            yield ResultRow(*one.key, metric, estimate, subgroup)


def _parts(one: LabelScores, predictions: Predictions, columns: Sequence[str]) -> Iterator[tuple[str, LabelScores]]:
    yield "", one
    for column in columns:
        values = np.array([str(v) for v in pc.take(predictions.table[column], one.row).to_pylist()], dtype=object)
        for value in sorted(set(values)):
            yield f"{column}={value}", one.only(values == value)


def _macro_results(reported: Sequence[LabelScores], protocol: Protocol) -> Iterator[ResultRow]:
    graded = [one for one in reported if one.score_kind != "binary"]
    for place in dict.fromkeys((one.model, one.seed, one.split) for one in graded):
        labels = [one for one in graded if (one.model, one.seed, one.split) == place]
        if len(labels) < 2:
            continue
        matrix = label_matrix(labels)
        for metric, macro in MACRO_METRICS.items():
            try:
                estimate = macro(
                    matrix.score, matrix.truth, clusters=matrix.patient,
                    level=protocol.level, resamples=protocol.resamples, seed=protocol.seed,
                )  # fmt: skip
            except OneClassError as error:
                counts = {"n": len(matrix.truth), "clusters": int(np.unique(matrix.patient).size)}
                events = int(np.nansum(matrix.truth))
                estimate = Estimate.undefined(str(error), **counts, events=events, method="none")
            yield ResultRow(*place, MACRO, metric, estimate)
