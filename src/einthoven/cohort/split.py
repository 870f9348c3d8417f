"""Splits into train, validation and test; no patient is ever in two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl
import pyarrow as pa

from einthoven.cohort.flow import FlowStep
from einthoven.cohort.split_parts import BAR, parts
from einthoven.cohort.split_patients import deal_patients
from einthoven.cohort.split_settings import DEVELOPMENT, SplitSettings
from einthoven.errors import SplitError

__all__ = ["SplitResult", "SplitSettings", "require_both_classes", "split_rows"]

REASON = {
    "site": "patient at sites of different splits",
    "time": "later ECG of a patient of an earlier period",
    "given": "patient with ECGs in different splits",
}


class SplitResult(NamedTuple):
    """Rows with their split, and who had to leave for it.

    Attributes
    ----------
    rows : DataFrame
        In the order in which they came, every ``split`` filled.
    steps : list of FlowStep
    """

    rows: pl.DataFrame
    steps: list[FlowStep]


def split_rows(rows: pl.DataFrame, *, settings: SplitSettings, labels: Sequence[str], seed: int) -> SplitResult:
    """Fill every open ``split``, over all development sources together.

    Parameters
    ----------
    rows : DataFrame
        One per ECG and pair, with ``patient_id``, ``split`` (null where open), ``pair`` and ``y.<label>``. Rows whose
        split is known, such as those of an external source, stay as they are.
    settings : SplitSettings
    labels : sequence of str
        Patients are dealt out by their rarest one, and by whether they have a pair at all.
    seed : int
        Used when ``settings`` has none.

    Raises
    ------
    SplitError
        When a patient would be in two splits and nothing is said of that, and when a row finds no split.
    """
    is_open = rows["split"].is_null()
    if not is_open.any():
        return SplitResult(rows, [])
    pool = rows.with_row_index("row").filter(is_open)
    if pool["patient_id"].null_count():
        nobody = pool.filter(pl.col("patient_id").is_null())
        raise SplitError(f"{nobody.height:,} ECGs have no patient, the first is {nobody['record_id'][0]}")
    whole = _whole_patients(pool.with_columns(part=parts(pool, settings)), settings)
    used = settings.seed if settings.seed is not None else seed
    placed = _placed(whole, settings, labels=labels, seed=used)
    gone = pool.join(placed, on="row", how="anti")
    filled = (
        rows.with_row_index("row")
        .join(placed.select("row", placed="split"), on="row", how="left", maintain_order="left")
        .filter(pl.col("split").is_not_null() | pl.col("placed").is_not_null())
        .with_columns(split=pl.col("split").fill_null(pl.col("placed")))
        .drop("row", "placed")
    )
    return SplitResult(filled, [_step(gone, REASON[settings.method])] if gone.height else [])


def require_both_classes(
    table: pa.Table, labels: Sequence[str], splits: Sequence[str] = ("train", "validation")
) -> None:
    """Refuse a cohort in which a label has no positive or no negative in a split that is fitted or chosen on.

    Raises
    ------
    SplitError
        Names label, split and what to do.
    """
    rows = pl.DataFrame(table.select(["split", *(f"y.{label}" for label in labels)]))
    for name in splits:
        part = rows.filter(pl.col("split") == name)
        if part.height == 0:
            raise SplitError(f"the split {name!r} is empty; change cohort.split or bring more patients")
        for label in labels:
            for wanted, word in ((1, "positive"), (0, "negative")):
                if not (part[f"y.{label}"] == wanted).any():
                    anywhere = int((rows[f"y.{label}"] == wanted).sum())
                    raise SplitError(
                        f"label {label!r} has no {word} among the {part.height:,} rows of the {name} split, and "
                        f"{anywhere:,} in all; "
                        + (f"give {name} more patients in cohort.split, or " if anywhere > 1 else "")
                        + "leave it out of cohort.labels and cohort.outcomes"
                    )


def _whole_patients(pool: pl.DataFrame, settings: SplitSettings) -> pl.DataFrame:
    """Return the rows that stay, each patient in one part."""
    ranks = {part: rank for rank, part in enumerate(sorted(pool["part"].unique(), key=_first_split))}
    rank = pl.col("part").replace_strict(ranks, return_dtype=pl.Int64)
    pool = pool.with_columns(rank=rank).with_columns(first=pl.col("rank").min().over("patient_id"))
    is_torn = (pl.col("rank") != pl.col("first")).any().over("patient_id")
    torn = pool.filter(is_torn)
    if torn.height == 0:
        return pool
    if settings.torn_policy == "refuse":
        raise SplitError(_torn(torn, settings))
    if settings.torn_policy == "first":
        part_of = {rank: part for part, rank in ranks.items()}
        return pool.with_columns(part=pl.col("first").replace_strict(part_of, return_dtype=pl.String))
    return pool.filter(pl.col("rank") == pl.col("first") if settings.method == "time" else ~is_torn)


def _first_split(part: str) -> int:
    """Periods follow each other as their splits do."""
    return DEVELOPMENT.index(part.partition(BAR)[0])


def _torn(torn: pl.DataFrame, settings: SplitSettings) -> str:
    patient = torn.sort("patient_id")["patient_id"][0]
    of_first = (
        torn.filter(pl.col("patient_id") == patient).sort("rank", "record_id").unique("part", maintain_order=True)
    )
    places = ", ".join(f"{row['record_id']} in {row['part'].replace(BAR, ' or ')}" for row in of_first.to_dicts())
    remedy = "cohort.split.torn = 'drop' leaves out " + (
        "what follows their first period" if settings.method == "time" else "such patients"
    )
    count = torn["patient_id"].n_unique()
    return f"{count:,} patients would be in two splits, the first is {patient} ({places}); {remedy}"


def _placed(pool: pl.DataFrame, settings: SplitSettings, *, labels: Sequence[str], seed: int) -> pl.DataFrame:
    """Return ``row, split``; a part of several splits is dealt out among them."""
    placed = []
    for part, rows in pool.sort("part").partition_by("part", as_dict=True, maintain_order=True).items():
        names = str(part[0]).split(BAR)
        if len(names) == 1:
            placed.append(rows.select("row", split=pl.lit(names[0])))
            continue
        fractions = {name: share for name, share in settings.fractions.items() if name in names}
        whole = sum(fractions.values())
        if len(fractions) < len(settings.fractions):
            fractions = {name: share / whole for name, share in fractions.items()}
        dealt = deal_patients(rows, labels=labels, fractions=fractions, seed=seed)
        placed.append(rows.select("row", "patient_id").join(dealt, on="patient_id").select("row", "split"))
    return pl.concat(placed)


def _step(gone: pl.DataFrame, label: str) -> FlowStep:
    return FlowStep(label, gone["record_id"].n_unique(), gone["patient_id"].n_unique(), excluded=True)
