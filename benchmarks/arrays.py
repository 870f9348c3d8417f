"""Five superclasses from signals and labels alone: ``examples/arrays`` beside a plain ResNet, 5-fold, paired.

Every ECG is scored once, by networks that saw no ECG of its patient. Nothing is chosen on the fold that is scored:
epochs, schedule and augmentation are those of the study file. Half an hour on two cores.
"""

from __future__ import annotations

import argparse
import os
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
import torch

from einthoven.cohort.build import build_cohort
from einthoven.cohort.cohort import Cohort
from einthoven.ecg.formats import RecordLocation
from einthoven.evaluation.statistics.macro import macro_auroc, macro_difference
from einthoven.models.predict import predict
from einthoven.store.ingest import ingest
from einthoven.store.store import Store
from einthoven.study.settings import StudySettings, load_study
from einthoven.training.train import train
from measuring import machine, table
from plain_resnet import train_and_score

ROOT = Path(__file__).resolve().parent.parent
FOLDS, FOLD_SEED = 5, 2026
ARM = "main"


class Fitted(NamedTuple):
    """Scores of one network on the fold that it never saw, and what its training took."""

    network: str
    fold: int
    scores: np.ndarray
    seconds: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=ROOT / "runs" / "benchmark_arrays", help="kept, and gone on with")
    parser.add_argument("--processes", type=int, default=2, help="networks trained side by side, one thread each")
    arguments = parser.parse_args()
    study = _study()
    cohort = _prepare(study, arguments.work)
    jobs = [(f"plain/{fold}", arguments.work) for fold in range(FOLDS)]
    jobs += [(f"ours-{seed}/{fold}", arguments.work) for seed in study.arm[ARM].seeds for fold in range(FOLDS)]
    with ProcessPoolExecutor(arguments.processes, mp_context=get_context("spawn")) as pool:
        fitted = list(pool.map(_fit, *zip(*jobs, strict=True)))
    print(machine(), _report(cohort, study, fitted), sep="\n\n")


def _study() -> StudySettings:
    folder = ROOT / os.environ.get("EINTHOVEN_REAL_DATA", "../shared/data") / "ptb_xl_arrays_100hz"
    return load_study(ROOT / "examples" / "arrays" / "study.toml", data_paths={"arrays": str(folder)})


def _prepare(study: StudySettings, work: Path) -> Cohort:
    """Ingest once; the cohort's own split is replaced fold by fold."""
    section, settings = study.data["arrays"], study.cohort
    data = section.settings.load(settings.labels, settings.auxiliary_labels)
    locations = [
        RecordLocation(f"arrays:{at.record_id}", at.path, at.format, at.options, at.patient_id) for at in data.locations
    ]
    ingest(locations, work / "store", spec=study.input.ingest, measure_quality=False)
    with Store.open(work / "store") as store:
        sources = {"arrays": (section.role, data)}
        return build_cohort(sources, store.manifest, split=settings.split, duplicates="refuse", seed=0).cohort


def _folds(cohort: Cohort) -> np.ndarray:
    """Fold of each ECG; all of a patient in one."""
    patients = np.array(cohort.table["patient_id"].to_pylist())
    names = np.unique(patients)
    fold_of = dict(zip(np.random.default_rng(FOLD_SEED).permutation(names), np.arange(names.size) % FOLDS, strict=True))
    return np.array([fold_of[patient] for patient in patients])


def _fit(job: str, work: Path) -> Fitted:
    """Train one network on four folds and score the fifth; a finished one is read back."""
    torch.set_num_threads(1)
    done = work / "scores" / f"{job}.npz"
    network, fold = job.split("/")
    if not done.is_file():
        study = _study()
        cohort = _prepare(study, work)
        held_out = _folds(cohort) == int(fold)
        started = time.perf_counter()
        with Store.open(work / "store") as store:
            scores = (
                _plain(store, cohort, study, held_out=held_out)
                if network == "plain"
                else _ours(store, cohort, study, held_out=held_out, seed=int(network.split("-")[1]), folder=work / job)
            )
        done.parent.mkdir(parents=True, exist_ok=True)
        np.savez(done, scores=scores, seconds=time.perf_counter() - started)
    saved = np.load(done)
    return Fitted(network, int(fold), saved["scores"], float(saved["seconds"]))


def _ours(
    store: Store, cohort: Cohort, study: StudySettings, *, held_out: np.ndarray, seed: int, folder: Path
) -> np.ndarray:
    split = ["validation" if held else "train" for held in held_out]  # logged, and nothing is chosen by it
    columns = cohort.table.to_pydict() | {"split": split}
    arm = replace(study.arm[ARM], early_stopping="none")
    folds = Cohort.from_frame(pl.DataFrame(columns, strict=False)).table
    labels, view = study.cohort.labels, study.input.view
    checkpoint = train(arm, store, folds, labels=labels, view=view, run_dir=folder, seed=seed)
    rows = store.rows(cohort.table["record_id"])
    return predict(checkpoint, store, rows[held_out])


def _plain(store: Store, cohort: Cohort, study: StudySettings, *, held_out: np.ndarray) -> np.ndarray:
    rows = store.rows(cohort.table["record_id"])
    signal = np.stack([store.signal(row) for row in rows])
    truth = _truth(cohort, study).astype(np.float32)
    return train_and_score(signal[~held_out], truth[~held_out], signal[held_out], seed=1)


def _truth(cohort: Cohort, study: StudySettings) -> np.ndarray:
    return np.stack([cohort.table[f"y.{label}"].to_numpy() for label in study.cohort.labels], axis=1)


def _report(cohort: Cohort, study: StudySettings, fitted: list[Fitted]) -> str:
    truth, fold = _truth(cohort, study), _folds(cohort)
    patients = cohort.table["patient_id"].to_pylist()
    names = dict.fromkeys(one.network for one in fitted)
    out = {name: np.full(truth.shape, np.nan) for name in names}
    for one in fitted:
        out[one.network][fold == one.fold] = one.scores
    ours = [name for name in names if name != "plain"]
    average = np.mean([out[name] for name in ours], axis=0)
    rows = []
    for name, scores in (("plain 13-layer ResNet", out["plain"]), ("ours, seed 1", out[ours[0]]), ("ours", average)):
        estimate = macro_auroc(scores, truth, clusters=patients)
        folds = [macro_auroc(scores[fold == k], truth[fold == k]).value for k in range(FOLDS)]
        interval = f"{estimate.value:.4f} ({estimate.low:.4f} to {estimate.high:.4f})"
        rows.append((name, interval, f"{np.mean(folds):.4f}"))
    test = macro_difference(average, out["plain"], truth, clusters=patients)
    seconds = {name: np.mean([one.seconds for one in fitted if one.network == name]) for name in names}
    minutes = {"plain": seconds["plain"] / 60, "ours": sum(seconds[name] for name in ours) / 60}
    head = ("network", "macro AUROC of all out-of-fold scores (95 %)", "mean of the folds")
    return (
        f"{table(head, rows)}\n\nOurs is the average of {len(ours)} seeds. Difference to the plain ResNet "
        f"{test.difference.value:+.4f} ({test.difference.low:+.4f} to {test.difference.high:+.4f}), patients "
        f"resampled, p = {test.p_value:.3f}. {len(truth):,} ECGs of {len(set(patients)):,} patients. Training of one "
        f"fold with one thread, several at a time: plain {minutes['plain']:.1f} minutes, "
        f"ours {minutes['ours']:.1f} (all seeds)."
    )


if __name__ == "__main__":
    main()
