"""One statistic per file; each takes arrays and returns an ``Estimate``, a ``TestResult`` or a ``Curve``.

``STATISTICS`` lists those that return an estimate from scores (or 0/1 decisions) and truth; the contract test runs over
it.
"""

from __future__ import annotations

__all__ = ["STATISTICS"]

STATISTICS = {
    "accuracy": "einthoven.evaluation.statistics.classification:accuracy",
    "alerts_per_1000": "einthoven.evaluation.statistics.alerts_per_1000:alerts_per_1000",
    "auprc": "einthoven.evaluation.statistics.auprc:auprc",
    "auroc": "einthoven.evaluation.statistics.auroc:auroc",
    "balanced_accuracy": "einthoven.evaluation.statistics.youden_index:balanced_accuracy",
    "brier": "einthoven.evaluation.statistics.brier:brier",
    "calibration_intercept": "einthoven.evaluation.statistics.calibration_intercept:calibration_intercept",
    "calibration_slope": "einthoven.evaluation.statistics.calibration_slope:calibration_slope",
    "debiased_calibration_error": (
        "einthoven.evaluation.statistics.expected_calibration_error:debiased_calibration_error"
    ),
    "expected_calibration_error": (
        "einthoven.evaluation.statistics.expected_calibration_error:expected_calibration_error"
    ),
    "f1": "einthoven.evaluation.statistics.f1:f1",
    "false_alerts_per_true": "einthoven.evaluation.statistics.number_needed:false_alerts_per_true",
    "integrated_calibration_index": (
        "einthoven.evaluation.statistics.integrated_calibration:integrated_calibration_index"
    ),
    "matthews_correlation": "einthoven.evaluation.statistics.matthews_correlation:matthews_correlation",
    "negative_likelihood_ratio": "einthoven.evaluation.statistics.likelihood_ratio:negative_likelihood_ratio",
    "npv": "einthoven.evaluation.statistics.classification:npv",
    "number_needed_to_evaluate": "einthoven.evaluation.statistics.number_needed:number_needed_to_evaluate",
    "number_needed_to_screen": "einthoven.evaluation.statistics.number_needed:number_needed_to_screen",
    "observed_expected_ratio": "einthoven.evaluation.statistics.observed_expected_ratio:observed_expected_ratio",
    "partial_auroc": "einthoven.evaluation.statistics.partial_auroc:partial_auroc",
    "positive_likelihood_ratio": "einthoven.evaluation.statistics.likelihood_ratio:positive_likelihood_ratio",
    "ppv": "einthoven.evaluation.statistics.classification:ppv",
    "scaled_brier": "einthoven.evaluation.statistics.scaled_brier:scaled_brier",
    "sensitivity": "einthoven.evaluation.statistics.classification:sensitivity",
    "sensitivity_at_specificity": (
        "einthoven.evaluation.statistics.specificity_at_sensitivity:sensitivity_at_specificity"
    ),
    "specificity": "einthoven.evaluation.statistics.classification:specificity",
    "specificity_at_sensitivity": (
        "einthoven.evaluation.statistics.specificity_at_sensitivity:specificity_at_sensitivity"
    ),
    "youden_index": "einthoven.evaluation.statistics.youden_index:youden_index",
}
