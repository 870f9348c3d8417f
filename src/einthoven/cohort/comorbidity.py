"""Which conditions were known of a patient when an ECG was taken, from coded diagnoses with their dates.

A condition is true when one of its codes (``comorbidities.toml``, with the source of each list) was recorded for the
patient at or before the time of the ECG; a code that was recorded later says nothing of the ECG, or would tell it the
future. Which conditions were coded depends on why a patient came: no code is weaker evidence than a code.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, Literal

import polars as pl

from einthoven.cohort.diagnosis_codes import CodeReport, ReadCodes, read_codes
from einthoven.errors import CohortError, SpecificationError
from einthoven.registry import nearest

__all__ = ["CodeList", "Comorbidities", "code_lists", "comorbidities"]

CODING = {"icd10": re.compile(r"[A-Z][0-9][0-9A-Z]*"), "icd9cm": re.compile(r"(?:[0-9]{3}|V[0-9]{2}|E[0-9]{3})[0-9]*")}


@dataclass(frozen=True, slots=True)
class CodeList:
    """The codes of one condition: a code belongs to it when it begins with one of these.

    Attributes
    ----------
    icd10, icd9cm : tuple of str
        ``I48``, ``I42.1``; ``I20-I25`` and ``I42.5-I42.9`` for ranges. Dots are optional.
    words, source : str
        What the condition is called, and where the list is published.

    Raises
    ------
    SpecificationError
        For what is no beginning of a code, and for a list without codes.
    """

    icd10: tuple[str, ...] = ()
    icd9cm: tuple[str, ...] = ()
    words: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        if not self.icd10 and not self.icd9cm:
            raise SpecificationError("a list of codes is empty; write codes such as ['I48', 'I20-I25']")
        self.prefixes()

    def prefixes(self) -> tuple[tuple[str, str], ...]:
        """Return all beginnings as pairs of coding and plain code, ranges written out."""
        both = {"icd10": self.icd10, "icd9cm": self.icd9cm}
        return tuple(
            (coding, plain) for coding, codes in both.items() for code in codes for plain in _plain(code, coding)
        )


@dataclass(frozen=True, slots=True, eq=False)
class Comorbidities:
    """Conditions of each ECG.

    Attributes
    ----------
    table : DataFrame
        ``record_id`` and one Boolean column per condition, in the order of the ECGs; null where unknown.
    report : CodeReport
        What became of the rows of the diagnoses.
    """

    table: pl.DataFrame
    report: CodeReport


def code_lists(names: Sequence[str] | None = None) -> dict[str, CodeList]:
    """Return the lists that einthoven ships, by the name of their condition; all of them, or those named.

    Raises
    ------
    SpecificationError
        For a name that has no list, with the nearest.

    Examples
    --------
    >>> code_lists()["atrial_fibrillation"].icd10
    ('I48',)
    """
    shipped = _shipped()
    for name in names or ():
        if name not in shipped:
            raise SpecificationError(f"there is no list of codes for {name!r}{nearest(name, shipped)}")
    return dict(shipped) if names is None else {name: shipped[name] for name in names}


def comorbidities(
    ecgs: pl.DataFrame,
    diagnoses: pl.DataFrame,
    *,
    conditions: Sequence[str] | Mapping[str, CodeList | Sequence[str]],
    lookback_days: float | None = None,
    same_day: bool = True,
    absent: Literal["no", "unknown"] = "no",
    ecg_date_only: bool | None = None,
) -> Comorbidities:
    """Say of each ECG which conditions had been recorded of its patient by then.

    Parameters
    ----------
    ecgs : DataFrame
        ``record_id``, ``patient_id``, ``ecg_time`` (Datetime or Date); an ECG without a time has unknown conditions.
    diagnoses : DataFrame
        ``patient_id``, ``code``, ``diagnosis_time``, and optionally what ``read_codes`` knows.
    conditions : sequence of str, or mapping of name to codes
        Names of ``code_lists()``, or own lists: beginnings of ICD-10 codes, or a ``CodeList``.
    lookback_days : float, optional
        Only codes of so many days before the day of the ECG count. By default all do, which suits chronic conditions.
    same_day : bool
        Whether a code of the ECG's own day counts when the hour of one of the two is unknown. True by default: a
        chronic condition that is coded on the day of an ECG was there before. With False such codes are left out, as
        an acute diagnosis of that day may rest on the ECG.
    absent : ``no`` or ``unknown``
        What it means that a patient has no row in ``diagnoses`` at all. ``no`` (default) is right when the table
        covers everybody whose ECGs are studied, ``unknown`` when it is an extract of some.
    ecg_date_only : bool, optional
        Whether the ECGs have a day only; by default, when all their times are midnight.

    Returns
    -------
    Comorbidities
    """
    lists = _requested(conditions)
    _check(ecgs, lists, lookback_days=lookback_days)
    codes = read_codes(diagnoses)
    _check_types(ecgs, diagnoses)
    if diagnoses.schema["patient_id"] == pl.Null:  # a table without rows has no types
        diagnoses = diagnoses.with_columns(pl.col("patient_id").cast(ecgs.schema["patient_id"]))
    found = _recorded(diagnoses, codes, lists, same_day=same_day)
    window = _windows(ecgs, lookback_days=lookback_days, same_day=same_day, date_only=ecg_date_only)
    table = _earliest(window, found, tuple(lists)) if lookback_days is None else _latest(window, found, tuple(lists))
    if absent == "unknown":
        listed = diagnoses.select("patient_id", pl.lit(True).alias(".listed")).unique()
        table = table.join(listed, on="patient_id", how="left", maintain_order="left")
        table = table.with_columns(pl.when(".listed").then(name).alias(name) for name in lists)
    return Comorbidities(table.select("record_id", *lists), codes.report)


@functools.cache
def _shipped() -> Mapping[str, CodeList]:
    text = resources.files("einthoven.cohort").joinpath("comorbidities.toml").read_text(encoding="utf-8")
    document = tomllib.loads(text)
    sources = {name: " ".join(words.split()) for name, words in document["sources"].items()}
    return {
        name: CodeList(
            icd10=_joined(document["conditions"], name, "icd10"),
            icd9cm=_joined(document["conditions"], name, "icd9cm"),
            words=entry["words"],
            source=sources[entry["source"]],
        )
        for name, entry in document["conditions"].items()
    }


def _plain(code: str, coding: str) -> Iterator[str]:
    """Write a range out: ``I20-I25`` is I20, I21 ... I25, ``425.4-425.9`` is 4254, 4255 ... 4259."""
    ends = [end.strip().upper().replace(".", "") for end in code.split("-")]
    if not all(CODING[coding].fullmatch(end) for end in ends) or len(ends) > 2 or len(ends[0]) != len(ends[-1]):
        raise SpecificationError(f"{code!r} is no beginning of {coding} codes; write I48, I42.1 or I20-I25")
    letter = ends[0][:1] if ends[0][:1].isalpha() else ""
    digits = [end.removeprefix(letter) for end in ends]
    if len(ends) == 1:
        yield ends[0]
    elif not all(part.isdigit() for part in digits) or int(digits[0]) > int(digits[1]):
        raise SpecificationError(f"{code!r} is no range of codes; write I20-I25 or I42.5-I42.9")
    else:
        for number in range(int(digits[0]), int(digits[1]) + 1):
            yield letter + str(number).zfill(len(digits[0]))


def _joined(entries: Mapping[str, Any], name: str, coding: str) -> tuple[str, ...]:
    entry = entries[name]
    own: list[str] = list(entry.get(coding, []))
    others = [code for other in entry.get("same_as", []) for code in _joined(entries, other, coding)]
    return tuple(dict.fromkeys(own + others))


def _requested(conditions: Sequence[str] | Mapping[str, CodeList | Sequence[str]]) -> dict[str, CodeList]:
    if isinstance(conditions, str) or not conditions:
        raise SpecificationError(f"conditions are a list of names such as ['diabetes'], got {conditions!r}")
    if isinstance(conditions, Mapping):
        return {name: _own_list(name, codes) for name, codes in conditions.items()}
    return code_lists(conditions)


def _own_list(name: str, codes: CodeList | Sequence[str]) -> CodeList:
    if isinstance(codes, CodeList):
        return codes
    if isinstance(codes, str):
        raise SpecificationError(f"condition {name!r}: write a list of codes such as ['I48'], got {codes!r}")
    try:
        return CodeList(icd10=tuple(codes))
    except SpecificationError as error:
        raise SpecificationError(f"condition {name!r}: {error}") from error


def _check(ecgs: pl.DataFrame, lists: Mapping[str, CodeList], *, lookback_days: float | None) -> None:
    for name in ("record_id", "patient_id", "ecg_time"):
        if name not in ecgs.columns:
            raise CohortError(f"the ECGs have no column {name!r}{nearest(name, ecgs.columns)}")
        if name in lists:
            raise SpecificationError(f"a condition can't be called {name!r}, which is a column of the ECGs")
    if lookback_days is not None and not lookback_days >= 0:
        raise SpecificationError(f"lookback_days is a number of days, 0 or more, got {lookback_days}")


def _check_types(ecgs: pl.DataFrame, diagnoses: pl.DataFrame) -> None:
    for table, name in ((ecgs, "ecg_time"), (diagnoses, "diagnosis_time")):
        if table.schema[name] not in (pl.Datetime, pl.Date, pl.Null):
            raise CohortError(f"column {name!r} holds dates or times, got {table.schema[name]}; read it as one of them")
    ids = ecgs.schema["patient_id"], diagnoses.schema["patient_id"]
    if ids[0] != ids[1] and ids[1] != pl.Null:
        raise CohortError(f"patient_id is {ids[0]} in the ECGs and {ids[1]} in the diagnoses; read both as text")


def _recorded(
    diagnoses: pl.DataFrame, codes: ReadCodes, lists: Mapping[str, CodeList], *, same_day: bool
) -> pl.DataFrame:
    """Return ``patient_id, condition, time, day``: from when on each recorded code counts, and its own day."""
    prefixes = pl.DataFrame(
        [
            (name, coding, plain, len(plain))
            for name, codes_of in lists.items()
            for coding, plain in codes_of.prefixes()
        ],
        schema={"condition": pl.String, "coding": pl.String, "prefix": pl.String, "length": pl.Int64},
        orient="row",
    )
    parts = [
        codes.table.with_columns(prefix=pl.col("plain").str.slice(0, length))
        .join(of_length.drop("length"), on=["coding", "prefix"])
        .select(*codes.keys, "condition")
        for (length,), of_length in prefixes.group_by("length")
    ]
    meant = pl.concat(parts).unique()
    recorded = pl.col("diagnosis_time").cast(pl.Datetime("us"))
    day, time = recorded.dt.truncate("1d"), recorded
    if not same_day:  # a day without an hour counts from the next day on
        time = pl.when(day == recorded).then(day + dt.timedelta(days=1)).otherwise(recorded)
    complete = pl.all_horizontal(pl.col("patient_id", "diagnosis_time").is_not_null())
    found = diagnoses.filter(complete).join(meant, on=codes.keys)
    return found.select("patient_id", "condition", time=time, day=day)


def _windows(
    ecgs: pl.DataFrame, *, lookback_days: float | None, same_day: bool, date_only: bool | None
) -> pl.DataFrame:
    """Return ``record_id, patient_id, first, last``: between which times a code counts."""
    time = pl.col("ecg_time").cast(pl.Datetime("us"))
    day = time.dt.truncate("1d")
    if date_only is None:
        date_only = bool(ecgs.select((time == day).all()).item())
    last = time
    if date_only and same_day:  # the codes of that day with an hour count too
        last = day + dt.timedelta(days=1) - dt.timedelta(microseconds=1)
    first = None if lookback_days is None else day - dt.timedelta(days=lookback_days)
    return ecgs.select("record_id", "patient_id", **{".first": first, ".last": last})


def _earliest(window: pl.DataFrame, found: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Say per ECG whether the first code of each condition had been recorded by then."""
    since = found.pivot(on="condition", on_columns=names, index="patient_id", values="time", aggregate_function="min")
    table = window.join(since, on="patient_id", how="left", maintain_order="left")
    known = pl.col(".last").is_not_null() & pl.col("patient_id").is_not_null()
    return table.with_columns(
        pl.when(known).then((pl.col(name) <= pl.col(".last")).fill_null(False)).alias(name) for name in names
    )


def _latest(window: pl.DataFrame, found: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Say per ECG whether the last code of each condition by then lies in its window."""
    rows = window.with_row_index(".row")
    placed = rows.drop_nulls([".last", "patient_id"]).sort(".last")
    ordered = found.sort("time")
    for name in names:
        codes = ordered.filter(pl.col("condition") == name).select("patient_id", "time", "day")
        # both are sorted by time as a whole, so also within each patient
        joined = placed.select("patient_id", ".first", ".last").join_asof(
            codes, left_on=".last", right_on="time", by="patient_id", strategy="backward", check_sortedness=False
        )
        placed = placed.with_columns(joined.select((pl.col("day") >= pl.col(".first")).fill_null(False).alias(name)))
    return rows.join(placed.select(".row", *names), on=".row", how="left", maintain_order="left")
