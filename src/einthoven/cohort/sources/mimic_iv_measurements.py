"""What the carts of MIMIC-IV-ECG measured: intervals from the marks of their representative beat, rate and axes."""

from __future__ import annotations

import polars as pl

from einthoven.cohort.sources.published import numbers

__all__ = ["MACHINE_COLUMNS", "MEASURED", "machine_measurements"]

RR = "rr_interval"
MARKS = ("p_onset", "p_end", "qrs_onset", "qrs_end", "t_end")
AXES = ("p_axis", "qrs_axis", "t_axis")
MACHINE_COLUMNS = (RR, *MARKS, *AXES)
MEASURED = ("heart_rate_bpm", "rr_ms", "p_ms", "pr_ms", "qrs_ms", "qt_ms", *(f"{axis}_deg" for axis in AXES))
# the recording lasts 10 s: what lies beyond is a stand-in for "not found" (29999, and in a few rows 32767 or 43008)
LONGEST_MS = 10_000
WIDEST_AXIS_DEG = 360


def machine_measurements(table: pl.DataFrame, *, file: str) -> dict[str, pl.Series]:
    """Return rate, intervals and axes of each ECG by the names of ``ecg/formats/measurement_names.py``; null: unknown.

    Parameters
    ----------
    table : DataFrame
        ``MACHINE_COLUMNS`` as text.
    file : str
        For the errors.

    Raises
    ------
    CohortError
        For a cell that is no number.
    """
    marks = {}
    for name in (RR, *MARKS):
        value = numbers(table, name, file=file)
        marks[name] = value.set((value < 0) | (value > LONGEST_MS), None)
    beat = pl.DataFrame(marks).select(
        rr_ms=_interval(pl.col(RR), pl.lit(0.0)),
        p_ms=_interval(pl.col("p_end"), pl.col("p_onset")),
        pr_ms=_interval(pl.col("qrs_onset"), pl.col("p_onset")),
        qrs_ms=_interval(pl.col("qrs_end"), pl.col("qrs_onset")),
        qt_ms=_interval(pl.col("t_end"), pl.col("qrs_onset")),
    )
    measured = {"heart_rate_bpm": 60_000 / beat["rr_ms"]} | {name: beat[name] for name in beat.columns}
    for name in AXES:
        axis = numbers(table, name, file=file)
        measured[f"{name}_deg"] = axis.set(axis.abs() > WIDEST_AXIS_DEG, None)
    return measured


def _interval(end: pl.Expr, begin: pl.Expr) -> pl.Expr:
    """Return the time between two marks; an end that isn't behind its begin is no measurement."""
    return pl.when(end > begin).then(end - begin)
