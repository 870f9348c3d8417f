"""Compare models on the same records: areas by DeLong's test, their means by bootstrap, readers by McNemar's test."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.errors import CohortError, OneClassError
from einthoven.evaluation.estimate import TestResult
from einthoven.evaluation.label_metrics import Decisions
from einthoven.evaluation.label_scores import LabelScores
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.rows import MACRO, ComparisonRow
from einthoven.evaluation.statistics.delong_test import delong_test
from einthoven.evaluation.statistics.macro import Area, macro_difference
from einthoven.evaluation.statistics.mcnemar_test import mcnemar_test

__all__ = ["LabelMatrix", "compare", "label_matrix", "representative_seeds"]

Decide = Callable[[LabelScores], Decisions | None]
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


def compare(scores: Sequence[LabelScores], protocol: Protocol, *, decide: Decide) -> list[ComparisonRow]:
    """Return the comparisons of models within one split.

    Parameters
    ----------
    scores : sequence of LabelScores
        Of one split.
    protocol : Protocol
        Pairs of models (all where it names none), level, resamples, seed.
    decide : callable
        Returns the yes/no calls of a label's scores, None where there are none.

    Returns
    -------
    list of ComparisonRow
        Two scores are compared by their areas. Where one of the two is a 0/1 reader, their sensitivities and
        specificities are, if the other has calls as well.

    Raises
    ------
    CohortError
        Two models disagree on the truth of a record.
    """
    seeds = representative_seeds(scores)
    by_model = {m: {s.label: s for s in scores if s.model == m and s.seed == seed} for m, seed in seeds.items()}
    rows: list[ComparisonRow] = []
    for a, b in protocol.comparisons or itertools.combinations(by_model, 2):
        pairs = list(_paired(by_model.get(a, {}), by_model.get(b, {})))
        graded = [pair for pair in pairs if "binary" not in (pair[0].score_kind, pair[1].score_kind)]
        rows += [row for one, other in graded for row in _area_rows(one, other, protocol)]
        rows += _macro_rows(graded, protocol)
        answered = [pair for pair in pairs if "binary" in (pair[0].score_kind, pair[1].score_kind)]
        rows += [row for one, other in answered for row in _decision_rows(one, other, protocol, decide=decide)]
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


def _area_rows(one: LabelScores, other: LabelScores, protocol: Protocol) -> Iterator[ComparisonRow]:
    if 0 < one.truth.sum() < one.truth.size:
        test = delong_test(one.score, other.score, one.truth, clusters=one.patient, level=protocol.level)
        yield _row(one, other, one.label, "auroc", test)


def _decision_rows(
    one: LabelScores, other: LabelScores, protocol: Protocol, *, decide: Decide
) -> Iterator[ComparisonRow]:
    calls = [decisions.values for decisions in map(decide, (one, other)) if decisions is not None]
    a, b = calls if len(calls) == 2 else (None, None)
    if a is None or b is None:
        return
    for metric, kept in (("sensitivity", one.truth == 1), ("specificity", one.truth == 0)):
        if kept.any():
            right = one.truth[kept]
            test = mcnemar_test(a[kept] == right, b[kept] == right, clusters=one.patient[kept], level=protocol.level)
            yield _row(one, other, one.label, metric, test)


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
