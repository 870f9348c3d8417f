"""Compare models on the same records: DeLong's test per label, a paired bootstrap for macro averages."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.errors import CohortError, OneClassError
from einthoven.evaluation.estimate import TestResult
from einthoven.evaluation.evaluation import MACRO, ComparisonRow
from einthoven.evaluation.label_scores import LabelScores
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.statistics.delong_test import delong_test
from einthoven.evaluation.statistics.macro import Area, macro_difference

__all__ = ["LabelMatrix", "compare", "label_matrix", "representative_seeds"]

AREAS: dict[str, Area] = {"auroc": "auroc", "auprc": "average_precision"}


@dataclass(frozen=True, slots=True, eq=False)
class LabelMatrix:
    """Several labels of the same records: ``score, truth`` float64 (record, label), NaN where unknown; ``patient``."""

    score: NDArray[np.float64]
    truth: NDArray[np.float64]
    patient: NDArray[np.int64]


def label_matrix(labels: Sequence[LabelScores]) -> LabelMatrix:
    """Return the labels side by side, one row per record that any of them has."""
    record = np.concatenate([one.record for one in labels])
    records, first = np.unique(record, return_index=True)
    patient = np.concatenate([one.patient for one in labels])[first]
    score, truth = (np.full((records.size, len(labels)), np.nan) for _ in range(2))
    for column, one in enumerate(labels):
        rows = np.searchsorted(records, one.record)
        score[rows, column], truth[rows, column] = one.score, one.truth
    return LabelMatrix(score, truth, patient)


def representative_seeds(scores: Sequence[LabelScores]) -> dict[str, int]:
    """Return the seed to compare each model by: the ensemble (-1) where there is one, otherwise the lowest."""
    return {model: min(s.seed for s in scores if s.model == model) for model in dict.fromkeys(s.model for s in scores)}


def compare(scores: Sequence[LabelScores], protocol: Protocol) -> list[ComparisonRow]:
    """Return the comparisons of models within one split.

    Parameters
    ----------
    scores : sequence of LabelScores
        Of one split; 0/1 readers are passed over, because they have no area to compare.
    protocol : Protocol
        Pairs of models (all where it names none), level, resamples, seed.

    Raises
    ------
    CohortError
        Two models disagree on the truth of a record.
    """
    graded = [one for one in scores if one.score_kind != "binary"]
    seeds = representative_seeds(graded)
    by_model = {m: {s.label: s for s in graded if s.model == m and s.seed == seed} for m, seed in seeds.items()}
    rows: list[ComparisonRow] = []
    for a, b in protocol.comparisons or itertools.combinations(by_model, 2):
        pairs = list(_paired(by_model.get(a, {}), by_model.get(b, {})))
        rows += [row for one, other in pairs for row in _label_rows(one, other, protocol)]
        rows += _macro_rows(pairs, protocol)
    return rows


def _paired(a: dict[str, LabelScores], b: dict[str, LabelScores]) -> Iterator[tuple[LabelScores, LabelScores]]:
    for label, scores in a.items():
        if label not in b:
            continue
        one = scores.only(np.isin(scores.record, b[label].record))
        other = b[label].only(np.isin(b[label].record, scores.record))
        if not np.array_equal(one.truth, other.truth):
            count = int((one.truth != other.truth).sum())
            raise CohortError(
                f"models {one.model!r} and {other.model!r} have different truth for label {label!r} in {count} "
                "records; a comparison needs one truth"
            )
        yield one, other


def _label_rows(one: LabelScores, other: LabelScores, protocol: Protocol) -> Iterator[ComparisonRow]:
    if 0 < one.truth.sum() < one.truth.size:
        test = delong_test(one.score, other.score, one.truth, clusters=one.patient, level=protocol.level)
        yield _row(one, other, one.label, "auroc", test)


def _macro_rows(pairs: Sequence[tuple[LabelScores, LabelScores]], protocol: Protocol) -> Iterator[ComparisonRow]:
    if len(pairs) < 2:
        return
    one, other = (label_matrix(side) for side in zip(*pairs, strict=True))
    for metric, area in AREAS.items():
        try:
            test = macro_difference(
                one.score, other.score, one.truth, area=area, clusters=one.patient,
                level=protocol.level, resamples=protocol.resamples, seed=protocol.seed,
            )  # fmt: skip
        except OneClassError:
            return
        yield _row(*pairs[0], MACRO, metric, test)


def _row(one: LabelScores, other: LabelScores, label: str, metric: str, test: TestResult) -> ComparisonRow:
    return ComparisonRow(one.model, one.seed, other.model, other.seed, one.split, label, metric, test)
