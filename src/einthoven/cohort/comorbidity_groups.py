"""Conditions at the date of each ECG as groups of yes and no."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from einthoven.cohort.comorbidity import CodeList, code_lists, comorbidities
from einthoven.cohort.diagnosis_codes import CodeReport
from einthoven.cohort.settings import ComorbiditySettings
from einthoven.errors import SpecificationError

__all__ = ["with_comorbidities"]

LAST = datetime(9000, 1, 1)  # noqa: DTZ001 - after every code, as the tables' clocks without zone show it


def with_comorbidities(
    rows: pl.DataFrame,
    diagnoses: pl.DataFrame,
    *,
    settings: ComorbiditySettings,
    ecg_date_only: bool,
    notes: list[str],
) -> pl.DataFrame:
    """Return the rows with ``group.<condition>``: ``yes``, ``no``, or null where unknown.

    Parameters
    ----------
    rows : DataFrame
        ``record_id, patient_id, ecg_time`` and more, one per ECG.
    diagnoses : DataFrame
        ``patient_id, code, diagnosis_time``.
    settings : ComorbiditySettings
    ecg_date_only : bool
        Whether the times of the ECGs are dates without an hour.
    notes : list of str
        What could not be read of the codes is added here.
    """
    lists = _lists(settings)
    found = comorbidities(
        rows,
        diagnoses,
        conditions=lists,
        lookback_days=settings.lookback_days,
        same_day=settings.same_day,
        absent=settings.absent,
        ecg_date_only=ecg_date_only,
    )
    notes += _unread(found.report)
    said = found.table.select(
        pl.when(pl.col(name)).then(pl.lit("yes")).when(~pl.col(name)).then(pl.lit("no")).alias(f"group.{name}")
        for name in lists
    )
    if settings.later == "unknown":
        ever = rows.select("record_id", "patient_id", ecg_time=pl.lit(LAST))
        coded = comorbidities(ever, diagnoses, conditions=lists).table
        said = said.select(
            pl.when((pl.col(f"group.{name}") == "yes") | ~coded[name]).then(f"group.{name}").alias(f"group.{name}")
            for name in lists
        )
    return rows.hstack(said)


def _lists(settings: ComorbiditySettings) -> dict[str, CodeList]:
    own = {name: CodeList(icd10=codes) for name, codes in settings.codes.items()}
    lists = (code_lists(settings.conditions) if settings.conditions else {}) | own
    if not lists:
        raise SpecificationError("cohort.comorbidities names no condition: conditions = ['diabetes', 'hypertension']")
    return lists


def _unread(report: CodeReport) -> list[str]:
    counts = {
        "without patient, code or time": report.incomplete,
        f"with a code that is none (such as {', '.join(report.malformed_codes[:3])})": report.malformed,
        "in another coding system": report.other_system,
        "marked as suspected or excluded": report.not_confirmed,
    }
    told = [f"{count:,} {what}" for what, count in counts.items() if count]
    return [f"of {report.rows:,} diagnoses left out: {'; '.join(told)}"] if told else []
