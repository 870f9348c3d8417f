"""How much each estimate of a wave's border counts: fitted to the marks of cardiologists.

``border_weights.json`` is written by ``benchmarks/fit_delineation.py``: ridge regression of each lead's median mark
on the features of ``border_features``, over records 1 to 80 of the Lobachevsky University Database (Kalyakulina et al.
2020, doi:10.1109/ACCESS.2020.3029211; ODC-BY 1.0). Records 81 to 120 took no part.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

__all__ = ["BorderWeights", "border_weights"]


@dataclass(frozen=True, slots=True, eq=False)
class BorderWeights:
    """Weights of one border, in samples: ``constant``, ``features`` float64 (feature,), and an offset of each lead."""

    constant: float
    features: NDArray[np.float64]
    leads: Mapping[str, float]

    def offsets(self, leads: tuple[str, ...]) -> NDArray[np.float64]:
        """Return float64 (lead,); 0 for a lead that is none of the twelve."""
        return np.array([self.leads.get(lead, 0.0) for lead in leads])


@lru_cache(maxsize=1)
def border_weights() -> Mapping[str, BorderWeights]:
    """Return the weights of ``p_on``, ``p_off``, ``qrs_on``, ``qrs_off``, ``t_on`` and ``t_off``."""
    text = resources.files("einthoven.ecg").joinpath("border_weights.json").read_text(encoding="utf-8")
    return {
        name: BorderWeights(weights["constant"], np.array(weights["features"]), weights["leads"])
        for name, weights in json.loads(text)["borders"].items()
    }
