"""The ECGs of one source as the study numbers them, joined with what the store holds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
import pyarrow as pa

from einthoven.cohort.flow import FlowStep
from einthoven.cohort.settings import CohortSettings, Role
from einthoven.cohort.sources.source import SourceData
from einthoven.errors import CohortError, SplitError

__all__ = ["prefixed", "source_rows", "stored_rows", "study_record_id", "without_split_patients"]

PATIENT_ELSEWHERE = "for pretraining, of a patient in another split"


def study_record_id(source: str, identifier: str) -> str:
    """Return an id that is unique across sources; patients are numbered anew by every owner too.

    Examples
    --------
    >>> study_record_id("ptb_xl", "17")
    'ptb_xl:17'
    """
    return f"{source}:{identifier}"


def prefixed(table: pl.DataFrame, source: str, *names: str) -> pl.DataFrame:
    """Return the table with ids that are unique across sources."""
    return table.with_columns(pl.format(source + ":{}", pl.col(name).cast(pl.String)).alias(name) for name in names)


def source_rows(name: str, role: Role, data: SourceData, *, settings: CohortSettings) -> pl.DataFrame:
    """Return one row per ECG with ``source`` and, where it is given, ``split``.

    Raises
    ------
    SplitError
        When an official split is asked of a source that has none.
    CohortError
        When an ECG has no patient.
    """
    rows = pl.DataFrame(data.columns, strict=False, infer_schema_length=None)
    nobody = rows.filter(pl.col("patient_id").is_null())
    if nobody.height:
        raise CohortError(f"{name}: {nobody.height:,} ECGs have no patient, the first is {nobody['record_id'][0]}")
    rows = prefixed(prefixed(rows, name, "record_id"), data.numbering or name, "patient_id")
    if "ecg_time" not in rows.columns or rows["ecg_time"].is_null().all():
        rows = rows.with_columns(ecg_time=pl.lit(None, pl.Datetime("us")))
    rows = rows.with_columns(source=pl.lit(name), split=_known_split(name, role, data, settings.split.method))
    if settings.uncertain == "unknown":
        return rows
    counts_as = 1.0 if settings.uncertain == "positive" else 0.0
    unsure = [column.removeprefix("u.") for column in rows.columns if column.startswith("u.")]
    return rows.with_columns(
        pl.when(f"u.{label}").then(counts_as).otherwise(f"y.{label}").alias(f"y.{label}") for label in unsure
    )


def _known_split(name: str, role: Role, data: SourceData, method: str) -> pl.Series | pl.Expr:
    if role != "develop":
        return pl.lit("train" if role == "pretrain" else "external")
    if method != "official":
        return pl.lit(None, pl.String)
    if data.official_split is None:
        raise SplitError(f"source {name!r} publishes no split of its own; set cohort.split.method = 'patient'")
    return pl.Series(data.official_split)


def stored_rows(
    rows: pl.DataFrame,
    manifest: pa.Table,
    flow: list[FlowStep],
    *,
    settings: CohortSettings,
    shortest_s: float | None,
) -> pl.DataFrame:
    """Leave out what the store doesn't hold, holds too little of, or, where asked, holds twice; each is counted.

    Raises
    ------
    CohortError
        When all ECGs are shorter than the window.
    """
    hashes = pl.DataFrame(manifest.select(["record_id", "signal_hash"]))
    rows = rows.join(hashes, on="record_id", how="left", maintain_order="left")
    rows = _keep(rows, pl.col("signal_hash").is_not_null(), flow, "rejected at ingest (see rejected files)")
    if shortest_s is not None:
        rows = _long_enough(rows, manifest, flow, shortest_s=shortest_s)
    if settings.duplicates == "drop":
        in_time = rows.sort("ecg_time", "record_id", nulls_last=True).filter(pl.col("signal_hash").is_first_distinct())
        is_first = pl.col("record_id").is_in(in_time["record_id"].implode())
        rows = _keep(rows, is_first, flow, "same samples as an earlier ECG")
    return rows


def without_split_patients(rows: pl.DataFrame, serving: Sequence[str], flow: list[FlowStep]) -> pl.DataFrame:
    """Leave out what serves pretraining, of patients whom another source has in another split than ``train``.

    Parameters
    ----------
    rows : DataFrame
        ``record_id, patient_id, source, split``, every split filled.
    serving : sequence of str
        Sources that serve pretraining alone.
    flow : list of FlowStep
    """
    serves = pl.col("source").is_in(list(serving))
    elsewhere = rows.filter(~serves & (pl.col("split") != "train"))["patient_id"].unique()
    return _keep(rows, ~(serves & pl.col("patient_id").is_in(elsewhere.implode())), flow, PATIENT_ELSEWHERE)


def _long_enough(rows: pl.DataFrame, manifest: pa.Table, flow: list[FlowStep], *, shortest_s: float) -> pl.DataFrame:
    """Leave out ECGs that hold fewer samples than the window, counted as the window itself is."""
    rate_hz = manifest["rate_hz"].to_numpy().astype(np.float64)
    enough = manifest["length"].to_numpy() >= np.rint(shortest_s * rate_hz)
    lasting = manifest["record_id"].to_numpy()[enough].tolist()
    label = f"shorter than the model's window ({shortest_s:g} s)"
    kept = _keep(rows, pl.col("record_id").is_in(pl.Series(lasting, dtype=pl.String).implode()), flow, label)
    if rows.height and not kept.height:
        raise CohortError(
            f"all {rows.height} ECGs are {label}: shorten input.view.window_s, or set input.view.short = 'pad_zero'"
        )
    return kept


def _keep(rows: pl.DataFrame, condition: pl.Expr, flow: list[FlowStep], label: str) -> pl.DataFrame:
    """Filter, and note who leaves when anybody does."""
    gone = rows.filter(~condition)
    if gone.height:
        flow.append(FlowStep(label, gone.height, gone["patient_id"].n_unique(), excluded=True))
    return rows.filter(condition)
