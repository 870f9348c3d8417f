"""Predictions with age, sex and intervals: the label hangs on age and QRS; one network sees more, another one less."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from scipy import special

from einthoven.evaluation.predictions import Predictions

__all__ = ["measured_patients"]

SPLITS = ("train", "validation", "test", "test")


def measured_patients(*, patients: int = 600, seed: int = 2, splits: tuple[str, ...] = SPLITS) -> Predictions:
    """Return predictions of ``seer`` and ``blind`` for LVSD, two records per patient, a tenth of QRS unknown."""
    rng = np.random.default_rng(seed)
    record = np.arange(2 * patients)
    patient = record // 2
    age = rng.normal(60, 12, patients)[patient]
    sex = np.array(["F", "M"])[rng.integers(0, 2, patients)][patient]
    qrs = rng.normal(100, 15, record.size)
    hidden = rng.normal(size=record.size)
    risk = -1.2 + 0.05 * (age - 60) + 0.04 * (qrs - 100) + 1.2 * hidden
    truth = (rng.random(record.size) < special.expit(risk)).astype(float)
    parts = [
        Predictions.from_arrays(
            score[:, None], truth[:, None], labels=["LVSD"], model=name,
            record_id=[f"record {r:05d}" for r in record], patient_id=[f"patient {p:05d}" for p in patient],
            split=[splits[p % len(splits)] for p in patient], score_kind="probability",
        )
        for name, score in {
            "seer": special.expit(risk), "blind": special.expit(-1.2 + 0.3 * hidden + rng.normal(size=record.size))
        }.items()
    ]  # fmt: skip
    table = Predictions.concatenate(parts).table
    known = np.where(rng.random(record.size) < 0.1, np.nan, qrs)
    for name, values in {"covariate.age_years": age, "covariate.qrs_ms": known, "group.sex": sex}.items():
        table = table.append_column(name, pa.array(np.tile(values, 2).tolist(), from_pandas=True))
    return Predictions(table)
