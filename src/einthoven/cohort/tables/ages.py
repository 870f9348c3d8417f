"""Ages out of birth dates, and ECGs that contradict what is known of their patient."""

from __future__ import annotations

import polars as pl

from einthoven.cohort.tables.doubled_rows import Rows, shown, without
from einthoven.cohort.tables.same_person import DAYS_A_YEAR, MOST_YEARS_APART
from einthoven.errors import CohortError

__all__ = ["age_at", "with_patients"]

MOST_CONTRADICTIONS = 0.1


def age_at(time: pl.Expr, birth_date: pl.Expr) -> pl.Expr:
    """Return years from birth to a time.

    Examples
    --------
    >>> from datetime import datetime
    >>> table = pl.DataFrame({"birth": [datetime(1950, 7, 1)], "time": [datetime(2020, 1, 1)]})
    >>> table.select(age_at(pl.col("time"), pl.col("birth")))["time"].round(2).to_list()
    [69.5]
    """
    return (time - birth_date).dt.total_days().cast(pl.Float64) / DAYS_A_YEAR


def with_patients(rows: Rows, patients: pl.DataFrame, *, name: str) -> Rows:
    """Return ECGs with sex, age and all that only the table of patients knows, without those that contradict it.

    Where ECG and patient have another sex, or ages more than two years apart, one of the two tables speaks of somebody
    else: the ECG is left out and reported.

    Parameters
    ----------
    rows : Rows
        ECGs.
    patients : DataFrame
        One row each.
    name : str
        Of the ECGs, for messages.

    Raises
    ------
    CohortError
        When more than a tenth of the ECGs contradict: then the tables don't belong together.
    """
    ecgs = _complete(rows.table, "sex", pl.String, "U")
    ecgs = _complete(ecgs, "age_years", pl.Float32, None)
    known = patients.rename({column: f"patient.{column}" for column in patients.columns if column != "patient_id"})
    both = ecgs.join(known, on="patient_id", how="left", maintain_order="left")
    reasons = _contradictions(both)
    wrong = reasons.is_not_null()
    n_wrong, first = int(wrong.sum()), wrong.arg_max()
    if first is not None and n_wrong > 1 and n_wrong > MOST_CONTRADICTIONS * both.height:
        raise CohortError(
            f"{name}: {n_wrong:,} of {both.height:,} ECGs contradict the table of patients, the first in line "
            f"{rows.lines[first]} of patient {shown(both['patient_id'][first])}: {reasons[first]}; check that both "
            "tables mean the same patient_id"
        )
    kept = without("ecgs", Rows(both, rows.lines, rows.dropped), wrong, column="record_id", reasons=reasons)
    return Rows(_filled(kept.table, ecgs.columns), kept.lines, kept.dropped)


def _complete(table: pl.DataFrame, column: str, dtype: type[pl.DataType], value: str | None) -> pl.DataFrame:
    return table if column in table.columns else table.with_columns(pl.lit(value, dtype).alias(column))


def _contradictions(both: pl.DataFrame) -> pl.Series:
    """Return why an ECG is not that of the patient, null where nothing speaks against it."""
    reasons = [pl.lit(None, pl.String)]
    if "patient.sex" in both.columns:
        differs = (pl.col("sex") != pl.col("patient.sex")) & (pl.col("sex") != "U") & (pl.col("patient.sex") != "U")
        reason = pl.format("the sex is {} here and {} in the table of patients", "sex", "patient.sex")
        reasons.append(pl.when(differs).then(reason))
    if "patient.birth_date" in both.columns:
        expected = age_at(pl.col("ecg_time"), pl.col("patient.birth_date"))
        apart = (pl.col("age_years") - expected).abs() > MOST_YEARS_APART
        reason = pl.format("the age is {} and by the birth date {}", pl.col("age_years").round(1), expected.round(1))
        reasons.append(pl.when(apart).then(reason))
        early = pl.lit("the ECG was taken before the patient was born")
        reasons.append(pl.when(pl.col("ecg_time") < pl.col("patient.birth_date")).then(early))
    return both.select(pl.coalesce(reasons).alias("reason")).to_series()


def _filled(both: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """Fill what the ECGs don't say, and take over what only the patients have."""
    if "patient.sex" in both.columns:
        known = pl.col("patient.sex").fill_null("U")
        both = both.with_columns(sex=pl.when(pl.col("sex") == "U").then(known).otherwise("sex"))
    if "patient.birth_date" in both.columns:
        age = age_at(pl.col("ecg_time"), pl.col("patient.birth_date")).cast(pl.Float32)
        both = both.with_columns(age_years=pl.col("age_years").fill_null(age))
    taken = [column for column in both.columns if column.startswith(("patient.group.", "patient.covariate."))]
    if "site" not in columns and "patient.site" in both.columns:
        taken.append("patient.site")
    added = {column.removeprefix("patient."): column for column in taken}
    for column in added.keys() & set(columns):
        both = both.with_columns(pl.col(column).fill_null(pl.col(added.pop(column))))
    return both.select(*columns, *(pl.col(column).alias(name) for name, column in added.items()))
