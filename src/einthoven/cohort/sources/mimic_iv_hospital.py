"""Age, sex, diagnoses and deaths of the patients of MIMIC-IV (Johnson 2023, doi:10.1038/s41597-022-01899-x).

What the owners write (mimic.mit.edu/docs/iv/modules/hosp) and this file follows:

* a patient's age is known in one year, ``anchor_year``; 91 stands for all ages above 89: the cohort writes 90 from
  that year on, and nothing before;
* diagnoses are coded after the stay for billing: each counts from the **discharge**, never from the admission; until
  2015 in ICD-9, which shares spellings of other meanings with ICD-10, so that the version stands beside the code;
* ``dod`` is a date, known until one year after the last discharge: without it, a patient lived at least until then.
  Those who were never admitted are known to be alive until their last ECG.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from einthoven.cohort.sources.published import identifiers, numbers, read_published, recoded, times

__all__ = ["HospitalTables", "read_hospital"]

ORIGIN = "it is the folder hosp of physionet.org/content/mimiciv"
ANCHOR_OVER_89 = 91
AGE_OVER_89 = 90.0
KNOWN_AFTER_DISCHARGE = "365d"


@dataclass(frozen=True, slots=True, eq=False)
class HospitalTables:
    """What the hospital knows.

    Attributes
    ----------
    age_years, sex : Series
        One entry per ECG.
    diagnoses, events : DataFrame, optional
        In the canonical columns of ``einthoven.cohort.tables``.
    """

    age_years: pl.Series
    sex: pl.Series
    diagnoses: pl.DataFrame | None = None
    events: pl.DataFrame | None = None

    @classmethod
    def unknown(cls, ecgs: pl.DataFrame) -> HospitalTables:
        """Return nothing known of any ECG."""
        return cls(pl.repeat(None, ecgs.height, dtype=pl.Float64, eager=True), pl.repeat("U", ecgs.height, eager=True))


def read_hospital(folder: Path, ecgs: pl.DataFrame) -> HospitalTables:
    """Return what the tables say of the patients of ``ecgs`` (columns ``patient_id`` and ``ecg_time``).

    Raises
    ------
    CohortError
        For a missing folder, table or column, or an unreadable cell.
    """
    patients = _patients(folder, ecgs)
    stays = _stays(folder, patients)
    rows = ecgs.select("patient_id", "ecg_time").join(patients, on="patient_id", how="left", maintain_order="left")
    years = pl.col("anchor_age") + pl.col("ecg_time").dt.year() - pl.col("anchor_year")
    is_later = pl.col("ecg_time").dt.year() >= pl.col("anchor_year")
    oldest = pl.when(is_later).then(AGE_OVER_89)  # how old somebody above 89 was years before is not known
    age = pl.when(pl.col("anchor_age") >= ANCHOR_OVER_89).then(oldest).otherwise(years)
    return HospitalTables(
        age_years=rows.select(age=pl.when((age >= 0) & (age <= 130)).then(age))["age"],
        sex=rows["sex"].fill_null("U"),
        diagnoses=_diagnoses(folder, stays),
        events=_events(ecgs, patients, stays),
    )


def _patients(folder: Path, ecgs: pl.DataFrame) -> pl.DataFrame:
    name = "patients.csv"
    wanted = ("subject_id", "gender", "anchor_age", "anchor_year", "dod")
    table = read_published(folder, name, origin=ORIGIN, columns=wanted)
    table = table.select(
        identifiers(table, "subject_id", file=name).alias("patient_id"),
        recoded(table, "gender", {"f": "F", "m": "M"}, unknown="U").alias("sex"),
        numbers(table, "anchor_age", file=name),
        numbers(table, "anchor_year", file=name),
        times(table, "dod", file=name),
    )
    return table.join(ecgs.select("patient_id").unique(), on="patient_id", how="semi").unique("patient_id")


def _stays(folder: Path, patients: pl.DataFrame) -> pl.DataFrame:
    name = "admissions.csv"
    wanted = ("subject_id", "hadm_id", "dischtime")
    table = read_published(folder, name, origin=ORIGIN, columns=wanted, optional=("deathtime",))
    died = times(table, "deathtime", file=name) if "deathtime" in table.columns else pl.lit(None, pl.Datetime("us"))
    table = table.select(
        identifiers(table, "subject_id", file=name).alias("patient_id"),
        identifiers(table, "hadm_id", file=name),
        times(table, "dischtime", file=name),
        died.alias("deathtime"),
    )
    return table.join(patients, on="patient_id", how="semi")


def _diagnoses(folder: Path, stays: pl.DataFrame) -> pl.DataFrame:
    name = "diagnoses_icd.csv"
    table = read_published(folder, name, origin=ORIGIN, columns=("hadm_id", "icd_code", "icd_version"))
    table = table.with_columns(identifiers(table, "hadm_id", file=name)).filter(pl.col("icd_code").is_not_null())
    return (
        table.join(stays, on="hadm_id", how="inner", maintain_order="left")
        .filter(pl.col("dischtime").is_not_null())
        .select("patient_id", code="icd_code", diagnosis_time="dischtime", icd_version="icd_version")
    )


def _events(ecgs: pl.DataFrame, patients: pl.DataFrame, stays: pl.DataFrame) -> pl.DataFrame:
    """Return death and last contact of each patient.

    A death in hospital has its time; of others only the date is known, and the end of that day is taken, so that it
    never lies before an ECG of the same day.
    """
    last_ecg = ecgs.group_by("patient_id").agg(pl.col("ecg_time").max())
    last_stay = stays.group_by("patient_id").agg(pl.col("dischtime").max(), pl.col("deathtime").max())
    followed = pl.max_horizontal(pl.col("dischtime").dt.offset_by(KNOWN_AFTER_DISCHARGE), "ecg_time")
    death = pl.coalesce("deathtime", pl.col("dod").dt.offset_by("1d").dt.offset_by("-1s"))
    return (
        last_ecg.join(patients, on="patient_id", how="inner")
        .join(last_stay, on="patient_id", how="left")
        .select("patient_id", pl.coalesce(death, followed).alias("last_contact"), death.alias("death_time"))
        .sort("patient_id")
    )
