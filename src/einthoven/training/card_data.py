"""What a model card says of data: counts, places, devices, years, ages, sexes and labels of each data set."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from einthoven.cohort.datasets import Dataset, catalogue

__all__ = ["data_facts", "rows_hash"]

_UNNAMED = "data without a name"
_MOST_NAMED = 20  # sites or devices of one data set
_QUARTILES = (0.0, 0.25, 0.5, 0.75, 1.0)


def data_facts(
    cohort: pa.Table,
    *,
    record_ids: Sequence[str],
    splits: Sequence[str],
    simulated: Collection[str],
    sources: Mapping[str, str],
) -> dict[str, Any]:
    """Return what a training learnt from, as plain values.

    Parameters
    ----------
    cohort : Table
        Of all splits; a record may have several rows, of which the first counts here.
    record_ids : sequence of str
        Records that were learnt from.
    splits : sequence of str
        That were meant to be learnt from.
    simulated : collection of str
        Sources whose patients are simulated.
    sources : mapping of str to str
        Data set of the cohort to its name in the catalogue; those without an entry are looked up by their own name.
    """
    used = cohort.filter(pc.is_in(cohort["record_id"], value_set=pa.array(list(record_ids), pa.string())))
    table = _records(pl.DataFrame(cohort))
    chosen = table.filter(pl.col("record_id").is_in(list(record_ids)))
    names = sorted(chosen["source"].unique().to_list())
    return {
        **_counts(chosen),
        "data_sets": [
            _data_set(
                chosen.filter(pl.col("source") == name),
                name,
                is_simulated=name in simulated,
                dataset=_catalogued(sources.get(name, name)),
            )
            for name in names
        ],
        "labels": _labels(chosen),
        "splits": [
            {
                "split": name,
                "meant_to_be_learnt_from": name in splits,
                **_counts(part := table.filter(pl.col("split") == name)),
                "learnt_from": part.filter(pl.col("record_id").is_in(list(record_ids))).height,
            }
            for name in sorted(table["split"].drop_nulls().unique().to_list())
        ],
        "rows_hash": rows_hash(used),
    }


def rows_hash(rows: pa.Table) -> str:
    """Return the SHA-256 over columns and rows as Arrow IPC, both sorted: whatever their order, the same rows."""
    keys = [(name, "ascending") for name in ("record_id", "outcome_id") if name in rows.column_names]
    ordered = rows.select(sorted(rows.column_names)).sort_by(keys).combine_chunks().replace_schema_metadata()
    buffer = io.BytesIO()
    with pa.ipc.new_stream(buffer, ordered.schema) as writer:
        writer.write_table(ordered)
    return hashlib.sha256(buffer.getvalue()).hexdigest()


def _records(table: pl.DataFrame) -> pl.DataFrame:
    """Return each record once, with a source; a record of nobody known is a patient of its own."""
    missing = [pl.lit(_UNNAMED).alias("source")] if "source" not in table.columns else []
    return (
        table.with_columns(missing)
        .unique("record_id", keep="first", maintain_order=True)
        .with_columns(pl.col("source").fill_null(_UNNAMED), pl.coalesce("patient_id", "record_id").alias("patient_id"))
    )


def _counts(rows: pl.DataFrame) -> dict[str, int]:
    return {"ecgs": rows.height, "patients": rows["patient_id"].n_unique()}


def _data_set(rows: pl.DataFrame, name: str, *, is_simulated: bool, dataset: Dataset | None) -> dict[str, Any]:
    known = dataset is not None and not is_simulated
    return {
        "name": name,
        "title": dataset.title if known and dataset else "",
        "version": dataset.version if known and dataset else "",
        "licence": dataset.licence if known and dataset else "",
        "simulated": is_simulated,
        **_counts(rows),
        "sites": _named(rows, "site"),
        "devices": _named(rows, "group.device"),
        "years": _years(rows),
        "age_years": _ages(rows),
        "sex": dict(sorted(rows["sex"].fill_null("U").value_counts().iter_rows())) if "sex" in rows.columns else {},
        "labels": _labels(rows),
    }


def _catalogued(name: str) -> Dataset | None:
    known = catalogue()
    return known.get(name) or next((one for one in known.values() if one.source_name == name), None)


def _named(rows: pl.DataFrame, column: str) -> dict[str, Any]:
    """Return how many there are, how many ECGs name none, and the ECGs of the most frequent."""
    if column not in rows.columns:
        return {"distinct": 0, "unknown": rows.height, "ecgs": {}}
    counts = rows[column].drop_nulls().value_counts().sort(["count", column], descending=[True, False])
    return {
        "distinct": counts.height,
        "unknown": rows[column].null_count(),
        "ecgs": {str(name): int(count) for name, count in counts.head(_MOST_NAMED).iter_rows()},
    }


def _years(rows: pl.DataFrame) -> list[int]:
    """Return first and last year; nothing where no ECG has a time."""
    if "ecg_time" not in rows.columns or rows["ecg_time"].null_count() == rows.height:
        return []
    years = rows["ecg_time"].dt.year()
    first, last = years.min(), years.max()
    assert isinstance(first, int)
    assert isinstance(last, int)
    return [first, last]


def _ages(rows: pl.DataFrame) -> dict[str, Any]:
    """Return lowest age, quartiles and highest age over the ECGs."""
    if "age_years" not in rows.columns:
        return {"quartiles": [], "unknown": rows.height}
    ages = rows["age_years"].drop_nulls().drop_nans().to_numpy()
    quartiles = [round(float(value), 1) for value in np.quantile(ages, _QUARTILES)] if len(ages) else []
    return {"quartiles": quartiles, "unknown": rows.height - len(ages)}


def _labels(rows: pl.DataFrame) -> dict[str, dict[str, int]]:
    """Return the counts of each label that is yes or no; an uncertain one counts as unknown."""
    found = {}
    for column in rows.columns:
        if not column.startswith("y."):
            continue
        name = column.removeprefix("y.")
        values = rows[column].fill_nan(None)
        if f"u.{name}" in rows.columns:
            values = values.zip_with(~rows[f"u.{name}"].fill_null(value=False), pl.Series(column, [None] * rows.height))
        known = values.drop_nulls()
        if not known.len() or not known.is_between(0, 1).all():
            continue
        positive = int((known > 0.5).sum())
        found[name] = {"positive": positive, "negative": known.len() - positive, "unknown": rows.height - known.len()}
    return found
