"""PTB-XL as PhysioNet publishes it: 21,799 ECGs at 500 and 100 Hz (Wagner 2020, doi:10.1038/s41597-020-0495-6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import polars as pl

from einthoven.cohort.flow import FlowStep
from einthoven.cohort.labels.scp import ScpVocabulary, parse_statements
from einthoven.cohort.sources.source import LabelRequest, SourceData, read_table, require_columns
from einthoven.ecg.formats import RecordLocation
from einthoven.errors import CohortError

__all__ = ["PtbXl"]

DATABASE = "ptbxl_database.csv"
STATEMENTS = "scp_statements.csv"
# ecg_ids of version 1.0.1 that version 1.0.3 withdrew as duplicates: the difference between their tables
WITHDRAWN = frozenset(
    {137, 139, 140, 141, 142, 143, 145, 456, 458, 459, 461, 462, 2506, 2511, 3795, 3798, 3800, 3801, 3832, 5817}
    | {7777, 7779, 7782, 9821, 9825, 9888, 11810, 11814, 11815, 11817, 11838, 13791, 13793, 13796, 13797, 13799}
    | {15742, 18150}
)
SEX = {"0": "M", "1": "F"}
AGE_OVER_89 = 300.0  # how the table writes ages above 89; the cohort writes 90
OFFICIAL_SPLIT = dict.fromkeys(range(1, 9), "train") | {9: "validation", 10: "test"}


@dataclass(frozen=True)
class PtbXl:
    """Settings of the source.

    Attributes
    ----------
    path : str
        The folder with ``ptbxl_database.csv``.
    rate_hz : 500 or 100
        Which of the two published versions of each signal is read.
    min_likelihood : float, percent
        A diagnostic statement below it makes its labels unknown rather than true. 0 counts every statement, as the
        benchmark does (Strodthoff 2021, doi:10.1109/JBHI.2020.3022989); form and rhythm statements carry no likelihood.
    require_label : bool
        Leave out ECGs without any of the requested labels, as the benchmark does.
    """

    path: str
    rate_hz: Literal[500, 100] = 500
    min_likelihood: float = 0.0
    require_label: bool = True

    def load(self, labels: LabelRequest = "superclass", auxiliary: LabelRequest = ()) -> SourceData:
        """Read the tables.

        Raises
        ------
        CohortError
            For a missing folder, table or column, an unknown label, or an unreadable cell.
        """
        folder = Path(self.path)
        table = read_table(folder, DATABASE)
        needed = ["ecg_id", "patient_id", "age", "sex", "scp_codes", "strat_fold", "filename_hr", "filename_lr"]
        require_columns(table, needed, file=str(folder / DATABASE))
        vocabulary = ScpVocabulary.from_table(read_table(folder, STATEMENTS))
        table = table.with_columns(number=pl.col("ecg_id").cast(pl.Int64))
        kept = table.filter(~pl.col("number").is_in(list(WITHDRAWN)))
        withdrawn = table.filter(pl.col("number").is_in(list(WITHDRAWN)))
        outcomes = vocabulary.resolve(labels)
        statements = [parse_statements(text) for text in kept["scp_codes"]]
        targets = self._targets(outcomes, statements, vocabulary)
        known = [any(targets[f"y.{name}"][row] != 0 for name in outcomes) for row in range(kept.height)]
        keep = [not self.require_label or has_label for has_label in known]
        unlabelled, kept = kept.filter(pl.Series([not k for k in keep])), kept.filter(pl.Series(keep))
        extra = {name: codes for name, codes in vocabulary.resolve(auxiliary).items() if name not in outcomes}
        targets |= self._targets(extra, statements, vocabulary)
        columns = _demography(kept)
        columns |= {name: [v for v, k in zip(values, keep, strict=True) if k] for name, values in targets.items()}
        flow = (
            _step("ECGs in the table", table),
            _step("withdrawn upstream (duplicates)", withdrawn, excluded=True),
            _step("no statement of the label set", unlabelled, excluded=True),
        )
        return SourceData(
            columns=columns,
            locations=tuple(self._locations(folder, kept)),
            flow=tuple(step for step in flow if step.records or not step.excluded),
            labels=tuple(outcomes),
            auxiliary=tuple(extra),
            official_split=tuple(OFFICIAL_SPLIT[int(float(fold))] for fold in kept["strat_fold"]),
        )

    def _targets(
        self, labels: dict[str, frozenset[str]], statements: list[dict[str, float]], vocabulary: ScpVocabulary
    ) -> dict[str, list[object]]:
        columns: dict[str, list[object]] = {}
        for name, codes in labels.items():
            values = [self._target(codes, found, vocabulary.diagnostic) for found in statements]
            columns[f"y.{name}"] = list(values)
            columns[f"u.{name}"] = [value is None for value in values]
        return columns

    def _target(self, codes: frozenset[str], found: dict[str, float], diagnostic: frozenset[str]) -> float | None:
        present = codes & found.keys()
        if any(code not in diagnostic or found[code] >= self.min_likelihood for code in present):
            return 1.0
        return None if present else 0.0

    def _locations(self, folder: Path, table: pl.DataFrame) -> Iterable[RecordLocation]:
        names = table["filename_hr" if self.rate_hz == 500 else "filename_lr"]
        for ecg_id, patient, name in zip(table["ecg_id"], table["patient_id"], names, strict=True):
            yield RecordLocation(ecg_id, str(folder / name), "wfdb", {}, patient_id=_patient(patient))


def _demography(table: pl.DataFrame) -> dict[str, list[object]]:
    columns: dict[str, list[object]] = {
        "record_id": table["ecg_id"].to_list(),
        "patient_id": [_patient(value) for value in table["patient_id"]],
        "path": table["filename_hr"].to_list(),
        "age_years": [_age(value) for value in table["age"]],
        "sex": [SEX.get(value, "U") for value in table["sex"]],
    }
    if "site" in table.columns:
        columns["site"] = [_whole(value) for value in table["site"]]
    if "device" in table.columns:
        columns["group.device"] = [value.strip() if value else None for value in table["device"]]
    if "recording_date" in table.columns:
        columns["ecg_time"] = [
            datetime.fromisoformat(value) if value else None for value in table["recording_date"]
        ]  # no zone is published
    return columns


def _patient(value: str) -> str:
    if not value:
        raise CohortError(f"{DATABASE} has an ECG without patient_id; a split by patient is impossible")
    return _whole(value) or ""


def _whole(value: str | None) -> str | None:
    return str(int(float(value))) if value else None


def _age(value: str | None) -> float | None:
    age = float(value) if value else None
    return 90.0 if age == AGE_OVER_89 else age


def _step(label: str, table: pl.DataFrame, *, excluded: bool = False) -> FlowStep:
    return FlowStep(label, table.height, table["patient_id"].n_unique(), excluded)
