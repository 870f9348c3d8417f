"""PTB-XL as PhysioNet publishes it: 21,799 ECGs at 500 and 100 Hz (Wagner 2020, doi:10.1038/s41597-020-0495-6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import compress
from pathlib import Path
from typing import Literal

import polars as pl

from einthoven.cohort.flow import FlowStep
from einthoven.cohort.labels.scp import LABEL_SETS, ScpVocabulary
from einthoven.cohort.sources.ptb_xl_features import read_features
from einthoven.cohort.sources.ptb_xl_labels import LabelsFrom, PtbXlLabels
from einthoven.cohort.sources.source import LabelRequest, SourceData, convert, read_table, require_columns
from einthoven.ecg.formats import RecordLocation
from einthoven.errors import CohortError

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
    require_label : bool, optional
        Leave out ECGs without any of the requested labels. By default for the owners' sets of labels, as the benchmark
        does; of labels that a study chooses, an ECG without any of them is a control.
    labels_from : ``scp_codes`` or ``report``
        What labels of findings are read from, such as those of ``einthoven46``: the statements, or the German reports.
    features : str, optional
        The folder of PTB-XL+; a relative path starts at ``path``.
    covariates : dict of str to str
        Name -> feature of PTB-XL+, such as ``12sl.QRS_Dur_Global``. One that is named like a measurement (``qrs_ms``,
        ``heart_rate_bpm``) also answers the labels of measurements.
    """

    path: str
    rate_hz: Literal[500, 100] = 500
    min_likelihood: float = 0.0
    require_label: bool | None = None
    labels_from: LabelsFrom = "scp_codes"
    features: str | None = None
    covariates: dict[str, str] = field(default_factory=dict)

    def load(self, labels: LabelRequest = "superclass", auxiliary: LabelRequest = ()) -> SourceData:
        """Read the tables.

        Raises
        ------
        CohortError
            For a missing folder, table or column, an unknown label, or an unreadable cell.
        """
        folder = Path(self.path)
        path = "filename_hr" if self.rate_hz == 500 else "filename_lr"
        table, reader = self._tables(folder, path=path)
        number = pl.Series(convert(table, "ecg_id", _whole, file=DATABASE))
        is_withdrawn = number.is_in(list(WITHDRAWN))
        withdrawn, kept = table.filter(is_withdrawn), table.filter(~is_withdrawn)
        requested = reader.requested(labels, auxiliary)
        columns = _demography(kept, path=path)
        features = self._features(folder, pl.Series(columns["record_id"], dtype=pl.String))
        columns |= {f"covariate.{name}": values.to_list() for name, values in features.items()}
        columns |= reader.own_columns(kept, labels, auxiliary)
        columns |= reader.finding_columns(
            kept, requested.shared, measurements=features, sex=pl.Series(columns["sex"], dtype=pl.String)
        )
        is_required = labels in LABEL_SETS if self.require_label is None else self.require_label
        asked = [columns[f"y.{label}"] for label in requested.outcomes] if is_required else []
        is_labelled = _labelled(asked, kept.height)
        unlabelled, kept = kept.filter(~is_labelled), kept.filter(is_labelled)
        columns = {name: list(compress(values, is_labelled)) for name, values in columns.items()}
        flow = (
            _step("ECGs in the table", table),
            _step("withdrawn upstream (duplicates)", withdrawn, excluded=True),
            _step("no statement of the label set", unlabelled, excluded=True),
        )
        return SourceData(
            columns=columns,
            locations=tuple(_locations(folder, columns)),
            flow=tuple(step for step in flow if step.records or not step.excluded),
            labels=requested.outcomes,
            auxiliary=requested.auxiliary,
            official_split=tuple(convert(kept, "strat_fold", _official_split, file=DATABASE, key="ecg_id")),
        )

    def _tables(self, folder: Path, *, path: str) -> tuple[pl.DataFrame, PtbXlLabels]:
        """Return the table of ECGs, and how its statements become labels."""
        table = read_table(folder, DATABASE)
        needed = ["ecg_id", "patient_id", "age", "sex", "scp_codes", "strat_fold", path]
        require_columns(table, needed, file=str(folder / DATABASE))
        statements = read_table(folder, STATEMENTS)
        require_columns(statements, STATEMENT_COLUMNS, file=str(folder / STATEMENTS))
        vocabulary = ScpVocabulary.from_table(statements)
        return table, PtbXlLabels(vocabulary, self.min_likelihood, self.labels_from, DATABASE)

    def _features(self, folder: Path, ecg_ids: pl.Series) -> dict[str, pl.Series]:
        if not self.covariates:
            return {}
        if self.features is None:
            raise CohortError("data.*.covariates are features of PTB-XL+: set data.*.features to its folder")
        return read_features(folder / self.features, self.covariates, ecg_ids)


def _labelled(outcomes: list[list[object]], n: int) -> pl.Series:
    """Return whether an ECG has any of the labels, or may have; without labels all count."""
    if not outcomes:
        return pl.repeat(value=True, n=n, dtype=pl.Boolean, eager=True)
    rows = zip(*outcomes, strict=True)
    return pl.Series([any(value != 0 for value in values) for values in rows], dtype=pl.Boolean)


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
