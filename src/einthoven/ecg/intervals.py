"""P, PR, QRS, QT and JT from the borders of the waves, and QT corrected for the heart rate.

Durations over all leads (AHA/ACC/HRS 2007, doi:10.1161/CIRCULATIONAHA.106.180200), from the onset that a tenth of the
leads precede to the end that a tenth exceed (``delineation.GLOBAL_QUANTILES``).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.delineation import Mark

__all__ = ["INTERVALS", "RATES_BPM", "corrected_qt", "intervals"]

INTERVALS = {
    "p_ms": (Mark.P_ON, Mark.P_OFF),
    "pr_ms": (Mark.P_ON, Mark.QRS_ON),
    "qrs_ms": (Mark.QRS_ON, Mark.QRS_OFF),
    "qt_ms": (Mark.QRS_ON, Mark.T_OFF),
    "jt_ms": (Mark.QRS_OFF, Mark.T_OFF),
}

RATES_BPM = {
    "qtc_bazett_ms": (60.0, 100.0),
    "qtc_fridericia_ms": (40.0, 120.0),
    "qtc_framingham_ms": (40.0, 120.0),
    "qtc_hodges_ms": (40.0, 120.0),
}
"""Heart rates within which a formula is not doubtful. Bazett's overcorrects above and undercorrects below (Luo et al.,
J Electrocardiol 2004;37 Suppl:81; Rautaharju et al. 2009, doi:10.1161/CIRCULATIONAHA.108.191096); the bounds of the
others are ours, twenty beats a minute wider: beyond, they part from each other."""


def intervals(marks_ms: NDArray[np.float64]) -> dict[str, float]:
    """Return ``INTERVALS`` in ms; NaN where a border is absent.

    Parameters
    ----------
    marks_ms : float64 (9,)
        Indexed by ``Mark``.
    """
    at = marks_ms.tolist()
    return {name: at[end] - at[begin] for name, (begin, end) in INTERVALS.items()}


def corrected_qt(qt_ms: float, rr_ms: float) -> dict[str, float]:
    """Return QT after Bazett, Fridericia, the Framingham study and Hodges, in ms.

    Parameters
    ----------
    qt_ms, rr_ms : float
        QT, and the mean RR interval; NaN gives NaN.

    Examples
    --------
    >>> [round(value) for value in corrected_qt(400.0, 1000.0).values()]
    [400, 400, 400, 400]
    >>> [round(value) for value in corrected_qt(360.0, 640.0).values()]
    [450, 418, 415, 419]
    """
    rr_s = rr_ms / 1000
    if not rr_s > 0:
        return dict.fromkeys(RATES_BPM, math.nan)
    corrected = {
        "qtc_bazett_ms": qt_ms / math.sqrt(rr_s),
        "qtc_fridericia_ms": qt_ms / rr_s ** (1 / 3),
        "qtc_framingham_ms": qt_ms + 154 * (1 - rr_s),
        "qtc_hodges_ms": qt_ms + 1.75 * (60 / rr_s - 60),
    }
    # a linear formula can fall below zero, far outside its range
    return {name: value if value > 0 else math.nan for name, value in corrected.items()}
