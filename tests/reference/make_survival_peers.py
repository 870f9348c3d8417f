"""Write ``survival_peers.json``: time-dependent areas by scikit-survival, hazard ratios by lifelines.

Run with an interpreter that has both; scikit-survival 0.28.0, lifelines 0.30.3; seed 20261122. Times are continuous, so
that conventions for ties don't enter; ``survival.R`` covers ties.
"""

from __future__ import annotations

import importlib.metadata
import json
from pathlib import Path

import numpy as np
import pandas as pd
from lifelines import CoxPHFitter

SEED = 20261122


def main() -> None:
    """Draw the data, compute, write."""
    from sksurv.metrics import cumulative_dynamic_auc  # GPL: it writes numbers once, nothing else uses it
    from sksurv.util import Surv

    rng = np.random.default_rng(SEED)
    n = 200
    patient = rng.integers(0, 90, n)
    score = rng.normal(size=n) + rng.normal(size=90)[patient]
    latent, censor = rng.exponential(np.exp(6 - 0.6 * score)), rng.uniform(50, 1500, n)
    time, event = np.minimum(latent, censor), latent <= censor
    survival = Surv.from_arrays(event, time)
    horizons = [60.0, 200.0, 500.0]
    area, _ = cumulative_dynamic_auc(survival, survival, score, horizons)
    data = pd.DataFrame({"score": score, "time": time, "event": event.astype(int), "patient": patient})
    plain = CoxPHFitter().fit(data.drop(columns="patient"), "time", "event")
    robust = CoxPHFitter().fit(data, "time", "event", cluster_col="patient")
    cox = {name: {"beta": float(m.params_["score"]), "se": float(m.standard_errors_["score"])} for name, m in
           (("plain", plain), ("clustered", robust))}  # fmt: skip
    content = {
        "seed": SEED,
        "versions": {name: importlib.metadata.version(name) for name in ("scikit-survival", "lifelines")},
        "data": {"score": score.tolist(), "time": time.tolist(), "event": event.astype(int).tolist(),
                 "patient": patient.tolist()},
        "horizons": horizons,
        "auroc": area.tolist(),
        "cox": cox,
    }  # fmt: skip
    Path(__file__).with_name("survival_peers.json").write_text(json.dumps(content) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
