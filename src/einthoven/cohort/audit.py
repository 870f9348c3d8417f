"""The leak audit: what makes a model look better than it is. It needs the signals' hashes, so it follows ingest."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray
from scipy import stats

from einthoven.cohort.cohort import Cohort
from einthoven.errors import LeakageError

__all__ = ["AuditCheck", "audit", "read_audit", "write_audit"]

VERSION = 1
LEAK_AUROC = 0.99  # metadata alone that separates a label this well is the label itself
IMPLAUSIBLE_AGE = "age below 0 or above 120 years"  # reported, not refused
FEWEST = 10  # positives and negatives below which a perfect separation is plausible by chance


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """One question that the audit asked, and how many offenders it found."""

    name: str
    found: int
    detail: str


def audit(cohort: Cohort, manifest: pa.Table | None, *, labels: Sequence[str]) -> list[AuditCheck]:
    """Return every check with its count; refuse a cohort that leaks.

    Parameters
    ----------
    cohort : Cohort
    manifest : pa.Table, optional
        The store's, with ``record_id`` and ``signal_hash``; without it signals are not compared.
    labels : sequence of str
        Outcomes that are looked for in the metadata.

    Raises
    ------
    LeakageError
        For the first check that fails; its message names an offender and the remedy.
    """
    table = pl.DataFrame(cohort.table)
    checks = [_torn_patients(table)]
    if manifest is not None:
        checks.append(_same_signal(table, pl.DataFrame(manifest.select(["record_id", "signal_hash"]))))
    checks += [_late_dates(table), _label_in_metadata(table, labels), _implausible_age(table)]
    refused = next((check for check in checks if check.found and check.name != IMPLAUSIBLE_AGE), None)
    if refused is not None:
        raise LeakageError(f"{refused.name}: {refused.found} found. {refused.detail}")
    return checks


def write_audit(checks: Sequence[AuditCheck], path: Path) -> None:
    """Write the checks as JSON."""
    document = {"type": "audit", "version": VERSION, "checks": [asdict(check) for check in checks]}
    path.write_text(json.dumps(document, indent=1))


def read_audit(path: Path) -> list[AuditCheck]:
    """Inverse of ``write_audit``."""
    return [AuditCheck(**check) for check in json.loads(path.read_text())["checks"]]


def _torn_patients(table: pl.DataFrame) -> AuditCheck:
    torn = table.group_by("patient_id").agg(pl.col("split").n_unique()).filter(pl.col("split") > 1)
    detail = _all(table, "patients")
    if torn.height:
        detail = f"for example patient {torn['patient_id'][0]}; split by patient"
    elif table["source"].n_unique() > 1:
        detail += "; each source numbers its own, so a person who is in two of them is not recognised"
    return AuditCheck("one patient in two splits", torn.height, detail)


def _same_signal(table: pl.DataFrame, manifest: pl.DataFrame) -> AuditCheck:
    joined = table.select("record_id").unique().join(manifest, on="record_id")
    doubled = joined.group_by("signal_hash").agg(pl.col("record_id").sort()).filter(pl.col("record_id").list.len() > 1)
    doubled = doubled.sort(pl.col("record_id").list.first())
    detail = _all(table, "signals")
    if doubled.height:
        first = ", ".join(doubled["record_id"][0].to_list())
        detail = f"Records {first} hold the same samples; set cohort.duplicates = 'drop' to keep the first of each"
    return AuditCheck("the same signal under two record ids", doubled.height, detail)


def _late_dates(table: pl.DataFrame) -> AuditCheck:
    # an outcome that was paired by a window may lie on either side of its ECG; a plain label may not
    late = table.filter((pl.col("pair") == "none") & (pl.col("outcome_time") < pl.col("ecg_time")))
    detail = f"for example record {late['record_id'][0]}; correct the dates" if late.height else _all(table, "dates")
    return AuditCheck("ECG recorded after its outcome", late.height, detail)


def _implausible_age(table: pl.DataFrame) -> AuditCheck:
    odd = table.filter((pl.col("age_years") < 0) | (pl.col("age_years") > 120))
    detail = f"for example record {odd['record_id'][0]}" if odd.height else _all(table, "ages")
    return AuditCheck(IMPLAUSIBLE_AGE, odd.height, detail)


def _label_in_metadata(table: pl.DataFrame, labels: Sequence[str]) -> AuditCheck:
    """Ask of every label how well it is told by site, folder, file name or position in the listing alone."""
    best, found = (0.5, "", ""), 0
    metadata = _metadata_columns(table)
    for label in labels:
        truth = table[f"y.{label}"].cast(pl.Float64).to_numpy()
        known = np.isin(truth, (0.0, 1.0))
        positives = int(truth[known].sum())
        if min(positives, int(known.sum()) - positives) < FEWEST:
            continue
        worst = max((_separation(values[known], truth[known]), name) for name, values in metadata.items())
        found += worst[0] >= LEAK_AUROC
        best = max(best, (worst[0], label, worst[1]))
    detail = f"highest AUROC of metadata alone {best[0]:.3f}" + (f" ({best[1]} from {best[2]})" if best[1] else "")
    if found:
        detail += "; the label is known without the ECG: take records of both classes from every site and naming scheme"
    return AuditCheck("label known from site or file name", found, detail)


def _metadata_columns(table: pl.DataFrame) -> dict[str, NDArray[np.object_]]:
    paths = [PurePosixPath(path or "") for path in table["path"]]
    listing = sorted(range(len(paths)), key=lambda row: _natural(str(paths[row])))
    position = np.empty(len(paths))
    position[listing] = np.arange(len(paths))
    return {
        "site": np.array([value or "" for value in table["site"]], dtype=object),
        "source": np.array([value or "" for value in table["source"]], dtype=object),
        "folder": np.array([str(path.parent) for path in paths], dtype=object),
        "file name prefix": np.array([re.split(r"\d", path.name, maxsplit=1)[0] for path in paths], dtype=object),
        "position in the listing": position.astype(object),
    }


def _separation(values: NDArray[np.object_], truth: NDArray[np.float64]) -> float:
    """AUROC of a position, either way round, or of a group by its other members' share of positives."""
    if isinstance(values[0], float):
        auroc = _auroc(values.astype(float), truth)
        return max(auroc, 1 - auroc)
    _, group = np.unique(values.astype(str), return_inverse=True)
    size, positives = np.bincount(group), np.bincount(group, weights=truth)
    if size.size == 1:
        return 0.5
    others = size[group] - 1
    # one way round only: leaving one out makes a group that tells nothing look informative the other way
    return _auroc(np.where(others > 0, (positives[group] - truth) / np.maximum(others, 1), truth.mean()), truth)


def _auroc(score: NDArray[np.float64], truth: NDArray[np.float64]) -> float:
    ranks, n_positive = stats.rankdata(score), truth.sum()
    excess = ranks[truth == 1].sum() - n_positive * (n_positive + 1) / 2
    return float(excess / (n_positive * (truth.size - n_positive)))


def _natural(text: str) -> list[tuple[int, int | str]]:
    return [(0, int(part)) if part.isdigit() else (1, part) for part in re.split(r"(\d+)", text) if part]


def _all(table: pl.DataFrame, what: str) -> str:
    return f"{what} of {table['record_id'].n_unique()} ECGs checked"
