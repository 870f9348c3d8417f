"""The baseline table: what patients of each split are like, by outcome and across splits, with each variable's test.

A patient counts once, by the first record in time (by its id where there is no time). Numbers are the columns
``covariate.*``, categories ``group.*`` and ``site``; a covariate that is 0 or 1 is a category. Cells describe the
patients as they are: weights are not applied.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from einthoven.evaluation.context import Context
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.first_records import FirstRecords, first_records
from einthoven.evaluation.rows import BaselineRow, Rows
from einthoven.evaluation.statistics.baseline import describe_number, describe_share
from einthoven.evaluation.statistics.number_comparison import GroupTest, compare_numbers, is_skewed
from einthoven.evaluation.statistics.share_comparison import compare_shares
from einthoven.evaluation.statistics.standardised_difference import (
    standardised_difference,
    standardised_difference_of_shares,
)

__all__ = ["analyse"]

# without named outcomes a table of more labels than this would be too wide to read
LABELS = 6
# a category with more levels shows the most frequent ones and the others as one
LEVELS = 12
OTHERS = "others"
ALL = "all"


@dataclass(frozen=True, slots=True, eq=False)
class _Family:
    """Columns that are compared with each other: ``names`` and, bool (patient,), the ``members`` of each."""

    names: tuple[str, ...]
    members: tuple[NDArray[np.bool_], ...]
    contrast: str = ""


def analyse(context: Context) -> Rows:
    """Return the cells of the baseline table, none where predictions carry neither covariates nor groups.

    Of two columns the standardised difference, outcome less no outcome, stands in a column of its own.
    """
    rows = Rows()
    table = context.predictions.table
    names = [n for n in table.column_names if n.startswith(("covariate.", "group.")) or n == "site"]
    if not names:
        return rows
    labels, passed = _labels(context)
    splits = [split for split in context.protocol.splits if split in context.predictions.splits]
    found = {split: first_records(context.predictions, split, labels) for split in context.predictions.splits}
    for split in splits:
        families = [_Family((ALL,), (np.ones(found[split].row.size, dtype=np.bool_),))]
        families += [_by_label(label, found[split]) for label in labels]
        rows.baseline += _table(split, table, names, found[split].row, families, seed=context.protocol.seed)
    if len(found) > 1:
        row = np.concatenate([patients.row for patients in found.values()])
        place = np.repeat(np.arange(len(found)), [patients.row.size for patients in found.values()])
        across = _Family(tuple(found), tuple(place == k for k in range(len(found))))
        rows.baseline += _table(ALL, table, names, row, [across], seed=context.protocol.seed)
    if passed:
        rows.notes.append(
            f"The baseline table has no columns by outcome, because there are {passed} labels; name up to {LABELS} "
            "in the protocol's 'outcomes'."
        )
    return rows


def _labels(context: Context) -> tuple[tuple[str, ...], int]:
    labels = tuple(dict.fromkeys(one.label for one in context.reported))
    too_many = len(labels) > LABELS
    return (() if too_many else labels), len(labels) if too_many else 0


def _by_label(label: str, patients: FirstRecords) -> _Family:
    truth = patients.truth[label]
    return _Family((f"{label}=0", f"{label}=1"), (truth == 0, truth == 1), contrast=label)


def _table(
    split: str,
    table: pa.Table,
    names: Sequence[str],
    row: NDArray[np.int64],
    families: Sequence[_Family],
    *,
    seed: int,
) -> Iterator[BaselineRow]:
    for name in names:
        values = pc.take(table[name], pa.array(row)).combine_chunks()
        if name.startswith("covariate."):
            numbers = np.asarray(values.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
            known = numbers[~np.isnan(numbers)]
            if not known.size or not np.isin(known, (0.0, 1.0)).all():
                for family in families:
                    yield from _number_cells(split, name, numbers, family, skewed=is_skewed(known))
                continue
            codes, levels = np.where(np.isnan(numbers), -1, numbers).astype(np.int64), ["0", "1"]
        else:
            codes, levels = _coded(values)
        for family in families:
            yield from _share_cells(split, name, codes, levels, family, seed=seed)


def _number_cells(
    split: str, name: str, numbers: NDArray[np.float64], family: _Family, *, skewed: bool
) -> Iterator[BaselineRow]:
    groups = [numbers[member & ~np.isnan(numbers)] for member in family.members]
    test = compare_numbers(groups, skewed=skewed) if len(groups) > 1 else None
    for place, (column, member, group) in enumerate(zip(family.names, family.members, groups, strict=True)):
        cell, told = describe_number(group, skewed=skewed), _told(test, first=place == 0)
        missing = int(member.sum()) - group.size
        yield BaselineRow(
            split, name, "", column, group.size, missing, cell.kind, cell.value, cell.low, cell.high, *told
        )
    if family.contrast:
        yield _contrast(split, name, family, standardised_difference(groups[1], groups[0]))


def _share_cells(
    split: str, name: str, codes: NDArray[np.int64], levels: Sequence[str], family: _Family, *, seed: int
) -> Iterator[BaselineRow]:
    if not levels:  # nobody has a value, which has to be seen
        nobody = describe_share(0, 0)
        for group, member in zip(family.names, family.members, strict=True):
            yield BaselineRow(split, name, "", group, 0, int(member.sum()), nobody.kind, 0.0, nobody.low, nobody.high)
        return
    # patients by level and column
    counts = np.stack([np.bincount(codes[m & (codes >= 0)], minlength=len(levels)) for m in family.members], axis=1)
    test = compare_shares(counts, seed=seed) if len(family.names) > 1 else None
    # of yes and no, yes alone is shown
    shown = [1] if list(levels) == ["0", "1"] else range(len(levels))
    for place, level in enumerate(shown):
        for column, member in enumerate(family.members):
            known = int(counts[:, column].sum())
            cell = describe_share(int(counts[level, column]), known)
            told = _told(test, first=place == 0 and column == 0)
            yield BaselineRow(
                split, name, levels[level], family.names[column], known, int(member.sum()) - known,
                cell.kind, cell.value, cell.low, cell.high, *told,
            )  # fmt: skip
    if family.contrast:
        yield _contrast(split, name, family, standardised_difference_of_shares(counts[:, 1], counts[:, 0]))


def _told(test: GroupTest | None, *, first: bool) -> tuple[float | None, str]:
    if test is None or not first:
        return None, ""
    return (None if np.isnan(test.p_value) else test.p_value), test.name


def _contrast(split: str, name: str, family: _Family, found: Estimate) -> BaselineRow:
    column = f"{family.contrast}: standardised difference"
    return BaselineRow(
        split, name, "", column, found.n, 0, "standardised difference", found.value, found.low, found.high,
        test=found.reason or "",
    )  # fmt: skip


def _coded(values: pa.Array) -> tuple[NDArray[np.int64], list[str]]:
    """Return each text's level, -1 for none, and the levels; the rarest of many become one."""
    texts = values.cast(pa.string()).to_numpy(zero_copy_only=False)
    known = np.array([text is not None for text in texts], dtype=np.bool_)
    levels, code, count = np.unique(texts[known].astype(str), return_inverse=True, return_counts=True)
    names = [str(level) for level in levels]
    if len(names) > LEVELS:
        kept = np.sort(np.argsort(-count, kind="stable")[: LEVELS - 1])
        place = np.full(len(names), kept.size)
        place[kept] = np.arange(kept.size)
        code, names = place[code], [*(names[k] for k in kept), OTHERS]
    codes = np.full(texts.size, -1, dtype=np.int64)
    codes[known] = code
    return codes, names
