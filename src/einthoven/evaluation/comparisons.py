"""Which models are compared with which, on the records that both have; and p values corrected within their family."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.errors import CohortError
from einthoven.evaluation.label_scores import LabelScores
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.rows import ComparisonRow
from einthoven.evaluation.statistics.multiplicity import adjusted_p_values

__all__ = ["LabelMatrix", "Pair", "compared_pairs", "label_matrix", "representative_seeds", "with_adjusted_p"]


@dataclass(frozen=True, slots=True, eq=False)
class LabelMatrix:
    """Several labels of the same records: ``score, truth`` float64 (record, label), NaN where unknown.

    ``patient`` and ``weight`` are (record,), ``weight`` None where all records count alike.
    """

    score: NDArray[np.float64]
    truth: NDArray[np.float64]
    patient: NDArray[np.int64]
    weight: NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Two models' scores of one label, on the records of a split that both have, in one order and with one truth."""

    a: LabelScores
    b: LabelScores

    @property
    def has_reader(self) -> bool:
        """Whether one of the two answers 0 or 1."""
        return "binary" in {self.a.score_kind, self.b.score_kind}

    @property
    def has_both_classes(self) -> bool:
        """Whether there are positives and negatives."""
        return 0 < self.a.events < self.a.truth.size

    def only(self, kept: NDArray[np.bool_]) -> Pair:
        """Return the pair on some of its records."""
        return Pair(self.a.only(kept), self.b.only(kept))


def label_matrix(labels: Sequence[LabelScores]) -> LabelMatrix:
    """Return the labels side by side, one row per record that any of them has."""
    record = np.concatenate([one.record for one in labels])
    records, first = np.unique(record, return_index=True)
    patient = np.concatenate([one.patient for one in labels])[first]
    score, truth = (np.full((records.size, len(labels)), np.nan) for _ in range(2))
    for column, one in enumerate(labels):
        rows = np.searchsorted(records, one.record)
        score[rows, column], truth[rows, column] = one.score, one.truth
    weights = [one.weight for one in labels if one.weight is not None]
    weight = np.concatenate(weights)[first] if len(weights) == len(labels) else None
    return LabelMatrix(score, truth, patient, weight)


def representative_seeds(scores: Sequence[LabelScores]) -> dict[str, int]:
    """Return the seed to compare each model by: the ensemble (-1) where there is one, otherwise the lowest."""
    return {model: min(s.seed for s in scores if s.model == model) for model in dict.fromkeys(s.model for s in scores)}


def compared_pairs(scores: Sequence[LabelScores], protocol: Protocol) -> list[list[Pair]]:
    """Return the pairs of models to compare within one split, each as its labels' pairs of scores.

    Parameters
    ----------
    scores : sequence of LabelScores
        Of one split.
    protocol : Protocol
        Names the pairs; where it names none, every two models are compared but two readers of 0 or 1. Labels of which
        two models have no record in common are passed over.

    Raises
    ------
    CohortError
        Two models disagree on the truth of a record.
    """
    seeds = representative_seeds(scores)
    by_model = {m: {s.label: s for s in scores if s.model == m and s.seed == seed} for m, seed in seeds.items()}
    readers = {m for m, labels in by_model.items() if all(one.score_kind == "binary" for one in labels.values())}
    every = [pair for pair in itertools.combinations(by_model, 2) if not set(pair) <= readers]
    found = (list(_paired(by_model.get(a, {}), by_model.get(b, {}))) for a, b in protocol.comparisons or every)
    return [pairs for pairs in found if pairs]


def with_adjusted_p(
    rows: Sequence[ComparisonRow], protocol: Protocol, *, family: Callable[[ComparisonRow], Hashable]
) -> list[ComparisonRow]:
    """Return the rows with ``p_adjusted``, corrected within each family as ``protocol.multiplicity`` says.

    Left without one, and out of the family's number of tests: rows without a p value, and those whose difference has a
    reason not to be relied on.
    """
    if protocol.multiplicity == "none":
        return list(rows)
    given = [math.nan if row.test.difference.reason else row.test.p_value for row in rows]
    families: dict[Hashable, list[int]] = {}
    for place, row in enumerate(rows):
        families.setdefault(family(row), []).append(place)
    result = list(rows)
    for places in families.values():
        adjusted = adjusted_p_values([given[place] for place in places], method=protocol.multiplicity)
        for place, p in zip(places, adjusted, strict=True):
            if not math.isnan(p):
                result[place] = dataclasses.replace(rows[place], p_adjusted=float(p))
    return result


def _paired(a: dict[str, LabelScores], b: dict[str, LabelScores]) -> Iterator[Pair]:
    for label, scores in a.items():
        if label not in b:
            continue
        one = scores.only(np.isin(scores.record, b[label].record))
        other = b[label].only(np.isin(b[label].record, scores.record))
        if not one.record.size:
            continue
        if not np.array_equal(one.truth, other.truth):
            count = int((one.truth != other.truth).sum())
            raise CohortError(
                f"models {one.model!r} and {other.model!r} have different truth for label {label!r} in {count} "
                "records; a comparison needs one truth"
            )
        yield Pair(one, other)
