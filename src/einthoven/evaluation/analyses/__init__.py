"""One analysis per file: it takes a ``Context`` and returns ``Rows``, empty where it doesn't apply.

``ANALYSES`` lists them in the order in which they run; a protocol names those that it wants.
"""

from __future__ import annotations

__all__ = ["ANALYSES"]

ANALYSES = {
    "performance": "einthoven.evaluation.analyses.performance:analyse",
    "calibration": "einthoven.evaluation.analyses.calibration:analyse",
    "recalibration": "einthoven.evaluation.analyses.recalibration:analyse",
    "conformal": "einthoven.evaluation.analyses.conformal:analyse",
    "uncertainty": "einthoven.evaluation.analyses.uncertainty:analyse",
    "macro": "einthoven.evaluation.analyses.macro:analyse",
    "multiclass": "einthoven.evaluation.analyses.multiclass:analyse",
    "regression": "einthoven.evaluation.analyses.regression:analyse",
    "operating_points": "einthoven.evaluation.analyses.operating_points:analyse",
    "subgroups": "einthoven.evaluation.analyses.subgroups:analyse",
    "fairness": "einthoven.evaluation.analyses.fairness:analyse",
    "alert_burden": "einthoven.evaluation.analyses.alert_burden:analyse",
    "baseline": "einthoven.evaluation.analyses.baseline:analyse",
    "comparison": "einthoven.evaluation.analyses.comparison:analyse",
    "comparison_in_subgroups": "einthoven.evaluation.analyses.comparison_in_subgroups:analyse",
    "usefulness": "einthoven.evaluation.analyses.usefulness:analyse",
    "strata": "einthoven.evaluation.analyses.strata:analyse",
    "survival": "einthoven.evaluation.analyses.survival:analyse",
    "comparator": "einthoven.evaluation.analyses.comparator:analyse",
    "restrictions": "einthoven.evaluation.analyses.restrictions:analyse",
    "verification": "einthoven.evaluation.analyses.verification:analyse",
}
