"""Verification bias on a virtual hospital: of its patients without an echo the true LVEF is known, too.

The hospital decides by age and diseases who is sent to echo, weak hearts more often. A score that sees the LVEF through
noise, and the width of QRS, is evaluated on those who were; corrected in two ways; and held against all patients.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
from scipy import special

from einthoven.evaluation.analyses.verification import ALONE, STRATA, WEIGHTED, analyse
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.evaluate import context_for
from einthoven.evaluation.predictions import Predictions
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.statistics.auroc import auroc
from einthoven.evaluation.thresholds import STATED, Threshold
from einthoven.simulation.settings import simulation_settings
from einthoven.simulation.simulate import simulate
from measuring import machine, table

PATIENTS, SEED = 12_000, 8
LABEL = "LVEF <= 50 %"
# in points of LVEF, about the error of a good network
NOISE = 9.0
DRAWS = 40
# what the hospital knows of its patients, by the beginning of their codes (ICD-10)
CODED = {
    "heart_failure": ("I50", "I42", "I43"),
    "infarction": ("I21", "I22", "I25"),
    "valve": ("I05", "I06", "I07", "I08", "I34", "I35", "I36", "I37"),
    "stroke": ("I63", "I64"),
}
KNOWN = tuple(f"group.{name}" for name in (*CODED, "atrial_fibrillation"))
DECIDED_BY = {
    "score": ("score",),
    "score, age, QRS": ("score", "covariate.age_years", "covariate.qrs_ms"),
    "score, age and diseases": ("score", "covariate.age_years", *KNOWN),
    "score, heart failure, infarction, valve": ("score", *KNOWN[:3]),
    "score and the hospital's own chance": ("score", "covariate.echo_log_odds"),
}
ENOUGH = "score and the hospital's own chance"
# an echo belongs to the first ECG if it lies at most this far from it, which is the longest wait
WINDOW_DAYS = 180
METRICS = ("sensitivity", "specificity", "auroc")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=PATIENTS)
    parser.add_argument("--hospital", type=Path, help="a folder that simulate wrote before, with site A")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.hospital or Path(scratch) / "hospital"
        if arguments.hospital is None:
            simulate(
                simulation_settings(patients=arguments.patients, sites=["A"], seed=SEED, signals=False),
                folder,
                workers=2,
            )
        patients = first_ecgs(folder)
    print(f"{machine()}\n")
    print(report(patients))


def first_ecgs(folder: Path) -> pl.DataFrame:
    """Return one row per patient: his first ECG, the true LVEF then, whether an echo followed, what was coded."""
    truth = folder / "truth" / "A"
    ecgs = pl.read_parquet(truth / "ecgs.parquet").sort("ecg_time", "record_id")
    ecgs = ecgs.unique("patient_id", keep="first", maintain_order=True)
    persons = pl.read_parquet(truth / "persons.parquet").select(
        "patient_id", chance=pl.col("truth_json").str.json_path_match("$.echo_probability").cast(pl.Float64)
    )
    echoes = pl.read_parquet(truth / "echoes.parquet").select("patient_id", "outcome_time")
    gaps = ecgs.select("patient_id", "ecg_time").join(echoes, on="patient_id")
    near = gaps.filter((pl.col("outcome_time") - pl.col("ecg_time")).abs() <= pl.duration(days=WINDOW_DAYS))
    verified = near["patient_id"].unique().implode()
    codes = pl.read_csv(folder / "A" / "icd.csv", encoding="utf8-lossy")
    codes = codes.rename({codes.columns[0]: "patient_id"})
    for name, starts in CODED.items():
        having = codes.filter(pl.any_horizontal(pl.col("ICD10_CD").str.starts_with(start) for start in starts))
        ids = having["patient_id"].unique().implode()
        ecgs = ecgs.with_columns(pl.col("patient_id").is_in(ids).alias(name))
    ecgs = ecgs.with_columns(is_verified=pl.col("patient_id").is_in(verified))
    return ecgs.join(persons, on="patient_id").sort("patient_id")


def scores(patients: pl.DataFrame, seed: int) -> np.ndarray:
    """Return the chance of a weak heart by a reader of ECGs who sees the LVEF through noise."""
    seen = patients["lvef"].to_numpy() + np.random.default_rng(seed).normal(0, NOISE, patients.height)
    qrs = np.nan_to_num(patients["true_qrs_ms"].fill_null(np.nan).to_numpy(), nan=100.0)
    return special.expit(-(seen - 45) / 5 + 0.01 * (qrs - 100) + 0.01 * (patients["age_years"].to_numpy() - 60))


def numbers(patients: pl.DataFrame, score: np.ndarray, named: tuple[str, ...]) -> dict[tuple[str, str], Estimate]:
    """Return what einthoven finds, by metric and place; a tenth of all scores is called positive."""
    weak = (patients["lvef"] <= 50).to_numpy()
    seen = np.where(patients["is_verified"], weak, np.nan)
    known = Predictions.from_arrays(
        score[:, None], seen[:, None], labels=[LABEL], patient_id=patients["patient_id"].to_list(),
        score_kind="probability",
    ).table  # fmt: skip
    rhythm = (patients["rhythm"] != "sinus").alias("atrial_fibrillation")
    for column in (*(patients[name] for name in CODED), rhythm):
        known = known.append_column(f"group.{column.name}", pa.array(column.cast(pl.String).to_list()))
    for name, column in {"age_years": "age_years", "qrs_ms": "true_qrs_ms"}.items():
        known = known.append_column(f"covariate.{name}", pa.array(patients[column].cast(pl.Float64).to_list()))
    known = known.append_column("covariate.echo_log_odds", pa.array(special.logit(patients["chance"].to_numpy())))
    cut = Threshold(LABEL, cut_off(score), STATED, "", "", model="model")
    context = context_for(Predictions(known), Protocol(verification=named), stated=[cut])
    return {(row.metric, row.at): row.estimate for row in analyse(context).results}


def cut_off(score: np.ndarray) -> float:
    return float(np.quantile(score, 0.9))


def of_all(patients: pl.DataFrame, score: np.ndarray) -> dict[str, float]:
    """Return the numbers of all patients, verified or not."""
    weak = (patients["lvef"] <= 50).to_numpy()
    called = score >= cut_off(score)
    return {
        "sensitivity": float(called[weak].mean()),
        "specificity": float(1 - called[~weak].mean()),
        "auroc": auroc(score, weak).value,
    }


def report(patients: pl.DataFrame) -> str:
    """Return what was measured as text."""
    weak, verified = (patients["lvef"] <= 50).to_numpy(), patients["is_verified"].to_numpy()
    head = (
        f"{patients.height:,} patients of the virtual hospital A, {weak.sum()} with {LABEL}; verified by echo: "
        f"{verified.mean():.1%} of all, {verified[weak].mean():.1%} of these, {verified[~weak].mean():.1%} of others."
    )
    score = scores(patients, seed=0)
    truth = of_all(patients, score)
    found = {words: numbers(patients, score, named) for words, named in DECIDED_BY.items()}
    rows = [["all patients (the truth)", "", *(f"{truth[metric]:.3f}" for metric in METRICS)]]
    first = next(iter(found.values()))
    rows.append([ALONE, "", *(_words(first.get((metric, ALONE)), truth[metric]) for metric in METRICS)])
    for at in (WEIGHTED, STRATA):
        rows += [
            [at, words, *(_words(each.get((metric, at)), truth[metric]) for metric in METRICS)]
            for words, each in found.items()
        ]
    first_table = table(["estimated by", "verification depends on", *METRICS], rows)
    return f"{head} Bold: the interval misses the truth.\n\n{first_table}\n\n{_over_draws(patients)}"


def _over_draws(patients: pl.DataFrame) -> str:
    """Return mean error and share of intervals that hold the truth, over scores with other noise."""
    named = DECIDED_BY[ENOUGH]
    errors: dict[tuple[str, str], list[float]] = {}
    inside: dict[tuple[str, str], list[bool]] = {}
    for seed in range(DRAWS):
        score = scores(patients, seed)
        truth = of_all(patients, score)
        for place, estimate in numbers(patients, score, named).items():
            if place[0] in truth and estimate.reason is None:
                errors.setdefault(place, []).append(estimate.value - truth[place[0]])
                inside.setdefault(place, []).append(estimate.low <= truth[place[0]] <= estimate.high)
    rows = [
        [metric, at, f"{np.mean(values):+.3f}", f"{np.mean(inside[metric, at]):.0%}", str(len(values))]
        for (metric, at), values in sorted(errors.items())
    ]
    head = f"Over {DRAWS} scores with other noise (one hospital, so these aren't independent); {ENOUGH}:"
    return (
        f"{head}\n\n{table(['metric', 'estimated by', 'mean error', 'intervals that hold the truth', 'scores'], rows)}"
    )


def _words(estimate: Estimate | None, truth: float) -> str:
    if estimate is None:
        return ""
    if estimate.reason is not None:
        return estimate.reason
    text = f"{estimate.value:.3f} ({estimate.low:.3f} to {estimate.high:.3f})"
    return text if estimate.low <= truth <= estimate.high else f"**{text}**"


if __name__ == "__main__":
    main()
