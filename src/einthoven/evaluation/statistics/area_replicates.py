"""Areas of several labels in resamples of patients, with each patient's influence on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.evaluation.statistics.bootstrap import patient_draws, rarest_class
from einthoven.evaluation.statistics.label_table import LabelTable
from einthoven.evaluation.statistics.ranked_scores import (
    AREAS,
    Area,
    area_influence,
    rank_scores,
    weighted_areas,
)

__all__ = ["AreaReplicates", "area_replicates", "replicates_of_areas"]

# from this many records on there is no resampling: the linearised interval is then as good, and takes seconds
MANY_RECORDS = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class AreaReplicates:
    """Areas with what the bootstrap and the jackknife tell of them.

    Attributes
    ----------
    area : float64 (label,)
    replicates : float64 (resample, label)
        NaN where a resample lost a class; no rows for tables of a million records or more.
    influence : float64 (patient, label)
    stratum : int64 (patient,)
    """

    area: NDArray[np.float64]
    replicates: NDArray[np.float64]
    influence: NDArray[np.float64]
    stratum: NDArray[np.int64]


def area_replicates(table: LabelTable, area: Area, *, resamples: int, seed: int) -> AreaReplicates:
    """Return one area of each label with its replicates and influence; see ``replicates_of_areas``."""
    return replicates_of_areas(table, resamples=resamples, seed=seed)[area]


def replicates_of_areas(table: LabelTable, *, resamples: int, seed: int) -> dict[Area, AreaReplicates]:
    """Return both areas of each label, their replicates over resampled patients, and their influence values.

    Patients are drawn within strata of their rarest class (see ``bootstrap``), once for all labels and both areas. A
    patient that is drawn twice counts twice with all its records and their weights.

    Examples
    --------
    >>> from einthoven.evaluation.statistics.label_table import label_table
    >>> table = label_table([[0.1], [0.4], [0.35], [0.8]], [[0], [0], [1], [1]])
    >>> replicates_of_areas(table, resamples=50, seed=0)["auroc"].area
    array([0.75])
    """
    known = [np.flatnonzero(~np.isnan(column)) for column in table.truth.T]
    ranked = [rank_scores(table.score[k, j], table.truth[k, j] == 1) for j, k in enumerate(known)]
    rows = [k[r.order] for k, r in zip(known, ranked, strict=True)]
    weight = np.ones(table.truth.shape[0]) if table.weight is None else table.weight

    def areas(counts: NDArray[np.int32]) -> NDArray[np.float64]:
        """Return the areas of each resample and label, (area, resample, label)."""
        found = np.empty((len(AREAS), counts.shape[0], len(ranked)))
        for label, (r, row) in enumerate(zip(ranked, rows, strict=True)):
            drawn = np.take(counts, table.patient[row], axis=1)
            both = weighted_areas(r, drawn if table.weight is None else drawn * table.weight[row])
            found[:, :, label] = both.auroc, both.average_precision
        return found

    stratum = rarest_class(table.truth, patient=table.patient, patients=table.patients)
    records = table.truth.shape[0]
    draws = patient_draws(stratum, resamples=resamples, seed=seed, records=records)
    replicates = [np.empty((len(AREAS), 0, len(ranked)))]
    replicates += [areas(counts) for counts in draws] if records < MANY_RECORDS else []
    drawn = np.concatenate(replicates, axis=1)
    once = areas(np.ones((1, table.patients), dtype=np.int32))[:, 0]
    result = {}
    for place, area in enumerate(AREAS):
        influence = [
            np.bincount(table.patient[row], area_influence(r, weight[row], area=area), table.patients)
            for r, row in zip(ranked, rows, strict=True)
        ]
        result[area] = AreaReplicates(
            once[place], drawn[place], np.stack(influence, axis=1).astype(np.float64), stratum
        )
    return result
