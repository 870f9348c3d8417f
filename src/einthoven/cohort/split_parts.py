"""Which splits each ECG may go to, by its site, its date, or a table; several where patients are to be dealt out.

A part is one split (``test``) or several with a bar between them (``train|validation``), in their usual order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import polars as pl

from einthoven.cohort.split_settings import DEVELOPMENT, SplitSettings
from einthoven.cohort.tables import TableSettings
from einthoven.cohort.tables.column import cleaned
from einthoven.cohort.tables.raw_table import read_raw_table
from einthoven.cohort.tables.settings import MISSING
from einthoven.errors import SplitError
from einthoven.registry import nearest

__all__ = ["BAR", "parts"]

BAR = "|"
KEYS = ("record_id", "patient_id")


def parts(rows: pl.DataFrame, settings: SplitSettings) -> pl.Series:
    """Return the part of each row, String.

    Parameters
    ----------
    rows : DataFrame
        Those whose split is open; ``source, record_id, patient_id, site, ecg_time`` as far as the method asks for them.
    settings : SplitSettings

    Raises
    ------
    SplitError
        For a site, record or date that the settings don't place; says how many and names one.
    """
    if settings.method == "site":
        return _by_site(rows, settings)
    if settings.method == "time":
        return _by_time(rows, settings)
    if settings.method == "given":
        said = _of_column(rows, str(settings.column)) if settings.column else _of_file(rows, str(settings.file))
        return _filled_up(rows, said, settings)
    return pl.repeat(_open(settings), rows.height, dtype=pl.String, eager=True)


def _open(settings: SplitSettings, taken: Iterable[str] = (), among: Sequence[str] = DEVELOPMENT) -> str:
    """Return the part of the splits that have a share and aren't taken."""
    gone = set(taken)
    return BAR.join(name for name in among if name not in gone and settings.fractions.get(name, 0) > 0)


def _by_site(rows: pl.DataFrame, settings: SplitSettings) -> pl.Series:
    if "site" not in rows.columns or rows["site"].is_null().all():
        raise SplitError("split.method = 'site' needs the sites of the ECGs, and the tables have none")
    present = rows["site"].cast(pl.String)
    if present.null_count():
        record = rows.filter(present.is_null())["record_id"][0]
        raise SplitError(
            f"{present.null_count():,} ECGs have no site, the first is {record}; leave them out by a rule in "
            "cohort.eligible, for example 'site is known'"
        )
    known = sorted(present.unique().to_list())
    split_of = {site: split for split, sites in settings.sites.items() for site in sites}
    absent = next((site for site in split_of if site not in known), None)
    if absent is not None:
        raise SplitError(f"split.sites names {absent!r}, of which there is no ECG{nearest(absent, known)}")
    unnamed = [site for site in known if site not in split_of]
    rest = _open(settings, (split for split, sites in settings.sites.items() if sites))
    if unnamed and not rest:
        raise SplitError(
            f"split.sites doesn't name {', '.join(map(repr, unnamed))}; put each in a split, or leave the splits out "
            "that all other sites shall be dealt out to"
        )
    if rest and not unnamed:
        raise SplitError(
            f"split.sites names all sites, and none is left for {rest.replace(BAR, ' and ')}: give these sites of "
            "their own, or name the sites of test alone, and the patients of the others are dealt out"
        )
    return present.replace_strict(split_of | dict.fromkeys(unnamed, rest), return_dtype=pl.String)


def _by_time(rows: pl.DataFrame, settings: SplitSettings) -> pl.Series:
    gone = rows["ecg_time"].null_count()
    if gone:
        record = rows.filter(pl.col("ecg_time").is_null())["record_id"][0]
        raise SplitError(
            f"split.method = 'time' needs the time of every ECG; {gone:,} of {rows.height:,} have none, the first is "
            f"{record}; leave them out by cohort.missing = {{ ecg_time = 'drop' }}"
        )
    ends = [name for name in DEVELOPMENT[:2] if name in settings.before]
    starts = [0, *(DEVELOPMENT.index(name) + 1 for name in ends), len(DEVELOPMENT)]
    periods = [DEVELOPMENT[start:end] for start, end in pairwise(starts)]
    names = [period[0] if len(period) == 1 else _open(settings, among=period) for period in periods]
    if not all(names):
        raise SplitError(f"the splits {' and '.join(periods[names.index('')])} share a period, and have no share of it")
    found = pl.lit(names[-1])
    for name, end in zip(reversed(names[:-1]), reversed(ends), strict=True):
        day = settings.before[end]
        found = pl.when(pl.col("ecg_time") < datetime(day.year, day.month, day.day)).then(pl.lit(name)).otherwise(found)  # noqa: DTZ001 - times of a cohort have no zone
    return rows.select(part=found)["part"]


def _filled_up(rows: pl.DataFrame, said: pl.Series, settings: SplitSettings) -> pl.Series:
    """Check the words, and open what nothing is said of to the splits that aren't named."""
    words = said.drop_nulls().unique().sort().to_list()
    foreign = next((word for word in words if word not in DEVELOPMENT), None)
    if foreign is not None:
        raise SplitError(
            f"split must be one of {', '.join(DEVELOPMENT)}, got {foreign!r}{nearest(foreign, DEVELOPMENT)}"
        )
    rest = _open(settings, words)
    if said.null_count() and not rest:
        record = rows.filter(said.is_null())["record_id"][0]
        raise SplitError(f"{said.null_count():,} of {rows.height:,} ECGs are given no split, the first is {record}")
    return said.fill_null(rest)


def _of_column(rows: pl.DataFrame, name: str) -> pl.Series:
    if name not in rows.columns:
        raise SplitError(f"split.column: there is no column {name!r}{nearest(name, rows.columns)}")
    return cleaned(rows[name].cast(pl.String), MISSING)


def _of_file(rows: pl.DataFrame, file: str) -> pl.Series:
    """Return what a file says of each row, whose ids there have no name of their source before them."""
    raw = read_raw_table(TableSettings(file=file), Path())
    keys = [name for name in KEYS if name in raw.cells.columns]
    if len(keys) != 1 or "split" not in raw.cells.columns:
        raise SplitError(
            f"{raw.name} must have the columns split and either {' or '.join(KEYS)}, got {', '.join(raw.cells.columns)}"
        )
    key = keys[0]
    table = raw.cells.select(pl.col(name for name in (key, "split", "source") if name in raw.cells.columns))
    table = table.with_columns(cleaned(table[name].cast(pl.String), MISSING).alias(name) for name in table.columns)
    sources = rows["source"].unique().sort().to_list()
    if "source" not in table.columns:
        if len(sources) > 1:
            raise SplitError(f"{raw.name} needs a column source, because ids of {', '.join(sources)} may be equal")
        table = table.with_columns(source=pl.lit(sources[0]))
    table = table.drop_nulls().with_columns(pl.format("{}:{}", "source", key).alias(key)).select(key, "split").unique()
    doubled = table.filter(pl.col(key).is_duplicated()).sort(key)
    if doubled.height:
        raise SplitError(
            f"{raw.name} gives {doubled[key][0]} more than one split: {', '.join(sorted(doubled['split'][:2]))}"
        )
    found = rows.select(key).join(table, on=key, how="left", maintain_order="left")["split"]
    if found.is_null().all():
        own, other = rows[key][0], table[key][0] if table.height else None
        raise SplitError(
            f"{raw.name} has no ECG of the cohort: its ids are such as {other!r}, the cohort's such as {own!r}"
        )
    return found
