"""What has to be said beside the numbers of an evaluation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from einthoven.evaluation.comparisons import representative_seeds
from einthoven.evaluation.contamination import contamination_notes
from einthoven.evaluation.context import Context
from einthoven.evaluation.label_scores import LabelScores
from einthoven.evaluation.thresholds import THRESHOLD_SPLIT, Threshold

__all__ = ["evaluation_notes"]


def evaluation_notes(context: Context) -> list[str]:
    """Return one sentence for each thing that a reader of the numbers has to know."""
    return [
        *_about_thresholds(context),
        *_about_readers(context.reported),
        *_about_unknown_truth(context.scores),
        *_about_seeds(context.reported),
        *contamination_notes(context),
    ]


def _about_thresholds(context: Context) -> Iterator[str]:
    graded = [one for one in context.reported if one.score_kind != "binary"]
    if graded and not context.thresholds and not context.stated:
        yield (
            f"There is no split {THRESHOLD_SPLIT!r}, so no cut-off could be chosen: sensitivity, specificity, "
            "predictive values and accuracy are given for 0/1 readers only, and scores are not compared with readers. "
            "A cut-off that is known beforehand can be stated with --thresholds FILE."
        )
    else:
        yield from _about_origins(context, [one for one in graded if one.split != THRESHOLD_SPLIT])
    if any(one.split == THRESHOLD_SPLIT for one in graded):
        yield (
            f"Split {THRESHOLD_SPLIT!r} has no sensitivity or specificity of scores, because their cut-offs were "
            "chosen on it."
        )


def _about_origins(context: Context, judged: Sequence[LabelScores]) -> Iterator[str]:
    rules = {rule: [(one, context.threshold(one, rule)) for one in judged] for rule in context.protocol.thresholds}
    chosen = [r for r, used in rules.items() if any(found and not _is_stated(found, context) for _, found in used)]
    used = [pair for pairs in rules.values() for pair in pairs]
    stated = dict.fromkeys(one.label for one, found in used if found and _is_stated(found, context))
    if stated:
        whose = f" of {', '.join(stated)}" if chosen else ""
        yield f"Cut-offs{whose} were stated beforehand, not chosen on these data."
    if chosen:
        named = " and ".join(f"{rule!r}" for rule in chosen)
        start = "Other cut-offs" if stated else "Cut-offs"
        by = f"by the rule{'s' if len(chosen) > 1 else ''} {named}"
        yield f"{start} were chosen on split {THRESHOLD_SPLIT!r} {by} and applied to the other splits."


def _is_stated(threshold: Threshold, context: Context) -> bool:
    return any(threshold is given for given in context.stated)


def _about_readers(reported: Sequence[LabelScores]) -> Iterator[str]:
    readers = list(dict.fromkeys(one.model for one in reported if one.score_kind == "binary"))
    if readers:
        yield f"{', '.join(readers)}: answers of 0 or 1, which have no AUROC, AUPRC or calibration."


def _about_unknown_truth(reported: Sequence[LabelScores]) -> Iterator[str]:
    unknown: dict[tuple[str, str], tuple[int, int]] = {}
    for one in reported:
        if one.unknown > unknown.get((one.split, one.label), (0, 0))[0]:
            unknown[one.split, one.label] = (one.unknown, one.unknown + one.truth.size)
    for (split, label), (count, total) in unknown.items():
        yield f"Split {split!r}, label {label!r}: {count} of {total} records have no known truth and are left out."


def _about_seeds(reported: Sequence[LabelScores]) -> Iterator[str]:
    chosen = representative_seeds(reported)
    for model, seed in chosen.items():
        seeds = {one.seed for one in reported if one.model == model}
        if len(chosen) > 1 and seed != -1 and len(seeds) > 1:
            yield f"{model} has {len(seeds)} seeds and no ensemble (seed -1); it is compared by its seed {seed}."
