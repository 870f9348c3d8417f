"""One id, one person: rows of a patient may complete each other, but a second sex or birth date is a second patient."""

from __future__ import annotations

import polars as pl

from einthoven.cohort.tables.doubled_rows import Rows, shown, without
from einthoven.cohort.tables.settings import OnError
from einthoven.errors import CohortError

__all__ = ["DAYS_A_YEAR", "MOST_YEARS_APART", "ages_note", "merge_patients", "one_sex_each"]

DAYS_A_YEAR = 365.25
# an age in whole years lies up to one below; a second year is the tolerance of recorders that count from January
MOST_YEARS_APART = 2.0

WORDS = {"sex": "two sexes", "birth_date": "two birth dates", "death_time": "two deaths"}


def merge_patients(rows: Rows, *, name: str, on_error: OnError = "refuse") -> Rows:
    """Return one row per patient.

    Parameters
    ----------
    rows : Rows
        Of a table of patients.
    name : str
        Of the table, for messages.
    on_error : ``refuse`` or ``drop``
        ``drop`` leaves out patients whose rows contradict each other.

    Raises
    ------
    CohortError
        Names the patient and both values.
    """
    if not rows.table["patient_id"].is_duplicated().any():
        return rows
    rest = [column for column in rows.table.columns if column != "patient_id"]
    rows = _without_torn("patients", rows, columns=rest, name=name, on_error=on_error)
    known = _without_unknown_sex(rows.table)
    merged = known.group_by("patient_id", maintain_order=True).agg(pl.col(rest).drop_nulls().first())
    if "sex" in merged.columns:
        merged = merged.with_columns(pl.col("sex").fill_null("U"))
    repeated = ~rows.table["patient_id"].is_first_distinct()
    reason = "the row was joined with the patient's first"
    kept = without("patients", rows, repeated, column="patient_id", reasons=reason)
    return Rows(merged.select(rows.table.columns), kept.lines, kept.dropped)


def one_sex_each(kind: str, rows: Rows, *, name: str, on_error: OnError = "refuse") -> Rows:
    """Refuse, or leave out, patients with two sexes in the rows of their ECGs."""
    return _without_torn(kind, rows, columns=["sex"], name=name, on_error=on_error)


def ages_note(ecgs: pl.DataFrame) -> list[str]:
    """Return a note where ages and times of a patient's ECGs imply births more than two years apart.

    Ages are typed in by hand at many recorders: they are no proof of two patients, but worth a look.
    """
    if not {"age_years", "ecg_time"} <= set(ecgs.columns):
        return []
    birth = pl.col("ecg_time").dt.epoch("d") / DAYS_A_YEAR - pl.col("age_years").cast(pl.Float64)
    apart = ecgs.group_by("patient_id", maintain_order=True).agg(years=birth.max() - birth.min())
    far = apart.filter(pl.col("years") > MOST_YEARS_APART)
    if far.is_empty():
        return []
    first = far["patient_id"][0]
    return [f"ages and times of ECGs don't fit one birth date in {far.height:,} patients, the first is {first!r}"]


def _without_torn(kind: str, rows: Rows, *, columns: list[str], name: str, on_error: OnError) -> Rows:
    """Refuse, or leave out, patients with two values of one of the columns."""
    known = _without_unknown_sex(rows.table)
    counts = known.group_by("patient_id", maintain_order=True).agg(pl.col(columns).drop_nulls().n_unique())
    torn = counts.filter(pl.any_horizontal(pl.col(columns) > 1)) if columns else counts.clear()
    if torn.is_empty():
        return rows
    column = next(column for column in columns if torn[column][0] > 1)
    message = _two_values(known, rows.lines, patient=torn["patient_id"][0], column=column)
    if on_error == "refuse":
        raise CohortError(
            f"{name}: {message}: two patients with one id, or a slip of typing; mend it, or leave such patients out by "
            "on_error = 'drop'"
        )
    gone = rows.table["patient_id"].is_in(torn["patient_id"].implode())
    return without(kind, rows, gone, column="patient_id", reasons="the rows of the patient contradict each other")


def _without_unknown_sex(table: pl.DataFrame) -> pl.DataFrame:
    is_known = pl.col("sex") != "U"
    return table.with_columns(sex=pl.when(is_known).then("sex")) if "sex" in table.columns else table


def _two_values(table: pl.DataFrame, lines: pl.Series, *, patient: str, column: str) -> str:
    rows = table.select(column, line=lines).filter(table["patient_id"] == patient).drop_nulls(column)
    (first, line), (second, other) = rows.unique(column, keep="first", maintain_order=True).rows()[:2]
    values = f"{shown(first)} (line {line}) and {shown(second)} (line {other})"
    return f"patient {patient!r} has {WORDS.get(column, f'two values of {column}')}, {values}"
