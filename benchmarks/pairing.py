"""Pairing a hospital's ECGs with its echo reports, with history: time and memory at full size."""

from __future__ import annotations

import os
import resource
import time
from datetime import datetime

import numpy as np
import polars as pl

from measuring import machine

ECGS, REPORTS, PATIENTS = 1_000_000, 200_000, 250_000
YEARS = 12
START = datetime(2008, 1, 1)  # noqa: DTZ001 - hospitals export local time without a zone


def hospital(seed: int = 1) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return ECGs and reports; visits per patient are uneven, and most reports have an ECG near."""
    generator = np.random.default_rng(seed)
    weight = generator.lognormal(0, 1.2, PATIENTS)  # most patients have one or two ECGs, a few have hundreds
    ecg_patient = generator.choice(PATIENTS, ECGS, p=weight / weight.sum())
    ecg_second = generator.integers(0, YEARS * 365 * 86_400, ECGS)
    near = generator.choice(ECGS, REPORTS, replace=False)  # a report is written within weeks of some ECG
    shift = (generator.normal(0, 12, REPORTS) * 86_400).astype(np.int64)
    start = np.datetime64(START, "us")
    ecgs = pl.DataFrame(
        {
            "record_id": pl.Series([f"ecg-{i:07}" for i in range(ECGS)]),
            "patient_id": pl.Series([f"patient-{i:06}" for i in ecg_patient]),
            "ecg_time": start + ecg_second.astype("timedelta64[s]").astype("timedelta64[us]"),
        }
    )
    report_time = start + (ecg_second[near] + shift).astype("timedelta64[s]").astype("timedelta64[us]")
    reports = pl.DataFrame(
        {
            "outcome_id": pl.Series([f"echo-{i:06}" for i in range(REPORTS)]),
            "patient_id": pl.Series([f"patient-{i:06}" for i in ecg_patient[near]]),
            "outcome_time": report_time,
            "lvef": generator.normal(56, 11, REPORTS).clip(8, 80),
        }
    )
    return ecgs, reports


def measure() -> dict[str, float]:
    """Pair, then look up the history of every row and the three latest ECGs of each."""
    from einthoven.cohort.history import HistorySettings, earlier_ecgs, earlier_pairs
    from einthoven.cohort.pairing import PairingSettings, baseline_or_followup, pair_reports

    ecgs, reports = hospital()
    before_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    settings = HistorySettings(earlier_ecgs=3, unpaired=True)
    times = [time.perf_counter()]
    pairs = pair_reports(ecgs, reports, settings=PairingSettings())
    rows = ecgs.join(pairs, on="record_id", how="left").join(reports.drop("patient_id"), on="outcome_id", how="left")
    rows = baseline_or_followup(rows.with_columns(pl.col("outcome_id").fill_null("")))
    times.append(time.perf_counter())
    known = earlier_pairs(rows, outcome="lvef", settings=settings)
    times.append(time.perf_counter())
    earlier = earlier_ecgs(ecgs, settings=settings)
    times.append(time.perf_counter())
    return {
        "most": int(ecgs["patient_id"].value_counts()["count"].max()),
        "pairs": pairs.height,
        "rows": rows.height,
        "with_history": known.height,
        "entries": int(known["history"].list.len().sum()),
        "earlier": earlier.height,
        "pairing_s": times[1] - times[0],
        "history_s": times[2] - times[1],
        "earlier_s": times[3] - times[2],
        "before_mb": before_mb,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def main() -> None:
    os.environ["POLARS_MAX_THREADS"] = "2"
    found = measure()
    print(f"{machine()}\n")
    total = found["pairing_s"] + found["history_s"] + found["earlier_s"]
    print(
        f"{ECGS:,} made-up ECGs of up to {PATIENTS:,} patients (at most {found['most']:,} of one) and {REPORTS:,} "
        "reports on two threads: "
        f"{found['pairs']:,.0f} pairs, {found['with_history']:,.0f} rows with a history of together "
        f"{found['entries']:,.0f} earlier pairs, {found['earlier']:,.0f} ECGs with earlier ECGs.\n\n"
        "| step | seconds |\n|---|---:|\n"
        f"| nearest ECG of each report within 14 days, baseline or follow-up | {found['pairing_s']:.1f} |\n"
        f"| history of every row | {found['history_s']:.1f} |\n"
        f"| three latest earlier ECGs of every ECG | {found['earlier_s']:.1f} |\n"
        f"| together (target 60) | **{total:.1f}** |\n\n"
        f"Peak memory of the process {found['peak_mb'] / 1024:.2f} GB (target 4), of which the tables themselves and "
        f"what made them {found['before_mb'] / 1024:.2f} GB."
    )


if __name__ == "__main__":
    main()
