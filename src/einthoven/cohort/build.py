"""From the rows of the sources to a study's cohort: rejected and doubled ECGs dropped, splits assigned, all counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa

from einthoven.cohort.cohort import SPLITS, Cohort
from einthoven.cohort.flow import FlowStep
from einthoven.cohort.sources.source import SourceData
from einthoven.cohort.split import SplitSettings, assign_split
from einthoven.errors import CohortError, SplitError

__all__ = ["BuiltCohort", "Duplicates", "Role", "build_cohort", "study_record_id"]

Role = Literal["develop", "external"]
Duplicates = Literal["refuse", "drop"]


class BuiltCohort(NamedTuple):
    """A cohort and the way to it."""

    cohort: Cohort
    flow: list[FlowStep]


def study_record_id(source: str, identifier: str) -> str:
    """Return an id that is unique across sources; patients are numbered anew by every owner too.

    Examples
    --------
    >>> study_record_id("ptb_xl", "17")
    'ptb_xl:17'
    """
    return f"{source}:{identifier}"


def build_cohort(
    sources: Mapping[str, tuple[Role, SourceData]],
    manifest: pa.Table,
    *,
    split: SplitSettings,
    duplicates: Duplicates,
    seed: int,
    shortest_s: float | None = None,
) -> BuiltCohort:
    """Join the sources' rows with what the store holds, and split by patient.

    Parameters
    ----------
    sources : mapping of name to (role, rows)
        Rows of an external source get the split ``external``; no fitting ever touches them.
    manifest : pa.Table
        The store's; an ECG that isn't there was rejected at ingest.
    split : SplitSettings
    duplicates : ``refuse`` or ``drop``
        ``drop`` keeps the first of the ECGs with the same samples; ``refuse`` leaves them for the audit to refuse.
    seed : int
        Used when ``split`` has none.
    shortest_s : float, optional
        Leave out ECGs shorter than this: the window of models that refuse them.

    Raises
    ------
    SplitError
        When an official split is asked of a source that has none.
    CohortError
        When nothing is left.
    """
    if manifest.num_rows == 0:
        raise CohortError("the store is empty: every file was rejected at ingest; rejected.parquet says why")
    flow: list[FlowStep] = []
    parts: list[pl.DataFrame] = []
    for name, (role, data) in sources.items():
        rows = _rows(name, role, data, method=split.method)
        prefix = f"{name}: " if len(sources) > 1 else ""
        flow += [FlowStep(prefix + step.label, step.records, step.patients, step.excluded) for step in data.flow]
        parts.append(rows)
    table = pl.concat(parts, how="diagonal")
    hashes = pl.DataFrame(manifest.select(["record_id", "signal_hash"]))
    stored = table.join(hashes, on="record_id", how="left", maintain_order="left")
    table = _keep(stored, pl.col("signal_hash").is_not_null(), flow, "rejected at ingest (see rejected files)")
    if shortest_s is not None:
        table = _long_enough(table, manifest, flow, shortest_s=shortest_s)
    if duplicates == "drop":
        table = _keep(table, pl.col("signal_hash").is_first_distinct(), flow, "same samples as an earlier ECG")
    table = _split(table.drop("signal_hash"), sources, split, split.seed if split.seed is not None else seed)
    present = set(table["split"])
    flow += [_count(table.filter(pl.col("split") == part), part) for part in SPLITS if part in present]
    return BuiltCohort(Cohort.from_columns(table.to_dict(as_series=False)), flow)


def _rows(name: str, role: Role, data: SourceData, *, method: str) -> pl.DataFrame:
    rows = pl.DataFrame(data.columns, strict=False).with_columns(
        record_id=pl.Series([study_record_id(name, str(value)) for value in data.columns["record_id"]]),
        patient_id=pl.Series([study_record_id(name, str(value)) for value in data.columns["patient_id"]]),
        source=pl.lit(name),
    )
    if role == "external":
        return rows.with_columns(split=pl.lit("external"))
    if method == "official":
        if data.official_split is None:
            raise SplitError(f"source {name!r} publishes no split of its own; set cohort.split.method = 'patient'")
        return rows.with_columns(split=pl.Series(data.official_split))
    return rows.with_columns(split=pl.lit(None, pl.String))


def _long_enough(table: pl.DataFrame, manifest: pa.Table, flow: list[FlowStep], *, shortest_s: float) -> pl.DataFrame:
    """Leave out ECGs that hold fewer samples than the window, counted as the window itself is."""
    rate_hz = manifest["rate_hz"].to_numpy().astype(np.float64)
    enough = manifest["length"].to_numpy() >= np.rint(shortest_s * rate_hz)
    lasting = manifest["record_id"].to_numpy()[enough].tolist()
    label = f"shorter than the model's window ({shortest_s:g} s)"
    kept = _keep(table, pl.col("record_id").is_in(pl.Series(lasting, dtype=pl.String).implode()), flow, label)
    if table.height and not kept.height:
        raise CohortError(
            f"all {table.height} ECGs are {label}: shorten input.view.window_s, or set input.view.short = 'pad_zero'"
        )
    return kept


def _split(
    table: pl.DataFrame, sources: Mapping[str, tuple[Role, SourceData]], split: SplitSettings, seed: int
) -> pl.DataFrame:
    """Fill the splits that are still open, over all development sources together."""
    is_open = table["split"].is_null()
    if not is_open.any():
        return table
    pool = table.filter(is_open)
    labels = dict.fromkeys(label for _, data in sources.values() for label in data.labels)
    targets = {label: pool[f"y.{label}"].to_list() for label in labels}
    assigned = assign_split(pool["patient_id"].to_list(), targets, fractions=split.fractions, seed=seed)
    filled = table["split"].to_list()
    for row, name in zip(is_open.arg_true().to_list(), assigned, strict=True):
        filled[row] = name
    return table.with_columns(split=pl.Series(filled))


def _keep(table: pl.DataFrame, condition: pl.Expr, flow: list[FlowStep], label: str) -> pl.DataFrame:
    """Filter, and note who leaves when anybody does."""
    gone = table.filter(~condition)
    if gone.height:
        flow.append(_count(gone, label, excluded=True))
    return table.filter(condition)


def _count(table: pl.DataFrame, label: str, *, excluded: bool = False) -> FlowStep:
    return FlowStep(label, table.height, table["patient_id"].n_unique(), excluded)
