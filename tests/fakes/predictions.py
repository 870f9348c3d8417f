"""Predictions with a known signal: two networks and a reader, three labels, three splits, repeated patients."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from einthoven.evaluation.predictions import Predictions

__all__ = ["fake_predictions"]

LABELS = ("AF", "LBBB", "STEMI")


def fake_predictions(*, seed: int = 0, patients: int = 150, models: tuple[str, ...] = ("net", "small")) -> Predictions:
    """Return predictions of 2 records per patient, the same records for each model.

    ``net`` separates best, ``small`` worse, and ``reader`` (where it is among ``models``) answers 0 or 1. About 2 % of
    truths are unknown.
    """
    rng = np.random.default_rng(seed)
    record = np.arange(2 * patients)
    patient = record // 2
    split = np.array(["validation", "test", "external"])[patient % 3]
    truth = (rng.random((record.size, 3)) < [0.4, 0.25, 0.15]).astype(float)
    known = np.where(rng.random(truth.shape) < 0.02, np.nan, truth)
    strength = {"net": 2.0, "small": 0.8, "reader": 1.5}
    parts = []
    for model in models:
        logit = strength[model] * (truth - 0.5) + rng.normal(size=truth.shape) - 0.5
        score = (logit > 0).astype(float) if model == "reader" else 1 / (1 + np.exp(-logit))
        part = Predictions.from_arrays(
            score,
            known,
            labels=LABELS,
            record_id=[f"record {r:05d}" for r in record],
            patient_id=[f"patient {p:05d}" for p in patient],
            split=split.tolist(),
            model=model,
        )
        parts.append(part)
    table = Predictions.concatenate(parts).table
    sex = np.array(["F", "M"])[patient % 2]
    return Predictions(table.append_column("group.sex", pa.array(np.tile(sex, 3 * len(models)).tolist())))
