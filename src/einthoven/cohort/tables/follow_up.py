"""What happened to a patient after each ECG, and until when that is known."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from einthoven.cohort.tables.typed_table import TypedTable

__all__ = ["FollowUp", "follow_up_columns", "is_by_date", "with_deaths"]

SECONDS_A_DAY = 86_400


class FollowUp(NamedTuple):
    """Columns ``event.<e>`` Boolean and ``event_days.<e>`` Float64, one row per ECG, and what was left open."""

    table: pl.DataFrame
    notes: tuple[str, ...]


def with_deaths(events: pl.DataFrame | None, patients: pl.DataFrame | None) -> pl.DataFrame | None:
    """Return the events with the deaths of the table of patients, where the events say nothing of deaths.

    Only of patients who were followed: of the others nobody knows that they lived, so the dead among them would be all.
    """
    if events is None or patients is None or "death_time" not in patients.columns or "death_time" in events.columns:
        return events
    deaths = patients.select("patient_id", "death_time").drop_nulls()
    return events.join(deaths, on="patient_id", how="left", maintain_order="left")


def follow_up_columns(ecgs: pl.DataFrame, events: pl.DataFrame, *, by_date: bool) -> FollowUp:
    """Return what is known of each event from each ECG on.

    An event after the ECG is counted when it happened; without one the patient was free of it until the last contact.
    An event before the ECG leaves it open (null), for the patient was no longer at risk of a first one; so does a last
    contact before the ECG.

    Parameters
    ----------
    ecgs : DataFrame
        ``patient_id, ecg_time``.
    events : DataFrame
        ``patient_id, last_contact`` and ``<event>_time``, one row per patient.
    by_date : bool
        Count calendar days, because one of the tables holds dates without an hour.
    """
    joined = ecgs.select("patient_id", "ecg_time").join(events, on="patient_id", how="left", maintain_order="left")
    times = [column for column in events.columns if column.endswith("_time")]
    if by_date:
        joined = joined.with_columns(pl.col("ecg_time", "last_contact", *times).dt.truncate("1d"))
    start, contact = pl.col("ecg_time"), pl.col("last_contact")
    columns: list[pl.Expr] = []
    notes: list[str] = []
    for column in times:
        name, time = column.removesuffix("_time"), pl.col(column)
        happened, free = time >= start, time.is_null() & (contact >= start)
        known = pl.when(happened).then(pl.lit(value=True)).when(free).then(pl.lit(value=False))
        end = pl.when(happened).then(time).when(free).then(contact)
        days = (end - start).dt.total_seconds(fractional=True) / SECONDS_A_DAY
        columns += [known.alias(f"event.{name}"), days.alias(f"event_days.{name}")]
        counts = joined.select(before=(time < start).sum(), lost=(time.is_null() & (contact < start)).sum()).row(0)
        texts = (f"after the patient's {name}", f"after the last contact, without {name}")
        notes += [
            f"{name}: {count:,} ECGs were taken {text}; event.{name} is left open"
            for count, text in zip(counts, texts, strict=True)
            if count
        ]
    return FollowUp(joined.select(columns), (*notes, *_late_contacts(events)))


def _late_contacts(events: pl.DataFrame) -> list[str]:
    if "death_time" not in events.columns:
        return []
    late = events.filter(pl.col("last_contact").dt.date() > pl.col("death_time").dt.date()).height
    return [f"death: {late:,} patients have a last contact after their death; mend the table"] if late else []


def is_by_date(ecgs: TypedTable, events: pl.DataFrame) -> bool:
    """Return whether ECGs or events are known by the day alone."""
    times = events.select(pl.selectors.datetime())
    return ecgs.date_only or all(bool((times[name].dt.time().cast(pl.Int64) == 0).all()) for name in times.columns)
