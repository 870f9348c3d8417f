"""EchoNext 1.1: 100,000 ECGs of 36,286 patients, each with findings of an echocardiogram (doi:10.13026/r9pp-3y42).

The signals are prepared beyond return: filtered, clipped and standardised lead by lead with constants that were not
published. They have no millivolts, and obey Einthoven's law only roughly; but that tells the order of the leads, which
is written nowhere. The files of waveforms hold no ids: row k of such a file is the k-th row of its part in the table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl

from einthoven.cohort.flow import FlowStep
from einthoven.cohort.sources.echonext_labels import echo_column, echo_labels
from einthoven.cohort.sources.published import (
    first_there,
    flow_step,
    identifiers,
    numbers,
    read_published,
    recoded,
)
from einthoven.cohort.sources.requested_labels import Columns, RequestedLabels
from einthoven.cohort.sources.source import LabelRequest, SourceData
from einthoven.ecg.formats import RecordLocation
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.errors import CohortError

__all__ = ["EchoNext"]

METADATA = "echonext_metadata_100k.csv"
ORIGIN = "get it from physionet.org/content/echonext/1.1.0"
SPLITS = {"train": "train", "val": "validation", "test": "test"}
EARLIER = "no_split"  # the earlier ECGs of the patients of validation and test
LAYOUT = {
    "axes": "record,one,sample,lead",
    "rate_hz": 250,
    "unit": "arbitrary",
    "leads": list(STANDARD_LEADS),
}
KEYS = ("ecg_key", "patient_key", "split", "age_at_ecg", "sex")
GROUPS = {"site": "location_setting", "year": "acquisition_year", "race_ethnicity": "race_ethnicity"}
COVARIATES = {
    "heart_rate_bpm": "ventricular_rate",
    "atrial_rate_bpm": "atrial_rate",
    "pr_ms": "pr_interval",
    "qrs_ms": "qrs_duration",
    "qtc_ms": "qt_corrected",
}


@dataclass(frozen=True)
class EchoNext:
    """Settings of the source.

    Attributes
    ----------
    path : str
        The folder with ``echonext_metadata_100k.csv`` and ``EchoNext_train_waveforms.npy`` and so on.
    unmeasured : ``unknown`` or ``negative``
        What a finding is whose measurement the echocardiogram does not hold. The owners write 0 there, also for what
        nobody looked at (more than half of the velocities of tricuspid regurgitation); ``negative`` takes that, as the
        published results do.
    earlier_ecgs : bool
        Keep the earlier ECGs of the patients of validation and test, in the part of their patient. The owners have
        them in no part; in training they would betray the patients who are tested.
    """

    path: str
    unmeasured: Literal["unknown", "negative"] = "unknown"
    earlier_ecgs: bool = False

    def load(self, labels: LabelRequest = "echonext", auxiliary: LabelRequest = ()) -> SourceData:
        """Read the table, and of each part's waveforms how many there are.

        Labels are the twelve findings, together ``echonext``, and the measurements ``lvef`` (%), ``ivs_cm``,
        ``lvpw_cm``, ``pasp_mmhg`` and ``tr_vmax_m_s``, whose columns hold values.

        Raises
        ------
        CohortError
            For a missing folder, table, file or column, an unknown label, or an unreadable cell.
        """
        own = echo_labels()
        sets = {"echonext": [name for name, label in own.items() if not label.is_value]}
        requested = RequestedLabels.of(labels, auxiliary, owner="EchoNext", own=own, own_sets=sets, findings=False)
        needed = dict.fromkeys(column for name in requested.own for column in (own[name].column, *own[name].measured))
        folder = Path(self.path)
        optional = (*GROUPS.values(), *COVARIATES.values())
        table = read_published(folder, METADATA, origin=ORIGIN, columns=(*KEYS, *needed), optional=optional)
        table = table.with_columns(row=pl.int_range(pl.len()).over("split"))
        _check_parts(folder, table if self.earlier_ecgs else table.filter(pl.col("split") != EARLIER))
        flow = [flow_step("ECGs in the table", table["patient_key"])]
        table = self._parts(table, flow)
        file = str(folder / METADATA)
        columns = _columns(table, file=file)
        for name in requested.own:
            columns[f"y.{name}"] = echo_column(own[name], table, unmeasured=self.unmeasured, file=file).to_list()
        return SourceData(
            columns=columns,
            locations=tuple(_locations(folder, table)),
            flow=tuple(flow),
            labels=requested.outcomes,
            auxiliary=requested.auxiliary,
            official_split=tuple(table["part"]),
        )

    def _parts(self, table: pl.DataFrame, flow: list[FlowStep]) -> pl.DataFrame:
        """Return the rows with the part of each patient; earlier ECGs of tested patients only if they are wanted."""
        part = table["split"].replace_strict(SPLITS, default=None, return_dtype=pl.String)
        table = table.with_columns(part=part).with_columns(part=pl.col("part").max().over("patient_key"))
        earlier = pl.col("part").is_null() if self.earlier_ecgs else pl.col("split") == EARLIER
        left_out = table.filter(earlier)
        if left_out.height:
            flow.append(
                flow_step("earlier ECGs of patients of validation and test", left_out["patient_key"], excluded=True)
            )
        return table.filter(~earlier)


def _check_parts(folder: Path, table: pl.DataFrame) -> None:
    """Refuse waveforms of another number than the table has rows of their part: each would get another's labels."""
    for (split,), rows in table.group_by("split", maintain_order=True):
        file = first_there(folder, (_waveforms(str(split)),), origin=ORIGIN)
        try:
            n_records = np.load(file, mmap_mode="r").shape[0]
        except (OSError, ValueError, IndexError) as error:
            raise CohortError(f"{file} can't be read as an array ({error}); {ORIGIN}") from error
        if n_records != rows.height:
            raise CohortError(
                f"{file} holds {n_records:,} ECGs and {METADATA} {rows.height:,} rows of {split!r}: row k of one must "
                "belong to row k of the other"
            )


def _waveforms(split: str) -> str:
    return f"EchoNext_{split}_waveforms.npy"


def _columns(table: pl.DataFrame, *, file: str) -> Columns:
    split = table["split"].to_list()
    columns: Columns = {
        "record_id": identifiers(table, "ecg_key", file=file).to_list(),
        "patient_id": identifiers(table, "patient_key", file=file).to_list(),
        "path": [f"{_waveforms(part)}[{row}]" for part, row in zip(split, table["row"], strict=True)],
        "age_years": numbers(table, "age_at_ecg", file=file).to_list(),
        # the release's text says 0 and 1, its table male and female
        "sex": recoded(table, "sex", {"male": "M", "female": "F", "1": "M", "0": "F"}, unknown="U").to_list(),
    }
    for name, column in GROUPS.items():
        if column in table.columns:
            columns[name if name == "site" else f"group.{name}"] = table[column].to_list()
    for name, column in COVARIATES.items():
        if column in table.columns:
            columns[f"covariate.{name}"] = numbers(table, column, file=file).to_list()
    return columns


def _locations(folder: Path, table: pl.DataFrame) -> Iterator[RecordLocation]:
    for key, patient, split, row in table.select("ecg_key", "patient_key", "split", "row").iter_rows():
        yield RecordLocation(key, f"{folder}/{_waveforms(split)}", "array", LAYOUT | {"row": row}, patient_id=patient)
