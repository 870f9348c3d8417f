"""CODE-15 %: 345,779 ECGs of 233,770 patients in Brazil (Ribeiro 2021, doi:10.5281/zenodo.4916206).

Six abnormalities, age, sex, and of each patient's first ECG whether and after how many years the patient died. Two
layouts are read: one file per ECG, ``meta.csv`` with ``org/*.mat``, and that of the owners, ``exams.csv`` with
``exams_part0.hdf5`` to ``exams_part17.hdf5``, whose ECGs of 7 to 10 s are filled with zeros to 4,096 samples;
these are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from einthoven.cohort.labels.presence import Presence
from einthoven.cohort.labels.vocabulary import vocabulary
from einthoven.cohort.sources.code15_parts import ORIGIN, in_parts
from einthoven.cohort.sources.published import (
    first_there,
    flow_step,
    identifiers,
    numbers,
    read_published,
    recoded,
    yes_no,
)
from einthoven.cohort.sources.requested_labels import (
    Columns,
    FindingLabels,
    RequestedLabels,
    finding_columns,
    known_only,
)
from einthoven.cohort.sources.source import LabelRequest, SourceData
from einthoven.ecg.formats import RecordLocation
from einthoven.ecg.leads import STANDARD_LEADS

__all__ = ["Code15"]

EXAMS, FILES = "exams.csv", "meta.csv"
CONCEPTS = {
    "1dAVb": "first_degree_av_block",
    "RBBB": "right_bundle_branch_block",
    "LBBB": "left_bundle_branch_block",
    "SB": "sinus_bradycardia",
    "ST": "sinus_tachycardia",
    "AF": "atrial_fibrillation",
}
ABNORMALITIES = tuple(CONCEPTS)
NORMAL = "normal_ecg"
RATE_HZ = 400
DAYS_PER_YEAR = 365.25


@dataclass(frozen=True)
class Code15:
    """Settings of the source.

    Attributes
    ----------
    path : str
        The folder with ``exams.csv`` or ``meta.csv``.
    unit : str
        What a stored value times ``scale`` is in. The owners write it nowhere, and do not agree on that of their test
        set ("1e-4 V", "millivolts"). Taken for mV, the ECGs are twice as large as anybody else's: the median
        peak-to-peak amplitude of ten is 2.3, that of a hundred of PTB-XL 1.1, both at 0.5 to 40 Hz; a factor of 0.5
        is also what others found (github.com/antonior92/ecg-age-prediction/issues/5). So nothing is claimed:
        ``arbitrary``. Who needs millivolts may say ``mV`` with a scale of 0.5, or of 1, as models that were trained on
        CODE expect.
    scale : float
    """

    path: str
    unit: str = "arbitrary"
    scale: float = 1.0

    def load(self, labels: LabelRequest = "code15", auxiliary: LabelRequest = ()) -> SourceData:
        """Read the tables, and of each HDF5 file which ECGs it holds.

        Labels are the owners' (``1dAVb``, ``RBBB``, ``LBBB``, ``SB``, ``ST``, ``AF``, together ``code15``, and
        ``normal_ecg``) and those of findings; a finding that the owners did not look for is unknown.

        Raises
        ------
        CohortError
            For a missing folder, table, file or column, an unknown label, or an unreadable cell.
        """
        own = (*ABNORMALITIES, NORMAL)
        requested = RequestedLabels.of(
            labels, auxiliary, owner="CODE-15 %", own=own, own_sets={"code15": ABNORMALITIES}
        )
        folder = Path(self.path)
        name = first_there(folder, (EXAMS, FILES), origin=ORIGIN).name
        where = "trace_file" if name == EXAMS else "save_file"
        wanted = ("exam_id", "patient_id", "age", "is_male", *ABNORMALITIES, where)
        table = read_published(folder, name, origin=ORIGIN, columns=wanted, optional=(NORMAL, "death", "timey"))
        file = str(folder / name)
        table = table.with_columns(
            identifiers(table, "exam_id", file=file),
            identifiers(table, "patient_id", file=file),
            identifiers(table, where, file=file),
        )
        flow = [flow_step("ECGs in the table", table["patient_id"])]
        if name == EXAMS:
            table = in_parts(folder, table, flow)
        else:
            table = table.with_columns(path="org/" + pl.col("save_file"), row=pl.lit(None, pl.Int64))
        columns = _columns(table, file=file)
        columns |= {f"y.{label}": yes_no(table, label, file=file).to_list() for label in requested.own}
        return SourceData(
            columns=columns | _findings(table, requested.shared, file=file),
            locations=tuple(self._locations(folder, table)),
            flow=tuple(flow),
            labels=requested.outcomes,
            auxiliary=requested.auxiliary,
        )

    def _locations(self, folder: Path, table: pl.DataFrame) -> Iterator[RecordLocation]:
        declared = {"rate_hz": RATE_HZ, "unit": self.unit, "scale": self.scale, "leads": list(STANDARD_LEADS)}
        in_parts = declared | {"axes": "record,sample,lead", "dataset": "tracings", "padding": "zero"}
        alone = declared | {"axes": "lead,sample", "dataset": "feats"}
        for exam, patient, path, row in table.select("exam_id", "patient_id", "path", "row").iter_rows():
            options = alone if row is None else in_parts | {"row": row}
            yield RecordLocation(exam, f"{folder}/{path}", "array", options, patient_id=patient)


def _columns(table: pl.DataFrame, *, file: str) -> Columns:
    age = numbers(table, "age", file=file)
    columns: Columns = {
        "record_id": table["exam_id"].to_list(),
        "patient_id": table["patient_id"].to_list(),
        "path": table["path"].to_list(),
        "age_years": age.to_list(),
        "sex": recoded(table, "is_male", {"true": "M", "false": "F", "1": "M", "0": "F"}, unknown="U").to_list(),
    }
    if "death" in table.columns and "timey" in table.columns:
        death, years = yes_no(table, "death", file=file), numbers(table, "timey", file=file)
        columns["event.death"] = death.cast(pl.Boolean).to_list()
        columns["event_days.death"] = (years * DAYS_PER_YEAR).to_list()
    return columns


def _findings(table: pl.DataFrame, names: tuple[str, ...], *, file: str) -> Columns:
    """Return the columns of labels of findings: only six were looked for."""
    if not names:
        return {}
    answers = table.select(yes_no(table, label, file=file) for label in ABNORMALITIES)
    different = answers.unique(maintain_order=True).with_row_index("row_of")
    joined = answers.join(different, on=ABNORMALITIES, how="left", maintain_order="left", nulls_equal=True)
    found = [_closed(row) for row in different.select(ABNORMALITIES).iter_rows()]
    columns = finding_columns(FindingLabels(found, joined["row_of"], {}), names)
    return known_only(columns, answered=frozenset(CONCEPTS.values()))


def _closed(answers: tuple[float | None, ...]) -> Mapping[str, Presence] | None:
    if None in answers:
        return None
    present = [CONCEPTS[label] for label, answer in zip(ABNORMALITIES, answers, strict=True) if answer]
    return vocabulary().closure(dict.fromkeys(present, "present"))
