"""Areas of several labels in resamples of patients, with each patient's influence on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.evaluation.statistics.bootstrap import patient_draws, rarest_class
from einthoven.evaluation.statistics.label_table import LabelTable
from einthoven.evaluation.statistics.ranked_scores import Area, area_influence, rank_scores, weighted_areas

__all__ = ["AreaReplicates", "area_replicates"]

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
    """Return each label's area, its replicates over resampled patients, and its influence values.

    Patients are drawn within strata of their rarest class (see ``bootstrap``), once for all labels. A patient that is
    drawn twice counts twice with all its records and their weights.

    Examples
    --------
    >>> from einthoven.evaluation.statistics.label_table import label_table
    >>> table = label_table([[0.1], [0.4], [0.35], [0.8]], [[0], [0], [1], [1]])
    >>> area_replicates(table, "auroc", resamples=50, seed=0).area
    array([0.75])
    """
    known = [np.flatnonzero(~np.isnan(column)) for column in table.truth.T]
    ranked = [rank_scores(table.score[k, j], table.truth[k, j] == 1) for j, k in enumerate(known)]
    rows = [k[r.order] for k, r in zip(known, ranked, strict=True)]
    weight = np.ones(table.truth.shape[0]) if table.weight is None else table.weight

    def areas(counts: NDArray[np.int32]) -> NDArray[np.float64]:
        columns = []
        for r, row in zip(ranked, rows, strict=True):
            drawn = np.take(counts, table.patient[row], axis=1)
            found = weighted_areas(r, drawn if table.weight is None else drawn * table.weight[row])
            columns.append(found.auroc if area == "auroc" else found.average_precision)
        return np.stack(columns, axis=1)

    influence = [
        np.bincount(table.patient[row], area_influence(r, weight[row], area=area), table.patients)
        for r, row in zip(ranked, rows, strict=True)
    ]
    stratum = rarest_class(table.truth, patient=table.patient, patients=table.patients)
    records = table.truth.shape[0]
    draws = patient_draws(stratum, resamples=resamples, seed=seed, records=records)
    found = [areas(counts) for counts in draws] if records < MANY_RECORDS else []
    return AreaReplicates(
        area=areas(np.ones((1, table.patients), dtype=np.int32))[0],
        replicates=np.concatenate(found) if found else np.empty((0, len(ranked))),
        influence=np.stack(influence, axis=1),
        stratum=stratum,
    )
