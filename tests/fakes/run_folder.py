"""A run folder as `einthoven run` would leave it, with scores drawn from a known truth instead of trained networks.

``python tests/fakes/run_folder.py FOLDER`` makes one to look at.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from einthoven.cohort.audit import AuditCheck, write_audit
from einthoven.cohort.cohort import Cohort
from einthoven.cohort.flow import FlowStep, write_flow
from einthoven.ecg.formats import RecordLocation
from einthoven.ecg.input_spec import FilterSpec, IngestSpec, InputSpec, NormaliseSpec, ViewSpec
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.evaluation.evaluate import evaluate
from einthoven.evaluation.prediction_arrays import long_table
from einthoven.evaluation.predictions import Predictions
from einthoven.evaluation.protocol import Protocol
from einthoven.store.ingest import ingest
from fakes.ecg_records import fake_signal

ALL_LABELS = ("NORM", "MI", "STTC", "CD", "HYP")
RATE_HZ = 100.0


@dataclass(frozen=True)
class FakeRun:
    """What the fake study is like."""

    labels: tuple[str, ...] = ALL_LABELS
    arms: tuple[str, ...] = ("pretrained", "scratch")
    seeds: tuple[int, ...] = (0, 1, 2)
    patients: int = 240
    external: bool = False
    unit: str = "mV"
    source: str = "ptb_xl"
    resamples: int = 50
    subgroups: tuple[str, ...] = ()
    title: str = "Five diagnostic superclasses from the 12-lead ECG"
    store: bool = True
    one_class: bool = False  # the first label has no positives in the test split
    seed: int = 7


def make_run_folder(run: Path, settings: FakeRun | None = None) -> Path:
    """Write every artefact that the report reads; return the folder."""
    settings = settings or FakeRun()
    rng = np.random.default_rng(settings.seed)
    people = _people(settings, rng)
    _write_json(run / "study.json", _study(settings))
    _write_json(run / "environment.json", _environment())
    _write_store(run, people, settings)
    _write_cohort(run / "stages" / "cohort", people, settings)
    parts = [part for arm in settings.arms for part in _predict(run, arm, people, settings, rng)]
    protocol = Protocol(resamples=settings.resamples, subgroups=settings.subgroups, minimum_events=1)
    evaluate(Predictions.concatenate(parts), protocol).save(run / "stages" / "evaluate")
    for minute, stage in enumerate(("ingest", "cohort", "evaluate")):
        _write_stage(run, stage, minute=minute)
    return run


def _people(settings: FakeRun, rng: np.random.Generator) -> dict[str, list]:
    """Return the cohort's columns: one to three ECGs per patient, labels that go with age."""
    columns: dict[str, list] = {name: [] for name in ("record_id", "patient_id", "source", "site", "path", "ecg_time")}
    columns |= {name: [] for name in ("age_years", "sex", "split")} | {f"y.{label}": [] for label in settings.labels}
    for patient in range(settings.patients):
        split = rng.choice(["train", "validation", "test"], p=[0.5, 0.2, 0.3])
        split = "external" if settings.external and patient % 5 == 0 else str(split)
        age, sex = float(np.clip(rng.normal(61, 16), 18, 95)), str(rng.choice(["F", "M"]))
        for _ in range(rng.choice([1, 1, 1, 2, 3])):
            record = len(columns["record_id"])
            columns["record_id"].append(f"{settings.source}:{record:05d}")
            columns["patient_id"].append(f"{settings.source}:{patient}")
            columns["source"].append("elsewhere" if split == "external" else settings.source)
            columns["site"].append(str(patient % 3))
            columns["path"].append(f"records/{record:05d}_hr")
            columns["ecg_time"].append(datetime(1990, 1, 1) + timedelta(days=int(rng.integers(4000))))  # noqa: DTZ001
            columns["age_years"].append(None if rng.random() < 0.02 else age)
            columns["sex"].append(sex)
            columns["split"].append(split)
            for i, label in enumerate(settings.labels):
                risk = 0.45 * 0.8 ** (i % 9) * (0.6 + age / 150)
                positive = float(rng.random() < risk) * (not (settings.one_class and i == 0 and split == "test"))
                columns[f"y.{label}"].append(None if rng.random() < 0.01 else positive)
    return columns


def _write_cohort(folder: Path, people: dict[str, list], settings: FakeRun) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    cohort = Cohort.from_frame(pl.DataFrame(people, strict=False))
    cohort.write(folder / "cohort.parquet")
    splits = people["split"]
    steps = [
        FlowStep(f"ECGs in the table of {settings.source}", len(splits) + 15, settings.patients + 8),
        FlowStep("withdrawn upstream (duplicates)", 12, 7, excluded=True),
        FlowStep("rejected at ingest (see rejected files)", 2, 2, excluded=True),
        FlowStep("same samples as an earlier ECG", 1, 1, excluded=True),
    ]
    for split in dict.fromkeys(sorted(splits, key=["train", "validation", "test", "external"].index)):
        members = {p for p, s in zip(people["patient_id"], splits, strict=True) if s == split}
        steps.append(FlowStep(split, splits.count(split), len(members)))
    write_flow(steps, folder / "flow.json")
    every = f"of {len(splits)} ECGs checked"
    write_audit(
        [
            AuditCheck("one patient in two splits", 0, f"patients {every}"),
            AuditCheck("the same signal under two record ids", 0, f"signals {every}"),
            AuditCheck("ECG recorded after its outcome", 0, f"dates {every}"),
            AuditCheck("label known from site or file name", 0, "highest AUROC of metadata alone 0.561 (MI from site)"),
            AuditCheck("age below 0 or above 120 years", 0, f"ages {every}"),
        ],
        folder / "audit.json",
    )


def _write_store(run: Path, people: dict[str, list], settings: FakeRun) -> None:
    folder = run / "stages" / "ingest"
    folder.mkdir(parents=True, exist_ok=True)
    spec = _input(settings).ingest
    records = people["record_id"]
    if settings.store:
        signals = np.stack([fake_signal(rate_hz=RATE_HZ, seed=k % 7).T for k in range(len(records))])
        np.save(run / "signals.npy", signals.astype(np.float32))
        options = {
            "axes": "record,sample,lead",
            "rate_hz": RATE_HZ,
            "unit": settings.unit,
            "leads": list(STANDARD_LEADS),
        }
        locations = [
            RecordLocation(record, str(run / "signals.npy"), "array", options | {"row": row})
            for row, record in enumerate(records)
        ]
        locations.append(RecordLocation("broken", str(run / "missing_hr.npy"), "array", options | {"row": 0}))
        summary = ingest(locations, run / "store", spec=spec, workers=1, measure_quality=False)
        (run / "signals.npy").unlink()
        assert (summary.records, summary.rejected) == (len(records), 1)
    entry = {"sources": [settings.source], "path": "store", "ingest_hash": spec.ingest_hash}
    stores = [entry | {"records": len(records), "rejected": 1}]
    _write_json(folder / "ingest.json", {"type": "ingest", "version": 1, "stores": stores})


def _predict(
    run: Path, arm: str, people: dict[str, list], settings: FakeRun, rng: np.random.Generator
) -> list[Predictions]:
    """Write one file of scores per seed and their mean as the ensemble; return them all."""
    truth = np.array([people[f"y.{label}"] for label in settings.labels], dtype=float).T
    strength = np.linspace(2.4, 1.2, len(settings.labels)) - 0.5 * settings.arms.index(arm)
    latent = strength * np.nan_to_num(truth, nan=0.5) + rng.normal(size=truth.shape)
    scores = {
        seed: 1 / (1 + np.exp(-(1.3 * (latent + 0.5 * rng.normal(size=truth.shape)) - 2.4))) for seed in settings.seeds
    }
    if len(scores) > 1:
        scores[-1] = np.mean(list(scores.values()), axis=0)
    per_record = {name: people[name] for name in ("record_id", "patient_id", "site", "split")}
    per_record["group.sex"] = people["sex"]
    parts = []
    for seed, score in scores.items():
        table = long_table(score, truth, per_record, labels=settings.labels, model=arm, seed=seed, kind="probability")
        folder = run / "stages" / "predict" / arm / str(seed)
        folder.mkdir(parents=True, exist_ok=True)
        parts.append(Predictions(table))
        parts[-1].to_parquet(folder / "predictions.parquet")
        if seed >= 0:
            _write_history(run / "stages" / "train" / arm / str(seed), rng)
            _write_stage(run, f"train/{arm}/{seed}", minute=seed)
    return parts


def _write_history(folder: Path, rng: np.random.Generator) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["epoch,train_loss,validation_loss,validation_auroc"]
    for epoch in range(12):
        loss, noise = 0.25 + 0.35 * 0.8**epoch, rng.normal(0, 0.008, 3)
        lines.append(
            f"{epoch},{loss + noise[0]:.4f},{loss + 0.03 + noise[1]:.4f},{0.9 - 0.3 * 0.75**epoch + noise[2]:.4f}"
        )
    (folder / "history.csv").write_text("\n".join(lines) + "\n")


def _input(settings: FakeRun) -> InputSpec:
    ingest_spec = IngestSpec(unit=settings.unit, rate_hz=RATE_HZ, filter=FilterSpec(low_hz=0.67, high_hz=40.0))
    return InputSpec(ingest_spec, ViewSpec(normalise=NormaliseSpec("zscore")))


def _study(settings: FakeRun) -> dict:
    data = {settings.source: {"source": settings.source, "role": "develop", "settings": {}}}
    if settings.external:
        data["elsewhere"] = {"source": "arrays", "role": "external", "settings": {}}
    arm = {
        "architecture": "se_resnext1d",
        "epochs": 12,
        "batch_size": 64,
        "max_learning_rate": 0.001,
        "seeds": list(settings.seeds),
    }
    return {
        "version": 1,
        "title": settings.title,
        "seed": settings.seed,
        "data": data,
        "cohort": {"labels": list(settings.labels), "split": {"method": "official"}, "duplicates": "drop"},
        "input": json.loads(_input(settings).to_json()),
        "arm": dict.fromkeys(settings.arms, arm),
        "evaluation": Protocol().to_dict(),
        "report": {"examples": 4},
    }


def _environment() -> dict:
    packages = {"numpy": "2.4.0", "polars": "2.1.0", "torch": "2.13.0"}
    return {
        "einthoven": "0.1.0", "code_version": "0.1.0+abc1234", "python": "3.11.7", "platform": "Linux x86_64",
        "packages": packages,
    }  # fmt: skip


def _write_stage(run: Path, stage: str, *, minute: int) -> None:
    name, _, rest = stage.partition("/")
    arm, _, seed = rest.partition("/")
    _write_json(
        run / "stages" / stage / "stage.json",
        {
            "type": "stage", "version": 1, "stage": name, "arm": arm, "seed": int(seed) if seed else None, "inputs": {},
            "code_version": "0.1.0+abc1234", "environment_hash": "0" * 64, "status": "done",
            "started": f"2026-11-20T10:{minute:02d}:00+00:00", "ended": f"2026-11-20T10:{minute + 1:02d}:00+00:00",
        },
    )  # fmt: skip


def _write_json(path: Path, document: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=1))


if __name__ == "__main__":
    make_run_folder(Path(sys.argv[1]))
