"""Are the patients of a cohort who their ids say they are: one split, one sex, an age that runs with the calendar."""

from __future__ import annotations

import polars as pl

from einthoven.cohort.audit_check import AuditCheck, all_checked

__all__ = ["age_against_time", "changing_sex", "implausible_age", "shared_signals", "torn_patients"]

DAYS_A_YEAR = 365.25
ROUNDING_YEARS = 1.5  # ages in whole years, and dates moved by months to hide who it was
CAPPED_AGE = 89  # ages above are hidden as one (HIPAA, 45 CFR 164.514(b)(2)(i)(C)), and stand still


def torn_patients(table: pl.DataFrame) -> AuditCheck:
    """Refuse a patient in two splits."""
    torn = table.group_by("patient_id").agg(pl.col("split").n_unique()).filter(pl.col("split") > 1).sort("patient_id")
    detail = all_checked(table, "patients")
    if torn.height:
        detail = f"for example patient {torn['patient_id'][0]}; split by patient"
    elif table["source"].n_unique() > 1:
        detail += "; each source numbers its own, so a person who is in two of them is not recognised"
    return AuditCheck("one patient in two splits", torn.height, detail)


def shared_signals(table: pl.DataFrame, manifest: pl.DataFrame) -> AuditCheck:
    """Tell of patients who share an ECG, also one that was left out: two ids of one person, or a mix-up."""
    patients = table.select("patient_id", "split").unique("patient_id")
    held = manifest.join(patients, on="patient_id")
    several = held.filter(pl.struct("signal_hash", "patient_id").is_first_distinct())
    several = several.filter(pl.col("signal_hash").is_duplicated()).sort("signal_hash", "patient_id", "record_id")
    groups = several.group_by("signal_hash", maintain_order=True).agg("patient_id", pl.col("split").n_unique())
    detail = all_checked(table, "signals")
    if groups.height:
        across = int((groups["split"] > 1).sum())
        who = " and ".join(groups.sort("split", descending=True)["patient_id"][0].to_list()[:2])
        detail = f"for example patients {who}; {across:,} across splits. If they are one person, give them one id"
    return AuditCheck("patients who share an ECG", groups.height, detail, refuses=False)


def implausible_age(table: pl.DataFrame) -> AuditCheck:
    """Tell of ages that nobody has."""
    odd = table.filter((pl.col("age_years") < 0) | (pl.col("age_years") > 120))
    detail = f"for example record {odd['record_id'][0]}" if odd.height else all_checked(table, "ages")
    return AuditCheck("age below 0 or above 120 years", odd.height, detail, refuses=False)


def age_against_time(table: pl.DataFrame) -> AuditCheck:
    """Tell of patients whose age and calendar do not go together."""
    known = table.select("record_id", "patient_id", "ecg_time", "age_years").unique("record_id").drop_nulls()
    known = known.sort("patient_id", "ecg_time", "record_id")
    years = pl.col("ecg_time").diff().dt.total_seconds() / 86_400 / DAYS_A_YEAR
    later = known.with_columns(
        same=pl.col("patient_id") == pl.col("patient_id").shift(),
        off=(pl.col("age_years").diff() - years).abs(),
        capped=(pl.col("age_years") >= CAPPED_AGE) | (pl.col("age_years").shift() >= CAPPED_AGE),
    )
    odd = later.filter(pl.col("same") & ~pl.col("capped") & (pl.col("off") > ROUNDING_YEARS))
    detail = all_checked(known, "ages and times") if known.height else "no ECG has both an age and a time"
    if odd.height:
        worst = odd.sort("off", "record_id", descending=[True, False]).row(0, named=True)
        detail = (
            f"for example patient {worst['patient_id']}, {worst['off']:.0f} years off at record {worst['record_id']}; "
            "is it one person, and are the dates right?"
        )
    return AuditCheck("age that does not follow the calendar", odd["patient_id"].n_unique(), detail, refuses=False)


def changing_sex(table: pl.DataFrame) -> AuditCheck:
    """Tell of patients who are F in one ECG and M in another."""
    known = table.filter(pl.col("sex").is_in(["F", "M"]))
    both = known.group_by("patient_id").agg(pl.col("sex").n_unique()).filter(pl.col("sex") > 1).sort("patient_id")
    detail = all_checked(table, "sexes")
    if both.height:
        detail = f"for example patient {both['patient_id'][0]}; is it one person?"
    return AuditCheck("patients of two sexes", both.height, detail, refuses=False)
