"""Columns of predictions as numbers that a regression takes: texts by level, missing values filled in and marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from einthoven.evaluation.context import Context
from einthoven.evaluation.label_scores import LabelScores

__all__ = ["Design", "design_of", "is_number", "read_columns"]

NUMBERS = ("covariate.", "weight", "fold")
# rarer levels of a text count as its commonest one
MOST_LEVELS = 20


@dataclass(frozen=True, slots=True, eq=False)
class _Number:
    """A column of numbers: what stands in for a missing one, and whether that is marked."""

    name: str
    median: float
    is_marked: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Text:
    """A column of texts: one column per level but the commonest."""

    name: str
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """How columns become numbers, learnt on some records and applied to any."""

    columns: tuple[_Number | _Text, ...]

    def filled(self, values: Mapping[str, NDArray[Any]]) -> NDArray[np.float64]:
        """Return float64 (record, column): missing numbers as the median, a column of 0 and 1 marks them."""
        return self._stacked(values, is_filled=True)

    def open(self, values: Mapping[str, NDArray[Any]]) -> NDArray[np.float64]:
        """Return float64 (record, column) with NaN where a number is missing, for models that know what that is."""
        return self._stacked(values, is_filled=False)

    def _stacked(self, values: Mapping[str, NDArray[Any]], *, is_filled: bool) -> NDArray[np.float64]:
        parts = []
        for column in self.columns:
            found = values[column.name]
            if isinstance(column, _Text):
                parts += [(found == level).astype(np.float64) for level in column.levels]
                continue
            number = np.asarray(found, dtype=np.float64)
            parts.append(np.where(np.isnan(number), column.median, number) if is_filled else number)
            if is_filled and column.is_marked:
                parts.append(np.isnan(number).astype(np.float64))
        n = len(next(iter(values.values()))) if values else 0
        return np.column_stack(parts) if parts else np.zeros((n, 0))


def design_of(values: Mapping[str, NDArray[Any]]) -> Design:
    """Return the design that these records give.

    Parameters
    ----------
    values : mapping of column to float64 (record,) or object (record,)
        NaN where a number is missing, ``unknown`` where a text is, which is a level like any other. A column of
        numbers without any value is left out.

    Examples
    --------
    >>> values = {"age": np.array([50.0, np.nan, 70]), "sex": np.array(["F", "M", "F"], dtype=object)}
    >>> design_of(values).filled(values)  # age, whether it is missing, whether M
    array([[50.,  0.,  0.],
           [60.,  1.,  1.],
           [70.,  0.,  0.]])
    """
    columns: list[_Number | _Text] = []
    for name, found in values.items():
        if found.dtype == object:
            levels, counts = np.unique(found, return_counts=True)
            common = sorted(zip(-counts, levels, strict=True))[: MOST_LEVELS + 1]
            columns.append(_Text(name, tuple(sorted(str(level) for _, level in common[1:]))))
        elif not np.isnan(found).all():
            columns.append(_Number(name, float(np.nanmedian(found)), bool(np.isnan(found).any())))
    return Design(tuple(columns))


def read_columns(context: Context, names: Sequence[str], one: LabelScores) -> dict[str, NDArray[Any]]:
    """Return columns of the predictions on the records of ``one``, numbers or texts as they are."""
    return {name: (context.numbers if is_number(name) else context.texts)(name, one) for name in names}


def is_number(column: str) -> bool:
    """Return whether a column of predictions holds numbers."""
    return column.startswith(NUMBERS)
