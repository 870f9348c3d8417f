"""Measurements of PTB-XL by three programs: PTB-XL+ (Strodthoff 2023, doi:10.1038/s41597-023-02153-8).

Its tables are joined by ``ecg_id``, which stands in the middle of that of 12SL, whose rows are in no order.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from einthoven.cohort.sources.published import identifiers, numbers, read_published
from einthoven.errors import CohortError
from einthoven.registry import nearest

__all__ = ["read_features"]

PROGRAMS = ("12sl", "ecgdeli", "unig")
ORIGIN = "it is the folder features of physionet.org/content/ptb-xl-plus"


def read_features(folder: Path, chosen: Mapping[str, str], ecg_ids: pl.Series) -> dict[str, pl.Series]:
    """Return the chosen features, one entry per ECG of ``ecg_ids``, null where the program has none.

    Parameters
    ----------
    folder : Path
        With ``12sl_features.csv``, ``ecgdeli_features.csv`` and ``unig_features.csv``, or with their folder
        ``features``.
    chosen : mapping of name to ``<program>.<column>``
        Such as ``12sl.QRS_Dur_Global``.
    ecg_ids : Series of str

    Raises
    ------
    CohortError
        For a program, file or column that doesn't exist.
    """
    folder = folder / "features" if (folder / "features").is_dir() else folder
    columns_of: dict[str, dict[str, str]] = {}
    for name, place in chosen.items():
        program, _, column = place.partition(".")
        if program not in PROGRAMS or not column:
            raise CohortError(
                f"data.*.covariates.{name} must be <program>.<column>, such as '12sl.QRS_Dur_Global', got {place!r}"
                f"{nearest(program, PROGRAMS)}"
            )
        columns_of.setdefault(program, {})[name] = column
    features: dict[str, pl.Series] = {}
    for program, columns in columns_of.items():
        features |= _joined(folder, f"{program}_features.csv", columns, ecg_ids)
    return {name: features[name] for name in chosen}


def _joined(folder: Path, name: str, columns: Mapping[str, str], ecg_ids: pl.Series) -> dict[str, pl.Series]:
    wanted = dict.fromkeys(columns.values())
    table = read_published(folder, name, origin=ORIGIN, columns=("ecg_id", *wanted))
    file = str(folder / name)
    keyed = pl.DataFrame(
        {"ecg_id": identifiers(table, "ecg_id", file=file)} | {one: numbers(table, one, file=file) for one in wanted}
    ).unique("ecg_id", keep="first")
    rows = ecg_ids.alias("ecg_id").to_frame().join(keyed, on="ecg_id", how="left", maintain_order="left")
    return {name: rows[column] for name, column in columns.items()}
