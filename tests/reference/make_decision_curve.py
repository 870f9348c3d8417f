"""Write ``decision_curve.json``: net benefit by the Python package dcurves (1.1.7), by the authors of the method.

Run with an interpreter that has dcurves; seed 20261122.
"""

from __future__ import annotations

import importlib.metadata
import json
from pathlib import Path

import numpy as np
import pandas as pd

SEED = 20261122


def main() -> None:
    """Draw the data, compute, write."""
    import dcurves  # no dependency of the tests: it writes numbers once

    rng = np.random.default_rng(SEED)
    truth = (rng.random(300) < 0.2).astype(int)
    model = 1 / (1 + np.exp(-(rng.normal(size=300) + 1.5 * truth - 1.8)))
    # ties lie between the thresholds: whether a score equal to a threshold counts is a convention
    data = pd.DataFrame({"truth": truth, "model": model, "tied": np.round(model * 20) / 20 + 0.001})
    thresholds = [0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7]
    found = dcurves.dca(data=data, outcome="truth", modelnames=["model", "tied"], thresholds=np.array(thresholds))
    curves = {}
    for name in ("model", "tied", "all"):
        part = found[found["model"] == name].sort_values("threshold")
        curves[name] = part["net_benefit"].astype(float).tolist()
    content = {"seed": SEED, "dcurves": importlib.metadata.version("dcurves"), "thresholds": thresholds}
    content |= {"truth": truth.tolist(), "model": model.tolist(), "tied": data["tied"].tolist(), "net_benefit": curves}
    Path(__file__).with_name("decision_curve.json").write_text(json.dumps(content) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
