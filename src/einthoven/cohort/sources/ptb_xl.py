"""PTB-XL as PhysioNet publishes it: 21,799 ECGs at 500 and 100 Hz (Wagner 2020, doi:10.1038/s41597-020-0495-6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import polars as pl

from einthoven.cohort.flow import FlowStep
from einthoven.cohort.labels.scp import ScpVocabulary, parse_statements
from einthoven.cohort.sources.source import LabelRequest, SourceData, convert, read_table, require_columns
from einthoven.ecg.formats import RecordLocation

__all__ = ["PtbXl"]

DATABASE = "ptbxl_database.csv"
STATEMENTS = "scp_statements.csv"
STATEMENT_COLUMNS = ("diagnostic", "form", "rhythm", "diagnostic_class", "diagnostic_subclass")
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
        name = "filename_hr" if self.rate_hz == 500 else "filename_lr"
        needed = ["ecg_id", "patient_id", "age", "sex", "scp_codes", "strat_fold", name]
        require_columns(table, needed, file=str(folder / DATABASE))
        scp_table = read_table(folder, STATEMENTS)
        require_columns(scp_table, STATEMENT_COLUMNS, file=str(folder / STATEMENTS))
        vocabulary = ScpVocabulary.from_table(scp_table)
        number = pl.Series(convert(table, "ecg_id", _whole, file=DATABASE))
        is_withdrawn = number.is_in(list(WITHDRAWN))
        withdrawn, kept = table.filter(is_withdrawn), table.filter(~is_withdrawn)
        outcomes = vocabulary.resolve(labels)
        extra = {label: codes for label, codes in vocabulary.resolve(auxiliary).items() if label not in outcomes}
        targets = self._targets(outcomes | extra, kept, vocabulary)
        is_labelled = pl.Series(
            [not self.require_label or any(row[f"y.{label}"] != 0 for label in outcomes) for row in targets.to_dicts()]
        )
        unlabelled, kept = kept.filter(~is_labelled), kept.filter(is_labelled)
        columns = _demography(kept, path=name) | targets.filter(is_labelled).to_dict(as_series=False)
        flow = (
            _step("ECGs in the table", table),
            _step("withdrawn upstream (duplicates)", withdrawn, excluded=True),
            _step("no statement of the label set", unlabelled, excluded=True),
        )
        return SourceData(
            columns=columns,
            locations=tuple(_locations(folder, columns)),
            flow=tuple(step for step in flow if step.records or not step.excluded),
            labels=tuple(outcomes),
            auxiliary=tuple(extra),
            official_split=tuple(convert(kept, "strat_fold", _official_split, file=DATABASE, key="ecg_id")),
        )

    def _targets(
        self, labels: dict[str, frozenset[str]], table: pl.DataFrame, vocabulary: ScpVocabulary
    ) -> pl.DataFrame:
        statements = convert(table, "scp_codes", parse_statements, file=DATABASE, key="ecg_id")
        columns: dict[str, pl.Series] = {}
        for name, codes in labels.items():
            values = [self._target(codes, found, vocabulary.diagnostic) for found in statements]
            columns[f"y.{name}"] = pl.Series(values, dtype=pl.Float64)
            columns[f"u.{name}"] = pl.Series([value is None for value in values], dtype=pl.Boolean)
        return pl.DataFrame(columns)

    def _target(self, codes: frozenset[str], found: dict[str, float], diagnostic: frozenset[str]) -> float | None:
        present = codes & found.keys()
        if any(code not in diagnostic or found[code] >= self.min_likelihood for code in present):
            return 1.0
        return None if present else 0.0


def _locations(folder: Path, columns: dict[str, list[object]]) -> Iterable[RecordLocation]:
    for ecg_id, patient, name in zip(columns["record_id"], columns["patient_id"], columns["path"], strict=True):
        yield RecordLocation(str(ecg_id), str(folder / str(name)), "wfdb", {}, patient_id=str(patient))


def _demography(table: pl.DataFrame, *, path: str) -> dict[str, list[object]]:
    converters: dict[str, tuple[str, Callable[[str | None], object]]] = {
        "record_id": ("ecg_id", lambda cell: str(_whole(cell))),
        "patient_id": ("patient_id", lambda cell: str(_whole(cell))),
        "path": (path, _text),
        "age_years": ("age", _age),
        "sex": ("sex", lambda cell: SEX.get(cell or "", "U")),
        "site": ("site", lambda cell: cell and str(_whole(cell))),
        "group.device": ("device", lambda cell: cell),
        # the owners publish no time zone
        "ecg_time": ("recording_date", lambda cell: cell and datetime.fromisoformat(cell)),
    }
    return {
        name: convert(table, column, converter, file=DATABASE, key="ecg_id")
        for name, (column, converter) in converters.items()
        if column in table.columns
    }


def _whole(cell: str | None) -> int:
    value = float(_text(cell))
    if not value.is_integer():
        raise ValueError("it must be a whole number")
    return int(value)


def _text(cell: str | None) -> str:
    if cell is None:
        raise ValueError("it must be filled in")
    return cell


def _age(cell: str | None) -> float | None:
    age = float(cell) if cell else None
    return 90.0 if age == AGE_OVER_89 else age


def _official_split(cell: str | None) -> str:
    fold = _whole(cell)
    if fold not in OFFICIAL_SPLIT:
        raise ValueError("folds are 1 to 10")
    return OFFICIAL_SPLIT[fold]


def _step(label: str, table: pl.DataFrame, *, excluded: bool = False) -> FlowStep:
    return FlowStep(label, table.height, table["patient_id"].n_unique(), excluded)
