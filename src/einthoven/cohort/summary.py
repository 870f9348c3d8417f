"""How many ECGs, patients, pairs and positives each split of a cohort holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from einthoven.cohort.cohort import SPLITS, Cohort

__all__ = ["summarise"]


def summarise(cohort: Cohort, *, labels: Sequence[str]) -> list[dict[str, Any]]:
    """Return one entry per split, in the order of ``SPLITS``.

    Each has ``split, ecgs, patients, baseline, followup, with_history, verified_patients`` (who have a pair) and
    ``outcomes``: label -> ``positive, negative, unknown, uncertain`` over the rows that could have one,
    which are pairs, or all ECGs.
    """
    table = pl.DataFrame(cohort.table)
    present = set(table["split"].to_list())
    return [_entry(table.filter(pl.col("split") == name), name, labels) for name in SPLITS if name in present]


def _entry(rows: pl.DataFrame, split: str, labels: Sequence[str]) -> dict[str, Any]:
    is_paired = pl.col("pair") != "none"
    paired, others = rows.filter(is_paired), rows.filter(~is_paired)
    # what an ECG itself tells is known without a report, too
    told = [label for label in labels if not paired.height or others[f"y.{label}"].is_not_null().any()]
    history = rows["history"].list.len() > 0 if "history" in rows.columns else pl.Series([False])
    return {
        "split": split,
        "ecgs": rows["record_id"].n_unique(),
        "patients": rows["patient_id"].n_unique(),
        "baseline": paired.filter(pl.col("pair") == "baseline").height,
        "followup": paired.filter(pl.col("pair") == "followup").height,
        "with_history": int(history.sum()),
        "verified_patients": paired["patient_id"].n_unique(),
        "outcomes": {label: _counts(rows if label in told else paired, label) for label in labels},
    }


def _counts(rows: pl.DataFrame, label: str) -> dict[str, int]:
    value = rows[f"y.{label}"]
    uncertain = rows[f"u.{label}"] if f"u.{label}" in rows.columns else pl.Series([False])
    return {
        "positive": int((value == 1).sum()),
        "negative": int((value == 0).sum()),
        "unknown": int(value.is_null().sum()),
        "uncertain": int(uncertain.sum()),
    }
