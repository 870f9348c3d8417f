"""What the echocardiograms of EchoNext say: the columns of ``echonext_labels.csv``, and when a 0 in them is known."""

from __future__ import annotations

import csv
import functools
from importlib import resources
from typing import Literal, NamedTuple

import polars as pl

from einthoven.cohort.sources.published import numbers, yes_no

__all__ = ["EchoLabel", "echo_column", "echo_labels"]


class EchoLabel(NamedTuple):
    """A label, the column it is in, and the measurements without which a 0 is not known."""

    name: str
    column: str
    measured: tuple[str, ...]

    @property
    def is_value(self) -> bool:
        """Whether the label is the measurement itself."""
        return self.column in self.measured


@functools.cache
def echo_labels() -> dict[str, EchoLabel]:
    """Return all labels by name, findings first."""
    text = resources.files("einthoven.cohort.sources").joinpath("echonext_labels.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["label"]: EchoLabel(row["label"], row["column"], tuple(row["measured"].split())) for row in rows}


def echo_column(
    label: EchoLabel, table: pl.DataFrame, *, unmeasured: Literal["unknown", "negative"], file: str
) -> pl.Series:
    """Return a label of each ECG: 1, 0 or a value; null where it is unknown.

    Parameters
    ----------
    label : EchoLabel
    table : DataFrame
        Its columns as text.
    unmeasured : ``unknown`` or ``negative``
        What a 0 is whose measurements are missing.
    file : str
        For the errors.

    Raises
    ------
    CohortError
        For a cell that is no number, or no flag.
    """
    if label.is_value:
        return numbers(table, label.column, file=file)
    flag = yes_no(table, label.column, file=file)
    if unmeasured == "negative" or not label.measured:
        return flag
    has_all = table.select(pl.all_horizontal(pl.col(column).is_not_null() for column in label.measured)).to_series()
    return flag.set((flag == 0) & ~has_all, None)
