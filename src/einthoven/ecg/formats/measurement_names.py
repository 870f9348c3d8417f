"""Names of the measurements that recorders store, one spelling for all formats, each with its unit.

A decoder maps its format's names to these; what has no counterpart here keeps the file's own name in snake case with
its unit behind it. Values that stand for "not measured" are left out.
"""

from __future__ import annotations

__all__ = ["MEASUREMENTS", "is_measured"]

MEASUREMENTS = {
    "heart_rate_bpm": "ventricular rate",
    "atrial_rate_bpm": "atrial rate",
    "rr_ms": "mean RR interval",
    "pp_ms": "mean PP interval",
    "p_ms": "P wave duration",
    "pr_ms": "PR (PQ) interval",
    "qrs_ms": "QRS duration",
    "qt_ms": "QT interval",
    "qtc_ms": "QT corrected for rate, formula not told",
    "qtc_bazett_ms": "QT corrected after Bazett",
    "qtc_fridericia_ms": "QT corrected after Fridericia",
    "qtc_framingham_ms": "QT corrected after the Framingham study",
    "qtc_hodges_ms": "QT corrected after Hodges",
    "p_axis_deg": "frontal axis of P",
    "qrs_axis_deg": "frontal axis of QRS",
    "t_axis_deg": "frontal axis of T",
    "p_onset_ms": "onset of P in the representative beat",
    "p_offset_ms": "end of P in the representative beat",
    "qrs_onset_ms": "onset of QRS in the representative beat",
    "qrs_offset_ms": "end of QRS in the representative beat",
    "t_offset_ms": "end of T in the representative beat",
    "systolic_mmhg": "systolic blood pressure",
    "diastolic_mmhg": "diastolic blood pressure",
}


def is_measured(name: str, value: float) -> bool:
    """Return whether a value can be a measurement: recorders write 0 where they found no wave, axes beyond the circle.

    Onsets may be 0, and nothing is known of values whose names aren't in ``MEASUREMENTS``.

    Examples
    --------
    >>> is_measured("pr_ms", 0.0), is_measured("p_axis_deg", 0.0), is_measured("t_axis_deg", 999.0)
    (False, True, False)
    """
    if name not in MEASUREMENTS:
        return True
    if name.endswith("_deg"):
        return abs(value) <= 360
    return value > 0 or name.endswith(("_onset_ms", "_offset_ms"))
