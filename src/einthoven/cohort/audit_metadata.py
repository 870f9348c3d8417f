"""How well is a label told by what has nothing to do with the heart: site, device, file name, date, length, gaps.

A hospital that sends its patients with a diagnosis through another device, or an archive that is sorted by diagnosis,
gives labels away. For each column the AUROC of that column alone is computed: of a group by the share of positives
among *other* patients of the group (two halves of the patients judge each other), of a number as it is, either way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from einthoven.cohort.audit_check import AuditCheck

__all__ = ["label_in_metadata"]

LEAK_AUROC = 0.99  # metadata alone that separates a label this well is the label itself
FEWEST = 10  # positives and negatives below which a perfect separation is plausible by chance
GROUPS = {"site": "site", "source": "source", "device": "group.device", "filter setting": "group.filter"}
OF_MANIFEST = ("length", "rate_hz", "leads_present")


@dataclass(frozen=True, slots=True, eq=False)
class _Metadata:
    """One column as codes (row,); codes of an ordered one rise with its values."""

    name: str
    codes: NDArray[np.int64]
    ordered: bool


def label_in_metadata(table: pl.DataFrame, labels: Sequence[str], manifest: pl.DataFrame | None) -> AuditCheck:
    """Return the AUROC of each column for each label; refuse a label that one column tells.

    Parameters
    ----------
    table : DataFrame
        The cohort's.
    labels : sequence of str
        Those with fewer than ten positives or negatives are passed over.
    manifest : DataFrame, optional
        ``record_id`` and as many of ``length, rate_hz, leads_present`` as are known.
    """
    metadata = _metadata(table, manifest)
    half = _halves(table["patient_id"])
    rows: list[tuple[str, ...]] = []
    best, found = (0.5, "", ""), 0
    for label in labels:
        truth = table[f"y.{label}"].cast(pl.Float64).to_numpy()
        known = np.isin(truth, (0.0, 1.0))
        positive = truth[known] == 1
        if min(positive.sum(), positive.size - positive.sum()) < FEWEST:
            continue
        aurocs = {column.name: _auroc_of(column, known, positive, half) for column in metadata}
        rows.append((label, *("" if value is None else f"{value:.2f}" for value in aurocs.values())))
        name, worst = max(((name, value or 0.5) for name, value in aurocs.items()), key=lambda item: item[1])
        found += worst >= LEAK_AUROC
        best = max(best, (worst, label, name))
    detail = f"highest AUROC of metadata alone {best[0]:.3f}" + (f" ({best[1]} from {best[2]})" if best[1] else "")
    if found:
        detail += "; the label is known without the ECG: take records of both classes from every site and naming scheme"
    columns = ("label", *(column.name for column in metadata)) if rows else ()
    return AuditCheck("label known from site, file name, date or length", found, detail, columns, tuple(rows))


def _metadata(table: pl.DataFrame, manifest: pl.DataFrame | None) -> list[_Metadata]:
    """Return the columns that hold more than one value."""
    path = pl.col("path").fill_null("")
    name = path.str.extract(r"([^/\\]*)$").fill_null("")
    time = pl.col("ecg_time")
    grouped = {name: pl.col(column) for name, column in GROUPS.items() if column in table.columns}
    grouped |= {
        "folder": path.str.replace(r"[^/\\]*$", ""),
        "file name prefix": name.str.extract(r"^(\D*)"),
        "hour": pl.when(time.dt.truncate("1d") != time).then(time.dt.hour()),
        "weekday": time.dt.weekday(),
        "year": time.dt.year(),
        "age missing": pl.col("age_years").is_null(),
    }
    found = [
        _Metadata(name, _codes(table.select(value=value)["value"]), ordered=False) for name, value in grouped.items()
    ]
    found.append(_Metadata("position in the listing", _listing(table["path"]), ordered=True))
    if manifest is not None:
        stored = table.select("record_id").join(manifest, on="record_id", how="left", maintain_order="left")
        if {"length", "rate_hz"} <= set(stored.columns):
            seconds = (stored["length"] / stored["rate_hz"]).round(3)
            found.append(_Metadata("duration", _codes(seconds), ordered=True))
        if "leads_present" in stored.columns:
            found.append(_Metadata("leads present", _codes(stored["leads_present"]), ordered=False))
    return [column for column in found if column.codes.size and column.codes.max() > 0]


def _codes(values: pl.Series) -> NDArray[np.int64]:
    """Return 0, 1, ... in the order of the values, nothing first."""
    return values.rank("dense").fill_null(0).cast(pl.Int64).to_numpy() - int(values.null_count() == 0)


def _listing(paths: pl.Series) -> NDArray[np.int64]:
    """Return the place of each ECG in the listing of files, where 9 comes before 10."""
    piece = pl.element()
    padded = pl.when(piece.str.contains(r"^\d")).then(piece.str.zfill(20)).otherwise(piece)
    natural = pl.col("path").fill_null("").str.extract_all(r"\d+|\D+").list.eval(padded).list.join("")
    order = pl.DataFrame({"path": paths}).select(key=natural).with_row_index("row").sort("key", "row")["row"].to_numpy()
    place = np.empty(order.size, dtype=np.int64)
    place[order] = np.arange(order.size)
    return place


def _halves(patients: pl.Series) -> NDArray[np.bool_]:
    """Return which half of the patients each row belongs to, the same for any order of rows."""
    rank = _codes(patients)
    n = int(rank.max()) + 1 if rank.size else 0
    of_patient: NDArray[np.bool_] = np.random.default_rng(0).permutation(n) % 2 == 1
    return of_patient[rank]


def _auroc_of(
    column: _Metadata, known: NDArray[np.bool_], positive: NDArray[np.bool_], half: NDArray[np.bool_]
) -> float | None:
    codes, n = column.codes[known], int(column.codes.max()) + 1
    if column.ordered:
        area = _auroc(np.bincount(codes[positive], minlength=n), np.bincount(codes[~positive], minlength=n))
        return None if area is None else max(area, 1 - area)
    first = half[known]
    positives = [np.bincount(codes[positive & part], minlength=n) for part in (first, ~first)]
    negatives = [np.bincount(codes[~positive & part], minlength=n) for part in (first, ~first)]
    areas = []
    for mine, other in ((0, 1), (1, 0)):
        step = _steps(positives[other], negatives[other])
        counts = (np.bincount(step, weights=counts_of[mine]) for counts_of in (positives, negatives))
        area = _auroc(*counts)
        if area is not None:
            areas.append(area)
    return float(np.mean(areas)) if areas else None


def _steps(positives: NDArray[np.int64], negatives: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rank of each group by its share of positives, equal shares alike; empty ones have that of all."""
    size = positives + negatives
    share = np.where(size > 0, positives / np.maximum(size, 1), positives.sum() / max(size.sum(), 1))
    return np.unique(share, return_inverse=True)[1]


def _auroc(positives: NDArray[Any], negatives: NDArray[Any]) -> float | None:
    """Return the AUROC from the counts at each score, lowest score first."""
    n_positive, n_negative = float(positives.sum()), float(negatives.sum())
    if not n_positive or not n_negative:
        return None
    below = np.cumsum(negatives) - negatives
    return float((positives * (below + negatives / 2)).sum() / (n_positive * n_negative))
