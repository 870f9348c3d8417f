"""One score calibrator per file; each turns scores into probabilities after it was fitted on other records.

``CALIBRATORS`` lists them. A calibrator never measures; ``calibrator.fit_calibrator`` freezes what it was fitted on,
and its ``apply`` refuses those records.
"""

from __future__ import annotations

__all__ = ["CALIBRATORS"]

CALIBRATORS = {
    "intercept": "einthoven.evaluation.calibration.intercept:METHOD",
    "platt": "einthoven.evaluation.calibration.platt:METHOD",
    "temperature": "einthoven.evaluation.calibration.temperature:METHOD",
    "beta": "einthoven.evaluation.calibration.beta:METHOD",
    "isotonic": "einthoven.evaluation.calibration.isotonic:METHOD",
    "venn_abers": "einthoven.evaluation.calibration.venn_abers:METHOD",
}
