"""Which ECGs of CODE-15 % are in which row of which HDF5 file, of those that were fetched."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from einthoven.cohort.flow import FlowStep
from einthoven.cohort.sources.published import flow_step
from einthoven.errors import CohortError

__all__ = ["ORIGIN", "in_parts"]

ORIGIN = (
    "get exams.csv and one or more of exams_part0.zip to exams_part17.zip from zenodo.org/records/4916206, unzipped"
)


def in_parts(folder: Path, table: pl.DataFrame, flow: list[FlowStep]) -> pl.DataFrame:
    """Return the ECGs whose file is there, with ``path`` and ``row`` in it; the others are counted in ``flow``.

    Parameters
    ----------
    folder : Path
    table : DataFrame
        ``exam_id``, ``patient_id`` and ``trace_file`` of each ECG.
    flow : list of FlowStep
        Gets a box of those whose file isn't there.

    Raises
    ------
    CohortError
        When no file is there, or one can't be read.
    """
    named = table["trace_file"].unique(maintain_order=True).to_list()
    there = [name for name in named if (folder / name).is_file()]
    if not there:
        raise CohortError(f"{folder} has none of the files that exams.csv names, such as {named[0]}; {ORIGIN}")
    rows = pl.concat([_rows(folder / name) for name in there])
    placed = table.join(rows, on=["exam_id", "trace_file"], how="left", maintain_order="left")
    without = placed.filter(pl.col("row").is_null())
    if without.height:
        label = f"in none of the {len(there)} files here, of {len(named)}"
        flow.append(flow_step(label, without["patient_id"], excluded=True))
    return placed.filter(pl.col("row").is_not_null()).with_columns(path=pl.col("trace_file"))


def _rows(file: Path) -> pl.DataFrame:
    """Return which ECG is in which row of an HDF5 file."""
    import h5py  # 0.1 s of start-up that other sources need not pay

    try:
        with h5py.File(file, "r") as part:
            exams = part["exam_id"][:]
    except (OSError, KeyError) as error:
        raise CohortError(f"{file} can't be read as an HDF5 file with exam_id ({error}); {ORIGIN}") from error
    rows = pl.DataFrame({"exam_id": pl.Series(exams).cast(pl.String)}).with_row_index("row").cast({"row": pl.Int64})
    return rows.with_columns(trace_file=pl.lit(file.name)).unique("exam_id", keep="first", maintain_order=True)
