"""Predictions whose records were followed up: a survival task, or a yes/no label with the time to a later event."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from einthoven.evaluation.predictions import Predictions

__all__ = ["followed_predictions"]


def followed_predictions(
    *, task: str = "survival", score_kind: str = "risk", n: int = 360, seed: int = 0, competing: bool = False
) -> Predictions:
    """Return predictions of ``net``, whose scores follow the hazard, and ``small``, whose scores do so less.

    Two records per patient, halves in validation and test, days that tie; some times are unknown.
    """
    rng = np.random.default_rng(seed)
    patient = np.arange(n) // 2
    risk = rng.normal(size=n // 2)[patient] + 0.3 * rng.normal(size=n)
    latent, censor = rng.exponential(np.exp(6.2 - 0.9 * risk)), rng.uniform(60, 1500, n)
    other = rng.exponential(3000, n) if competing else np.full(n, np.inf)
    time = np.ceil(np.minimum(np.minimum(latent, other), censor) / 10) * 10
    cause = np.where(latent <= np.minimum(other, censor), 1.0, np.where(other <= censor, 2.0, 0.0))
    time[::37] = np.nan
    truth = (rng.random(n) < 1 / (1 + np.exp(-risk))).astype(float)
    truth[:] = np.nan if task == "survival" else truth
    parts = []
    for model, noise in (("net", 0.4), ("small", 2.0)):
        score = risk + noise * rng.normal(size=n)
        score = score if score_kind == "risk" else 1 / (1 + np.exp(-score))
        parts.append(
            pa.table({
                "record_id": [f"record {i:04d}" for i in range(n)], "patient_id": [f"patient {p:04d}" for p in patient],
                "split": np.array(["validation", "test"])[patient % 2].tolist(), "model": [model] * n,
                "seed": pa.array([0] * n, pa.int32()), "label": ["MACE"] * n, "task": [task] * n,
                "truth": pa.array(truth, from_pandas=True), "score": score, "score_kind": [score_kind] * n,
                "event": pa.array(cause == 1, mask=np.isnan(time)),
                "time_to_event_days": pa.array(time, from_pandas=True), "covariate.cause": cause,
            })
        )  # fmt: skip
    return Predictions(pa.concat_tables(parts))
