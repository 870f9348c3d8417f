"""Evaluate predictions: cut-offs from validation, then every analysis that the protocol asks for and that applies."""

from __future__ import annotations

from collections.abc import Sequence

from einthoven.errors import (
    OneClassError,
    SpecificationError,
    SplitError,
    TooFewObservationsError,
    UnknownNameError,
)
from einthoven.evaluation.analyses import ANALYSES
from einthoven.evaluation.comparator import PREFIX
from einthoven.evaluation.context import Context
from einthoven.evaluation.evaluation import Evaluation
from einthoven.evaluation.evaluation_notes import evaluation_notes
from einthoven.evaluation.label_scores import LabelScores
from einthoven.evaluation.marking import marked
from einthoven.evaluation.prediction_columns import TASKS, YES_NO_TASKS
from einthoven.evaluation.predictions import Key, Predictions
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.restriction import parse_restriction
from einthoven.evaluation.rows import MACRO, Rows
from einthoven.evaluation.threshold_rules import cut_off
from einthoven.evaluation.thresholds import THRESHOLD_SPLIT, Threshold, refuse_own_splits
from einthoven.progress import ProgressCallback
from einthoven.registry import nearest, resolve

__all__ = ["context_for", "evaluate"]


def evaluate(
    predictions: Predictions,
    protocol: Protocol | None = None,
    progress: ProgressCallback | None = None,
    *,
    stated: Sequence[Threshold] = (),
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
        Told after each analysis.
    stated : sequence of Threshold
        Cut-offs that are given rather than chosen here.

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
    context = context_for(predictions, protocol, stated=stated)
    rows = Rows()
    names = [name for name in ANALYSES if protocol.runs(name)]
    for done, name in enumerate(names):
        rows.extend(resolve("analyses", name, ANALYSES)(context))
        if progress is not None:
            progress(done + 1, len(names))
    notes = [*predictions.notes, *evaluation_notes(context), *rows.notes]
    return Evaluation(
        marked(rows.results, context),
        rows.curves,
        [*context.thresholds.values(), *stated],
        marked(rows.comparisons, context),
        list(dict.fromkeys(notes)),
        protocol,
        predictions.hash,
        rows.baseline,
    )


def context_for(predictions: Predictions, protocol: Protocol, *, stated: Sequence[Threshold] = ()) -> Context:
    """Return what the analyses work on; arguments and refusals as ``evaluate``."""
    _check_names(predictions, protocol)
    _check_stated(predictions, protocol, stated)
    wanted = _in_order([key for key in predictions.keys if _is_wanted(key, protocol)], protocol)
    scores = [predictions.scores_of(*key) for split in protocol.splits for key in wanted if key[2] == split]
    if not any(one.task in TASKS for one in scores):
        raise SplitError(
            f"none of the splits to report ({', '.join(protocol.splits)}) has a label that can be evaluated; the table "
            f"has the splits: {', '.join(predictions.splits)}; name others in the protocol's 'splits'"
        )
    chosen = _thresholds(predictions, protocol, [key for key in wanted if key[2] == THRESHOLD_SPLIT])
    cut_offs = {(one.model, one.seed, one.label, one.rule): one for one in chosen}
    return Context(predictions, protocol, scores, cut_offs, stated)


def _check_names(predictions: Predictions, protocol: Protocol) -> None:
    _refuse_reserved(predictions)
    pairs = [model for pair in protocol.comparisons for model in pair]
    for what, wanted, present in (
        ("label", protocol.outcomes, predictions.labels),
        ("model", [*protocol.models, *pairs], predictions.models),
        ("column", _columns(protocol), predictions.table.column_names),
    ):
        for name in wanted:
            if name not in present:
                raise UnknownNameError(f"protocol: the predictions have no {what} {name!r}{nearest(name, present)}")


def _columns(protocol: Protocol) -> list[str]:
    """Return the columns that a protocol names, so that a wrong one is told before anything is computed."""
    named = [part for name in protocol.subgroups for part in name.split(" x ")]
    named += [*protocol.comparator, *(name for name in protocol.verification if name != "score")]
    named += [parse_restriction(text).column for text in protocol.restrictions]
    return named + [name for name in (protocol.severity, protocol.novelty) if name]


def _refuse_reserved(predictions: Predictions) -> None:
    if MACRO in predictions.labels:
        raise SpecificationError(f"a label must not be called {MACRO!r}, the name of averages over labels; rename it")
    for model in predictions.models:
        if model.startswith(PREFIX):
            raise SpecificationError(
                f"a model's name must not begin with {PREFIX!r}, as those of the cheap comparators do; rename {model!r}"
            )


def _check_stated(predictions: Predictions, protocol: Protocol, stated: Sequence[Threshold]) -> None:
    refuse_own_splits(stated, splits=protocol.splits, predictions_hash=predictions.hash)
    for given in stated:
        places = (("label", given.label, predictions.labels), ("model", given.model, predictions.models))
        for what, name, present in places:
            if name and name not in present:
                tail = nearest(name, present)
                raise UnknownNameError(f"a cut-off is stated for {what} {name!r}, which has no scores{tail}")


def _is_wanted(key: Key, protocol: Protocol) -> bool:
    model, _, split, label = key
    return (
        (not protocol.outcomes or label in protocol.outcomes)
        and (not protocol.models or model in protocol.models)
        and split in {*protocol.splits, THRESHOLD_SPLIT}
    )


def _in_order(keys: Sequence[Key], protocol: Protocol) -> list[Key]:
    # models and labels come as the protocol lists them, otherwise by name, never by the order of rows
    def place(key: Key) -> tuple[int, str, int, str, int, str]:
        model, seed, split, label = key
        first = protocol.models.index(model) if protocol.models else 0
        then = protocol.outcomes.index(label) if protocol.outcomes else 0
        return first, model, seed, split, then, label

    return sorted(keys, key=place)


def _thresholds(predictions: Predictions, protocol: Protocol, keys: Sequence[Key]) -> list[Threshold]:
    scores = [predictions.scores_of(*key) for key in keys]
    graded = [one for one in scores if one.task in YES_NO_TASKS and one.score_kind != "binary"]
    return [_threshold(one, rule, predictions) for one in graded for rule in protocol.thresholds]


def _threshold(one: LabelScores, rule: str, predictions: Predictions) -> Threshold:
    value, reason = float("nan"), None
    try:
        value = cut_off(rule, one.score, one.truth, weights=one.weight)
    except (OneClassError, TooFewObservationsError) as error:
        reason = f"no cut-off can be chosen on split {one.split!r}: {error}"
    return Threshold(one.label, value, rule, one.split, predictions.hash, model=one.model, seed=one.seed, reason=reason)
