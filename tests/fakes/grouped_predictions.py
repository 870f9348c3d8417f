"""Predictions whose quality depends on the group: for subgroups, fairness and alert burden."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa

from einthoven.evaluation.evaluate import context_for
from einthoven.evaluation.predictions import Predictions
from einthoven.evaluation.protocol import Protocol

__all__ = ["grouped_context", "grouped_predictions"]

START = dt.datetime(2020, 1, 1)  # noqa: DTZ001 - the schema has no time zone


def grouped_predictions(*, seed=0, patients=500, reader=False, weights=False) -> Predictions:
    """Return one model's predictions of a label, half of the patients for validation.

    ``group.sex`` F, M or empty; ``group.rhythm`` sinus, AF (where the score tells nothing) or paced (8 records);
    ``site`` A or B; up to 3 records per patient, half a year apart.
    """
    rng = np.random.default_rng(seed)
    patient = np.repeat(np.arange(patients), rng.integers(1, 4, patients))
    n = patient.size
    rhythm = np.where(rng.random(patients) < 0.3, "AF", "sinus")[patient].astype(object)
    rhythm[-8:] = "paced"
    sex = rng.choice(np.array(["F", "M", None], dtype=object), patients, p=[0.5, 0.45, 0.05])[patient]
    truth = (rng.random(n) < 0.3).astype(float)
    logit = np.where(rhythm == "AF", 0.2, 2.5) * (truth - 0.5) + rng.normal(size=n)
    score = (logit > 0).astype(float) if reader else 1 / (1 + np.exp(-logit))
    visit = np.arange(n) - np.searchsorted(patient, patient)
    table = Predictions.from_arrays(
        score[:, None],
        truth[:, None],
        labels=("LVSD",),
        record_id=[f"record {r:05d}" for r in range(n)],
        patient_id=[f"patient {p:05d}" for p in patient],
        split=np.where(patient % 2 == 0, "validation", "test").tolist(),
        model="reader" if reader else "net",
    ).table
    columns = {
        "group.sex": pa.array(sex.tolist(), pa.string()),
        "group.rhythm": pa.array(rhythm.tolist()),
        "site": pa.array(np.where(patient % 4 < 2, "A", "B").tolist()),
        "time": pa.array([START + dt.timedelta(days=182.625 * int(v)) for v in visit], pa.timestamp("us")),
    }
    if weights:
        columns["weight"] = pa.array(rng.integers(1, 4, n).astype(float))
    for name, values in columns.items():
        table = table.append_column(name, values)
    return Predictions(table)


def grouped_context(predictions: Predictions | None = None, **settings):
    """Return the context of a protocol with few resamples."""
    protocol = Protocol(**{"splits": ("test",), "resamples": 200} | settings)
    return context_for(predictions or grouped_predictions(), protocol)
