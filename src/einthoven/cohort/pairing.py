"""Which ECG belongs to which report: the nearest within a window, for an echo, a CT, a PET or any other dated truth.

Nothing here looks at what a report says. Ties are broken by a stated rule, so the same tables give the same pairs in
any order of rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import polars as pl

from einthoven.errors import SpecificationError

__all__ = ["PairingSettings", "baseline_or_followup", "holds_dates", "pair_reports"]

DAY = timedelta(days=1)
SECONDS_A_DAY = 86_400
LONGEST_DAYS = 36_525  # a hundred years
FEWEST_DATES = 0.01  # of clock times, one in 1,440 is exactly midnight


@dataclass(frozen=True)
class PairingSettings:
    """How reports find their ECGs.

    Attributes
    ----------
    window_days : float
        ECG and report lie at most this far apart, the bound included. Where one of the tables holds dates without an
        hour, calendar days are counted.
    side : ``either``, ``ecg_first`` or ``report_first``
        Whether the ECG may follow the report, must not, or must.
    ties : ``ecg_first`` or ``report_first``
        Of two ECGs that are equally near, the one before the report (the default) or the one after it. Among ECGs of
        one moment the first by ``record_id`` is taken.
    per_report : ``nearest`` or ``all``
        One pair per report, or one with every ECG in the window.
    per_ecg : ``all`` or ``nearest``
        An ECG that is the nearest one of several reports stays in all those pairs, or only in the one with the
        nearest report.
    """

    window_days: float = 14.0
    side: Literal["either", "ecg_first", "report_first"] = "either"
    ties: Literal["ecg_first", "report_first"] = "ecg_first"
    per_report: Literal["nearest", "all"] = "nearest"
    per_ecg: Literal["all", "nearest"] = "all"

    def __post_init__(self) -> None:
        if not 0 <= self.window_days <= LONGEST_DAYS:
            raise SpecificationError(f"pairing.window_days must be 0 to {LONGEST_DAYS:,}, got {self.window_days}")


def pair_reports(
    ecgs: pl.DataFrame, reports: pl.DataFrame, *, settings: PairingSettings, by_date: bool = False
) -> pl.DataFrame:
    """Return ``record_id, outcome_id, outcome_gap_days`` of every pair.

    Parameters
    ----------
    ecgs : DataFrame
        ``record_id, patient_id, ecg_time``; rows without a time pair with nothing.
    reports : DataFrame
        ``outcome_id, patient_id, outcome_time``.
    settings : PairingSettings
    by_date : bool
        Count calendar days, because one of the tables holds dates without an hour.

    Returns
    -------
    DataFrame
        ``outcome_gap_days`` is the report's time minus the ECG's, in days; sorted by both ids.
    """
    left, right = _timed(ecgs, "record_id", "ecg_time", by_date), _timed(reports, "outcome_id", "outcome_time", by_date)
    tolerance = DAY * settings.window_days
    candidates = _all_within if settings.per_report == "all" else _neighbours
    found = candidates(left, right, tolerance).with_columns(distance=(pl.col("outcome_at") - pl.col("ecg_at")).abs())
    found = found.filter(_on_side(settings.side)).with_columns(
        after=(pl.col("ecg_at") > pl.col("outcome_at")) != (settings.ties == "report_first")
    )
    if settings.per_report == "nearest":
        found = found.sort("distance", "after", "ecg_time", "record_id").unique("outcome_id", keep="first")
    if settings.per_ecg == "nearest":
        found = found.sort("distance", "after", "outcome_time", "outcome_id").unique("record_id", keep="first")
    gap = (pl.col("outcome_at") - pl.col("ecg_at")).dt.total_seconds(fractional=True) / SECONDS_A_DAY
    return found.select("record_id", "outcome_id", outcome_gap_days=gap.cast(pl.Float32)).sort(pl.all())


def baseline_or_followup(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with ``pair``: ``baseline``, ``followup``, or ``none`` for a row without a report.

    A patient's first pair (by the time of the ECG, then of the report, then by their ids, in which order the rows come
    back) is the baseline. A pair is a follow-up when both its ECG is later and its report another one; a further ECG of
    the baseline's report, and a further report of its ECG, belong to the baseline.
    """
    ordered = rows.sort("ecg_time", "outcome_time", "outcome_id", "record_id")
    is_pair = pl.col("outcome_id") != ""
    first = {name: pl.col(name).filter(is_pair).first().over("patient_id") for name in ("ecg_time", "outcome_id")}
    is_followup = (pl.col("ecg_time") > first["ecg_time"]) & (pl.col("outcome_id") != first["outcome_id"])
    kind = pl.when(~is_pair).then(pl.lit("none")).when(is_followup).then(pl.lit("followup"))
    return ordered.with_columns(pair=kind.otherwise(pl.lit("baseline")))


def holds_dates(times: pl.Series) -> bool:
    """Return whether a column of times holds dates without an hour: more midnights than clocks show by chance."""
    known = times.drop_nulls()
    return known.len() > 0 and float((known == known.dt.truncate("1d")).mean()) >= FEWEST_DATES  # type: ignore[arg-type]


def _timed(table: pl.DataFrame, key: str, time: str, by_date: bool) -> pl.DataFrame:  # noqa: FBT001 - one of two readings
    """Return key, patient, time and the moment that distances are measured from, sorted by it."""
    moment = pl.col(time).dt.truncate("1d") if by_date else pl.col(time)
    timed = table.select(key, "patient_id", time, moment.alias(time.replace("_time", "_at"))).drop_nulls()
    return timed.sort(time.replace("_time", "_at"), time, key)


def _neighbours(ecgs: pl.DataFrame, reports: pl.DataFrame, tolerance: timedelta) -> pl.DataFrame:
    """Return for each report the nearest ECG before it and the nearest one after it."""
    first_of_moment = ecgs.unique(["patient_id", "ecg_at"], keep="first", maintain_order=True)
    sides = [
        reports.join_asof(
            first_of_moment,
            left_on="outcome_at",
            right_on="ecg_at",
            by="patient_id",
            strategy=strategy,
            tolerance=tolerance,
            coalesce=False,
            check_sortedness=False,  # both are sorted above; polars can't see it within groups
        ).drop_nulls("record_id")
        for strategy in ("backward", "forward")
    ]
    return pl.concat(sides).unique(["outcome_id", "record_id"])


def _all_within(ecgs: pl.DataFrame, reports: pl.DataFrame, tolerance: timedelta) -> pl.DataFrame:
    distance = (pl.col("outcome_at") - pl.col("ecg_at")).abs()
    joined = reports.lazy().join(ecgs.lazy(), on="patient_id").filter(distance <= tolerance)
    return joined.collect(engine="streaming")


def _on_side(side: str) -> pl.Expr:
    if side == "ecg_first":
        return pl.col("ecg_at") <= pl.col("outcome_at")
    return pl.col("ecg_at") >= pl.col("outcome_at") if side == "report_first" else pl.lit(value=True)
