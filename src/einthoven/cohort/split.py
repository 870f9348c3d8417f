"""Splits into train, validation and test; always by patient."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import polars as pl
import pyarrow as pa

from einthoven.errors import SplitError

__all__ = ["SplitSettings", "assign_split", "fill_splits", "require_both_classes"]


@dataclass(frozen=True)
class SplitSettings:
    """How patients are assigned.

    Attributes
    ----------
    method : ``official`` or ``patient``
        The owners' published split, or a random one that is stratified by the patients' labels.
    fractions : mapping of split to share of the patients
    seed : int, optional
        The study's seed when absent.
    """

    method: Literal["official", "patient"] = "patient"
    fractions: dict[str, float] = field(default_factory=lambda: {"train": 0.7, "validation": 0.1, "test": 0.2})
    seed: int | None = None

    def __post_init__(self) -> None:
        names = ("train", "validation", "test")
        if set(self.fractions) - set(names) or any(not 0 <= share <= 1 for share in self.fractions.values()):
            raise SplitError(f"split.fractions must give shares of {', '.join(names)}, got {self.fractions}")
        if abs(sum(self.fractions.values()) - 1) > 1e-6:
            raise SplitError(f"split.fractions must sum to 1, got {sum(self.fractions.values()):g}")


def fill_splits(rows: pl.DataFrame, *, settings: SplitSettings, labels: Sequence[str], seed: int) -> pl.DataFrame:
    """Return the rows with every open ``split`` filled, over all development sources together.

    Parameters
    ----------
    rows : DataFrame
        One per ECG and pair, with ``patient_id``, ``split`` (null where open), ``pair`` and ``y.<label>``.
    settings : SplitSettings
    labels : sequence of str
        Patients are dealt out by their rarest one, and by whether they have a pair at all.
    seed : int
        Used when ``settings`` has none.
    """
    is_open = rows["split"].is_null()
    if not is_open.any():
        return rows
    pool = rows.filter(is_open)
    targets: dict[str, Sequence[object]] = {label: pool[f"y.{label}"].to_list() for label in labels}
    if "pair" in pool.columns:
        targets[""] = (pool["pair"] != "none").cast(pl.Float64).to_list()
    used = settings.seed if settings.seed is not None else seed
    assigned = assign_split(pool["patient_id"].to_list(), targets, fractions=settings.fractions, seed=used)
    filled = rows["split"].to_list()
    for row, name in zip(is_open.arg_true().to_list(), assigned, strict=True):
        filled[row] = name
    return rows.with_columns(split=pl.Series(filled, dtype=pl.String))


def assign_split(
    patient_ids: Sequence[str], targets: Mapping[str, Sequence[object]], *, fractions: Mapping[str, float], seed: int
) -> list[str]:
    """Return the split of each ECG, all ECGs of a patient in one.

    Patients are grouped by their rarest positive label, shuffled within the group and dealt out by largest remainder,
    so that each split gets its share of every group to within one patient.

    Parameters
    ----------
    patient_ids : sequence of str
        One per ECG.
    targets : mapping of label to sequence
        1 is positive; anything else isn't.
    fractions : mapping of split to share
    seed : int
    """
    strata = _strata(patient_ids, targets)
    generator = np.random.default_rng(np.random.SeedSequence([seed, 0x5711]))
    names = list(fractions)
    shares = np.array([fractions[name] for name in names])
    owed = np.zeros(len(names))
    split_of: dict[str, str] = {}
    for stratum in sorted(strata):
        patients = sorted(strata[stratum])
        for index in generator.permutation(len(patients)):
            owed += shares
            receiver = int(np.argmax(owed))
            owed[receiver] -= 1
            split_of[patients[index]] = names[receiver]
    return [split_of[patient] for patient in patient_ids]


def require_both_classes(
    table: pa.Table, labels: Sequence[str], splits: Sequence[str] = ("train", "validation")
) -> None:
    """Refuse a cohort in which a label has no positive or no negative in a split that is fitted or chosen on.

    Raises
    ------
    SplitError
        Names label, split and what to do.
    """
    split = np.array(table["split"].to_pylist(), dtype=object)
    for name in splits:
        if not np.any(split == name):
            raise SplitError(f"the split {name!r} is empty; change cohort.split or bring more patients")
        for label in labels:
            values = np.array(table[f"y.{label}"].to_pylist(), dtype=float)[split == name]
            for wanted, word in ((1, "positive"), (0, "negative")):
                if not np.any(values == wanted):
                    raise SplitError(
                        f"label {label!r} has no {word} among the {len(values)} ECGs of the {name} split; "
                        f"leave it out of cohort.labels, or give {name} a larger share in cohort.split.fractions"
                    )


def _strata(patient_ids: Sequence[str], targets: Mapping[str, Sequence[object]]) -> dict[tuple[int, str], list[str]]:
    """Group patients by the rarest label that any of their ECGs has."""
    patients_with: dict[str, set[str]] = {
        label: {patient for patient, value in zip(patient_ids, values, strict=True) if value == 1}
        for label, values in targets.items()
    }
    rarest_first = sorted(targets, key=lambda label: (len(patients_with[label]), label))
    strata: dict[tuple[int, str], list[str]] = defaultdict(list)
    for patient in dict.fromkeys(patient_ids):
        rank, label = next(
            ((rank, label) for rank, label in enumerate(rarest_first) if patient in patients_with[label]),
            (len(rarest_first), ""),
        )
        strata[rank, label].append(patient)
    return strata
