"""Diagnosis codes as hospitals write them: ICD-10 with its national extensions, and ICD-9-CM where a column says so.

``i48.0``, ``I480``, ``I48.01 G``, ``E10.30+`` and ``I25.-`` are read; capital letters, dots and blanks don't matter.
Behind a blank, ICD-10-GM writes how certain a diagnosis of outpatients is: G confirmed, Z a state after it, V
suspected, A excluded (BfArM, https://www.bfarm.de, "Zusatzkennzeichen"); codes marked V or A are no diagnoses.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from einthoven.errors import CohortError
from einthoven.registry import nearest

__all__ = ["CodeReport", "ReadCodes", "read_codes"]

# three characters, of which the third may be a letter in ICD-10-CM (C7A, I5A), and up to four more behind the dot
ICD10 = r"^[A-Z][0-9][0-9A-Z]\.?[0-9A-Z]{0,4}$"
# chapters, V codes (health status) and E codes (external causes) of ICD-9-CM
ICD9 = r"^(?:[0-9]{3}\.?[0-9]{0,2}|V[0-9]{2}\.?[0-9]{0,2}|E[0-9]{3}\.?[0-9]?)$"
# "10", "ICD-10-GM", "ICD10CM", "KCD-7"; "9", "ICD9CM"
SYSTEM_10 = r"^(?:ICD)?[-_ ]*10|^I10|^KCD"
SYSTEM_9 = r"^(?:ICD)?[-_ ]*0?9|^I9"
# of certainty and of the side, behind the code
MARKS = r"[\s,;]+([GVAZRLB][\sGVAZRLB]*)$"
# dagger, asterisk and exclamation mark of ICD-10-GM's double coding, and "I25.-" for no subcategory
TAIL = r"[-.+*!†#\s]+$"
SYSTEM_COLUMNS = ("system", "version", "icd_version")
KEYS = ("code", *SYSTEM_COLUMNS, "certainty")
SHOWN = 10


@dataclass(frozen=True, slots=True)
class CodeReport:
    """What became of the rows of a table of diagnoses; the counts add up to ``rows``.

    Attributes
    ----------
    rows, read : int
        All rows, and those that are diagnoses of a patient at a time.
    incomplete : int
        Rows without a patient, a code or a time.
    malformed : int
        Rows whose code is none of its system.
    other_system : int
        Rows of a coding system other than ICD-10 and ICD-9-CM, or of none where a column names it.
    not_confirmed : int
        Rows marked as suspected or excluded.
    malformed_codes : tuple of str
        The most frequent ones, as they are written.
    """

    rows: int
    read: int
    incomplete: int
    malformed: int
    other_system: int
    not_confirmed: int
    malformed_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ReadCodes:
    """The distinct codes of a table.

    Attributes
    ----------
    table : DataFrame
        The columns of ``keys`` as they are written, ``system`` read as ``icd10`` or ``icd9cm`` in column ``coding``,
        and ``plain``: capital letters and digits alone. Codes that can't be used are left out.
    keys : tuple of str
        Columns by which a row of the diagnoses finds its code.
    report : CodeReport
    """

    table: pl.DataFrame
    keys: tuple[str, ...]
    report: CodeReport


def read_codes(diagnoses: pl.DataFrame) -> ReadCodes:
    """Read the distinct codes of a table of diagnoses, and count what can't be read.

    Parameters
    ----------
    diagnoses : DataFrame
        ``patient_id``, ``code``, ``diagnosis_time``; optionally ``system``, ``version`` or ``icd_version``, and
        ``certainty`` (G, Z, V or A, as in ICD-10-GM). Without a system all codes are ICD-10: a table that holds
        ICD-9-CM too needs one, as an accident of its chapter E reads like a metabolic disease.

    Raises
    ------
    CohortError
        When a column is missing, or codes are numbers, which have lost their leading zeros.
    """
    for name in ("patient_id", "code", "diagnosis_time"):
        if name not in diagnoses.columns:
            raise CohortError(f"the diagnoses have no column {name!r}{nearest(name, diagnoses.columns)}")
    if diagnoses.schema["code"] not in (pl.String, pl.Categorical, pl.Null):
        raise CohortError(f"codes of diagnoses are text, got {diagnoses.schema['code']}; read the column as text")
    _check_certainty(diagnoses)
    keys = tuple(name for name in KEYS if name in diagnoses.columns)
    complete = pl.all_horizontal(pl.col("patient_id", "code", "diagnosis_time").is_not_null())
    distinct = diagnoses.group_by(keys).agg(rows=complete.sum())
    judged = _judge(distinct.filter(pl.col("code").is_not_null(), pl.col("rows") > 0))
    report = _report(judged, rows=diagnoses.height)
    return ReadCodes(judged.filter(pl.col("verdict") == "read").select(*keys, "coding", "plain"), keys, report)


def _check_certainty(diagnoses: pl.DataFrame) -> None:
    if "certainty" not in diagnoses.columns:
        return
    written = diagnoses["certainty"].cast(pl.String).unique().drop_nulls()
    foreign = written.filter(~written.str.to_uppercase().is_in(["G", "Z", "V", "A", ""])).sort()
    if len(foreign):
        raise CohortError(
            f"column 'certainty' of the diagnoses holds G (confirmed), Z (state after), V (suspected) or A (excluded), "
            f"got {foreign[0]!r}; translate the values, or leave out what is not confirmed"
        )


def _judge(distinct: pl.DataFrame) -> pl.DataFrame:
    """Add ``coding``, ``plain`` and ``verdict`` to the distinct codes."""
    written = pl.col("code").cast(pl.String).str.strip_chars().str.to_uppercase()
    marks = written.str.extract(MARKS).fill_null("")
    if "certainty" in distinct.columns:
        marks += pl.col("certainty").cast(pl.String).str.to_uppercase().fill_null("")
    code = written.str.replace(MARKS, "").str.replace(TAIL, "").str.replace_all(r"\s", "")
    table = distinct.with_columns(coding=_coding(distinct), marks=marks, plain=code)
    well_formed = (
        pl.when(pl.col("coding") == "icd9cm").then(code.str.contains(ICD9)).otherwise(code.str.contains(ICD10))
    )
    return table.with_columns(
        plain=pl.col("plain").str.replace_all(".", "", literal=True),
        verdict=pl.when(pl.col("coding").is_null())
        .then(pl.lit("other system"))
        .when(~well_formed)
        .then(pl.lit("malformed"))
        .when(pl.col("marks").str.contains("[VA]"))
        .then(pl.lit("not confirmed"))
        .otherwise(pl.lit("read")),
    )


def _coding(distinct: pl.DataFrame) -> pl.Expr:
    column = next((name for name in SYSTEM_COLUMNS if name in distinct.columns), None)
    if column is None:
        return pl.lit("icd10")
    system = pl.col(column).cast(pl.String).str.strip_chars().str.to_uppercase()
    is_10, is_9 = system.str.contains(SYSTEM_10), system.str.contains(SYSTEM_9)
    return pl.when(is_10).then(pl.lit("icd10")).when(is_9).then(pl.lit("icd9cm"))


def _report(judged: pl.DataFrame, *, rows: int) -> CodeReport:
    counts = dict(judged.group_by("verdict").agg(pl.col("rows").sum()).iter_rows())
    malformed = judged.filter(pl.col("verdict") == "malformed").group_by("code").agg(pl.col("rows").sum())
    shown = malformed.sort(["rows", "code"], descending=[True, False]).head(SHOWN)["code"].cast(pl.String)
    return CodeReport(
        rows=rows,
        read=counts.get("read", 0),
        incomplete=rows - sum(counts.values()),
        malformed=counts.get("malformed", 0),
        other_system=counts.get("other system", 0),
        not_confirmed=counts.get("not confirmed", 0),
        malformed_codes=tuple(shown.to_list()),
    )
