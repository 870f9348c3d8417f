"""What was known of a patient before an ECG: earlier pairs of ECG and report, and earlier ECGs alone.

A pair is known only when *both* of its halves are: with a window of days around an ECG, the report of an earlier ECG
may come after the present one, and then it must not enter. Nor may a pair enter whose report is the truth of the
present row: two ECGs can share one report. An exam that was reported twice, as after a correction, is one truth, so a
report must also lie apart from the report of the present row.

A time of exactly midnight is taken for a date without an hour, of which the worst is assumed: an earlier thing came at
the end of its day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from einthoven.errors import SpecificationError

__all__ = ["HistorySettings", "earlier_ecgs", "earlier_pairs", "without_strangers"]

SECONDS_A_DAY = 86_400
MOST = 1_000_000  # hours, days or ECGs: beyond any life


@dataclass(frozen=True)
class HistorySettings:
    """What counts as known before an ECG.

    Attributes
    ----------
    gap_hours : float
        Both ECG and report of an earlier pair precede the present ECG by at least this much.
    report_gap_days : float
        Its report also lies at least so far from the report of the present row, on either side; nearer ones may be the
        same exam, reported again.
    earlier_ecgs : int
        How many earlier ECGs are listed, paired or not, for models that see no measured values.
    unpaired : bool
        Look up the earlier pairs of ECGs that have no report themselves, too. A patient with hundreds of ECGs then has
        as many long lists.
    """

    gap_hours: float = 24.0
    report_gap_days: float = 1.0
    earlier_ecgs: int = 0
    unpaired: bool = False

    def __post_init__(self) -> None:
        for name in ("gap_hours", "report_gap_days", "earlier_ecgs"):
            if not 0 <= getattr(self, name) <= MOST:
                raise SpecificationError(f"history.{name} must be 0 to {MOST:,}, got {getattr(self, name)}")


def earlier_pairs(rows: pl.DataFrame, *, outcome: str, settings: HistorySettings) -> pl.DataFrame:
    """Return ``record_id, outcome_id, history`` for the rows that have any: all known earlier pairs, latest first.

    Parameters
    ----------
    rows : DataFrame
        One per ECG and pair: ``record_id, patient_id, ecg_time, outcome_id`` (empty where unpaired), ``outcome_time``
        and the column ``outcome``.
    outcome : str
        The measured value that a history carries; pairs without it are no history.
    settings : HistorySettings

    Returns
    -------
    DataFrame
        ``history`` is a list of ``{record_id, outcome_id, outcome, gap_days}``; ``gap_days`` from the earlier ECG to
        the present one, positive.
    """
    known = rows.filter((pl.col("outcome_id") != "") & pl.col(outcome).is_not_null() & pl.col("ecg_time").is_not_null())
    pairs = known.select(
        "patient_id",
        earlier_record="record_id",
        earlier_outcome="outcome_id",
        value=pl.col(outcome).cast(pl.Float32),
        earlier_time="ecg_time",
        earlier_report="outcome_time",
        known_from=pl.max_horizontal(_latest("ecg_time"), _latest("outcome_time"))
        + timedelta(hours=settings.gap_hours),
    )
    asked = rows if settings.unpaired else rows.filter(pl.col("outcome_id") != "")
    present = asked.select("record_id", "outcome_id", "patient_id", "ecg_time", "outcome_time")
    joined = present.lazy().join(pairs.lazy(), on="patient_id").filter(_is_past(settings.report_gap_days))
    gap = (pl.col("ecg_time") - pl.col("earlier_time")).dt.total_seconds(fractional=True) / SECONDS_A_DAY
    item = pl.struct(
        record_id="earlier_record", outcome_id="earlier_outcome", outcome="value", gap_days=gap.cast(pl.Float32)
    )
    latest_first = item.sort_by(
        "earlier_time", "earlier_report", "earlier_outcome", "earlier_record", descending=[True, True, False, False]
    )
    return joined.group_by("record_id", "outcome_id").agg(history=latest_first).collect()


def earlier_ecgs(ecgs: pl.DataFrame, *, settings: HistorySettings) -> pl.DataFrame:
    """Return ``record_id, earlier_ecgs`` for the ECGs that have any: the latest earlier ECGs, paired or not.

    Parameters
    ----------
    ecgs : DataFrame
        ``record_id, patient_id, ecg_time``, one row per ECG.
    settings : HistorySettings

    Returns
    -------
    DataFrame
        ``earlier_ecgs`` is a list of at most ``settings.earlier_ecgs`` times ``{record_id, gap_days}``, latest first.
    """
    timed = ecgs.select("record_id", "patient_id", "ecg_time").drop_nulls().sort("patient_id", "ecg_time", "record_id")
    timed = timed.with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
    # without a gap an ECG would find itself, or one of the same moment
    timed = timed.with_columns(before=pl.col("row").min().over("patient_id", "ecg_time") - 1)
    # of a date and a clock time after it nobody knows the order, so neither is known before both are
    known_from = (_latest("ecg_time") + timedelta(hours=settings.gap_hours)).cum_max().over("patient_id")
    past = timed.select("patient_id", last="row", known_from=known_from)
    first_row = timed.group_by("patient_id").agg(first=pl.col("row").min())
    present = timed.sort("ecg_time")
    found = present.join_asof(
        past.sort("known_from", "last"),
        left_on="ecg_time",
        right_on="known_from",
        by="patient_id",
        strategy="backward",
        check_sortedness=False,  # sorted just above; polars can't see it within groups
    ).drop_nulls("last")
    found = found.join(first_row, on="patient_id").with_columns(last=pl.min_horizontal("last", "before"))
    count = pl.min_horizontal(pl.col("last") - pl.col("first") + 1, settings.earlier_ecgs)
    rows = pl.int_ranges(pl.col("last"), pl.col("last") - count, -1).alias("earlier")
    long = found.filter(count > 0).select("row", "record_id", "ecg_time", rows).explode("earlier")
    earlier = timed.select(earlier="row", earlier_record="record_id", earlier_time="ecg_time")
    long = long.join(earlier, on="earlier")
    gap = (pl.col("ecg_time") - pl.col("earlier_time")).dt.total_seconds(fractional=True) / SECONDS_A_DAY
    item = pl.struct(record_id="earlier_record", gap_days=gap.cast(pl.Float32))
    return long.group_by("record_id").agg(earlier_ecgs=item.sort_by("earlier", descending=True))


def without_strangers(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows, their histories without ECGs that are no rows of the cohort (any more): nobody scores those."""
    held = rows.select("record_id").unique()
    for name in ("history", "earlier_ecgs"):
        if name not in rows.columns:
            continue
        long = rows.select("record_id", "outcome_id", name).explode(name).drop_nulls(name)
        long = long.with_columns(earlier=pl.col(name).struct.field("record_id"))
        kept = long.join(held, left_on="earlier", right_on="record_id", how="semi", maintain_order="left")
        if kept.height == long.height:
            continue
        lists = kept.group_by("record_id", "outcome_id", maintain_order=True).agg(name)
        rows = rows.drop(name).join(lists, on=["record_id", "outcome_id"], how="left", maintain_order="left")
    return rows


def _is_past(report_gap_days: float) -> pl.Expr:
    is_known = pl.col("known_from") <= pl.col("ecg_time")
    # with a gap of 0 h the present pair would know itself; a shared report is the truth of the present row
    is_other = (pl.col("earlier_time") < pl.col("ecg_time")) & (pl.col("earlier_outcome") != pl.col("outcome_id"))
    apart = (pl.col("earlier_report") - pl.col("outcome_time")).abs() >= timedelta(days=report_gap_days)
    return is_known & is_other & apart.fill_null(value=True)  # a row without a report has none to be apart from


def _latest(time: str) -> pl.Expr:
    """When a thing had surely happened."""
    is_date = pl.col(time) == pl.col(time).dt.truncate("1d")
    return pl.when(is_date).then(pl.col(time) + timedelta(days=1)).otherwise(pl.col(time))
