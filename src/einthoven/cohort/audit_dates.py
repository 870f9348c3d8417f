"""Was anything known before it could be: outcomes before their ECGs, histories from the future, follow-up before."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from einthoven.cohort.audit_check import AuditCheck, all_checked, share

__all__ = ["after_last_report", "before_last_contact", "history_from_the_future", "outcome_before_ecg"]

TAIL = timedelta(days=31)  # an archive of reports that goes on has a pair in every month


def outcome_before_ecg(table: pl.DataFrame) -> AuditCheck:
    """Refuse a plain label that is older than its ECG; of pairs, whose window has two sides, tell how many are."""
    late = table.filter((pl.col("pair") == "none") & (pl.col("outcome_time") < pl.col("ecg_time")))
    pairs = table.filter(pl.col("pair") != "none")
    detail = all_checked(table, "dates")
    if late.height:
        detail = f"for example record {late['record_id'][0]}; correct the dates"
    elif pairs.height:
        n_before = int((pairs["outcome_gap_days"] < 0).sum())
        detail += f"; of {pairs.height:,} pairs {share(n_before, pairs.height)} have their report before the ECG"
    columns = ("split", "pairs", "report before the ECG", "at the same time", "after it", "median days from the ECG")
    rows = tuple(_sides(part, str(split[0])) for split, part in _by_split(pairs))
    return AuditCheck("ECG recorded after its outcome", late.height, detail, columns if rows else (), rows)


def history_from_the_future(table: pl.DataFrame) -> AuditCheck:
    """Refuse an entry of a history that is not older than its row, or is the row's own truth."""
    name = "history that was not known at the ECG"
    asked = [column for column in ("history", "earlier_ecgs") if column in table.columns]
    if not asked:
        return AuditCheck(name, 0, "the cohort has no history")
    entries = pl.concat([_entries(table, column) for column in asked])
    ecgs = table.select(earlier_record="record_id", earlier_ecg="ecg_time").unique("earlier_record")
    reports = table.select(earlier_record="record_id", earlier_outcome="outcome_id", earlier_report="outcome_time")
    of_pairs = entries.join(ecgs, on="earlier_record", how="left")
    of_pairs = of_pairs.join(reports, on=["earlier_record", "earlier_outcome"], how="left")
    wrong = of_pairs.filter(
        ~(pl.col("gap_days") > 0).fill_null(value=False)
        | (pl.col("earlier_record") == pl.col("record_id"))
        | ((pl.col("earlier_outcome") == pl.col("outcome_id")) & (pl.col("outcome_id") != ""))
        | (pl.col("earlier_ecg") >= pl.col("ecg_time"))
        | (pl.col("earlier_report") > pl.col("ecg_time"))
    )
    detail = f"{entries.height:,} earlier pairs and ECGs checked"
    if wrong.height:
        first = wrong.sort("record_id", "earlier_record").row(0, named=True)
        detail = (
            f"for example record {first['record_id']}, to which {first['earlier_record']} is given as known; make the "
            "cohort again from its tables"
        )
    return AuditCheck(name, wrong.height, detail)


def before_last_contact(table: pl.DataFrame) -> AuditCheck:
    """Refuse events and last contacts that lie before their ECG, where something is said of the event."""
    names = [column.removeprefix("event_days.") for column in table.columns if column.startswith("event_days.")]
    early = {
        name: table.filter((pl.col(f"event_days.{name}") < 0) & pl.col(f"event.{name}").is_not_null()).sort("record_id")
        for name in names
        if f"event.{name}" in table.columns
    }
    found = {name: rows for name, rows in early.items() if rows.height}
    detail = f"follow-up for {', '.join(names)} checked" if names else "the cohort has no follow-up"
    if found:
        name, rows = next(iter(found.items()))
        detail = f"for example {name} of record {rows['record_id'][0]}; leave the event open there, or mend the dates"
    return AuditCheck("ECG after its event or last contact", sum(rows.height for rows in found.values()), detail)


def after_last_report(table: pl.DataFrame) -> AuditCheck:
    """Tell of ECGs long after every report of their source: they could not be paired, whoever the patient is."""
    last = table.group_by("source").agg(last=pl.col("outcome_time").max()).drop_nulls()
    is_late = (pl.col("ecg_time") > pl.col("last") + TAIL) & (pl.col("pair") == "none")
    late = table.join(last, on="source").filter(is_late)
    detail = all_checked(table, "dates") if last.height else "the cohort has no reports"
    if late.height:
        first = late.sort("record_id").row(0, named=True)
        detail = (
            f"for example record {first['record_id']}; the last paired report of {first['source']} is of "
            f"{first['last']:%Y-%m-%d}. Cut the table of ECGs there, or these patients count as never verified"
        )
    return AuditCheck(
        "unpaired ECGs a month after the last report", late["record_id"].n_unique(), detail, refuses=False
    )


def _by_split(pairs: pl.DataFrame) -> list[tuple[tuple[object, ...], pl.DataFrame]]:
    return list(pairs.sort("split").partition_by("split", as_dict=True, maintain_order=True).items())


def _sides(pairs: pl.DataFrame, split: str) -> tuple[str, ...]:
    gap, n = pairs["outcome_gap_days"], pairs.height
    counts = (int((gap < 0).sum()), int((gap == 0).sum()), int((gap > 0).sum()))
    median = gap.median()
    days = f"{median:.1f}" if isinstance(median, float) else ""
    return (split, f"{n:,}", *(share(count, n) for count in counts), days)


def _entries(table: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return one row per entry of a list of structs, with the row's own ids and time."""
    long = table.select("record_id", "outcome_id", "ecg_time", pl.col(column).alias("entry"))
    long = long.filter(pl.col("entry").list.len() > 0).explode("entry")
    fields = {"record_id": "earlier_record", "outcome_id": "earlier_outcome", "gap_days": "gap_days"}
    known = {field.name for field in table.schema[column].inner.fields}  # type: ignore[attr-defined]
    nothing = pl.lit(None, pl.String)
    found = {new: pl.col("entry").struct.field(old) if old in known else nothing for old, new in fields.items()}
    return long.select("record_id", "outcome_id", "ecg_time", **found)
