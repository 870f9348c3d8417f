"""The same ECG twice: sample for sample, within and across sources and splits."""

from __future__ import annotations

import polars as pl

from einthoven.cohort.audit_check import AuditCheck, all_checked

__all__ = ["same_signal"]


def same_signal(table: pl.DataFrame, manifest: pl.DataFrame) -> AuditCheck:
    """Refuse records whose prepared signals are equal.

    Parameters
    ----------
    table : DataFrame
        ``record_id, patient_id, source, split``.
    manifest : DataFrame
        ``record_id, signal_hash``.
    """
    joined = table.unique("record_id").join(manifest.select("record_id", "signal_hash"), on="record_id")
    doubled = joined.filter(pl.col("signal_hash").is_duplicated()).sort("record_id")
    groups = doubled.group_by("signal_hash").agg(
        pl.col("record_id"), *(pl.col(name).n_unique() > 1 for name in ("split", "patient_id", "source"))
    )
    detail = all_checked(table, "signals")
    if groups.height:
        groups = groups.sort(pl.col("record_id").list.first())
        n_splits, n_patients, n_sources = (int(groups[name].sum()) for name in ("split", "patient_id", "source"))
        # a source can drop its own doubles; which of two sources keeps an ECG is for the splits to say
        worst = groups.filter("source") if n_sources else groups
        remedy = (
            "take the ECGs of one of the sources out of its table, or set cohort.near_duplicates = 'drop'"
            if n_sources
            else "set cohort.duplicates = 'drop' to keep the first of each"
        )
        detail = (
            f"Records {', '.join(worst['record_id'][0].to_list())} hold the same samples; {remedy} (across splits "
            f"{n_splits:,}, across patients {n_patients:,}, across sources {n_sources:,})"
        )
    return AuditCheck("the same signal under two record ids", groups.height, detail)
