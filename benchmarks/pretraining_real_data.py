"""Does pretraining help? Five superclasses of PTB-XL from 64 to 512 labelled ECGs, pretrained and from scratch, paired.

Pretrained on all real ECGs but those of test patients, and on simulated ones; fine-tuned on twenty nested draws of
labels. Each piece (store, pretraining, fine-tuning) is kept in the folder of the run and not made again. Until
``--open-test`` all that is printed is of validation ECGs; settings stand in ``pretraining_settings.py``.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import time
from pathlib import Path

import polars as pl
import torch

from einthoven.store.store import Store
from einthoven.training.pretrain import pretrain
from measuring import ROOT, machine
from pretraining_arms import choose_recipes, fine_tune_all, keep_arrays
from pretraining_ecgs import RunFolder, ingested
from pretraining_settings import ARMS, DRAWS, MINUTES, PRETRAININGS, SIMULATED, Pretraining
from pretraining_split import Experiment, experiment
from pretraining_summary import audit_text, test_text, validation_text

STAGES = ("ecgs", "pretrain", "recipes", "fine_tune", "summary")
SEED = 1
MEASURED_STEPS = 200
ROUND_STEPS = 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "runs" / "pretraining")
    parser.add_argument("--simulated", type=int, default=SIMULATED)
    parser.add_argument("--pretrainings", nargs="+", default=list(PRETRAININGS), choices=list(PRETRAININGS))
    parser.add_argument("--minutes", type=float, default=MINUTES, help="of each pretraining")
    parser.add_argument("--draws", type=int, default=DRAWS)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--until", choices=STAGES, default=STAGES[-1], help="last stage")
    parser.add_argument("--open-test", action="store_true", help="score the test patients, once all is chosen")
    arguments = parser.parse_args()
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    arguments.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(arguments.processes)
    until = STAGES.index(arguments.until)
    arms = _arms(arguments.pretrainings)
    with ingested(RunFolder(arguments.out), simulated=arguments.simulated, processes=arguments.processes) as store:
        parts = experiment(store, arguments.out)
        keep_arrays(store, parts.table, arguments.out / "arrays.npz")
        text = audit_text(parts)
        print(machine(), text, sep="\n\n", flush=True)
        for name in arguments.pretrainings if until >= STAGES.index("pretrain") else ():
            _pretrain(name, store, parts, arguments.out, minutes=arguments.minutes)
    if until >= STAGES.index("recipes"):
        choose_recipes(arguments.out, arms, processes=arguments.processes)
    if until >= STAGES.index("fine_tune"):
        fine_tune_all(arguments.out, arms, draws=arguments.draws, processes=arguments.processes)
    if until >= STAGES.index("summary"):
        summary = validation_text(arguments.out, arms, draws=arguments.draws)
        if arguments.open_test:
            summary = f"{test_text(arguments.out, arms, draws=arguments.draws)}\n\n{summary}"
        print(summary)
        (arguments.out / "summary.md").write_text(f"{text}\n\n{_times(arguments)}\n\n{summary}\n", encoding="utf-8")


def _arms(pretrainings: list[str]) -> list[str]:
    """Return the pretrained arms, and those from scratch of the same architectures."""
    encoders = {PRETRAININGS[name].encoder for name in pretrainings}
    return [
        name
        for name, arm in ARMS.items()
        if arm.pretraining in pretrainings or (not arm.pretraining and arm.encoder in encoders)
    ]


def _pretrain(name: str, store: Store, parts: Experiment, out: Path, *, minutes: float) -> None:
    pretraining, folder = PRETRAININGS[name], out / "pretrained" / name
    if (folder / "checkpoint" / "checkpoint.json").is_file():
        return
    seen = _seen(pretraining, parts, out)
    steps = pretraining.settings.steps or _steps(name, store, seen, out, minutes=minutes)
    print(f"{name}: {seen.height:,} ECGs, {steps:,} steps of {pretraining.settings.batch_size}", flush=True)
    started = time.perf_counter()
    pretrain(
        dataclasses.replace(pretraining.settings, steps=steps),
        store,
        seen.to_arrow(),
        view=pretraining.view,
        run_dir=folder,
        seed=SEED,
        status=lambda sentence: print(f"{name}: {sentence}", flush=True),
        simulated=("simulated",),
    )
    spent = {"minutes": (time.perf_counter() - started) / 60, "steps": steps, "ecgs": seen.height}
    (folder / "spent.json").write_text(json.dumps(spent))
    print(f"{name}: {spent['minutes']:.1f} minutes", flush=True)


def _seen(pretraining: Pretraining, parts: Experiment, out: Path) -> pl.DataFrame:
    """Return the cohort of a pretraining: no ECG of a test patient, no real label."""
    table = parts.table.filter(~pl.col("split").is_in(["test", "left out"]))
    if not pretraining.real:
        table = table.filter(pl.col("source") == "simulated")
    table = table.select("record_id", "patient_id", "source").with_columns(split=pl.lit("train"))
    if not pretraining.settings.labels:
        return table
    return table.join(pl.read_parquet(out / "simulated_truth.parquet"), on="record_id", how="left")


def _steps(name: str, store: Store, seen: pl.DataFrame, out: Path, *, minutes: float) -> int:
    """Return how many steps fill the minutes on this machine; measured once and kept, so that a later start agrees."""
    path = out / "steps.json"
    known = json.loads(path.read_text()) if path.is_file() else {}
    if name not in known:
        pretraining, folder = PRETRAININGS[name], out / "measured" / name
        watch = dataclasses.replace(pretraining.settings.watch, log_every_steps=MEASURED_STEPS // 4)
        settings = dataclasses.replace(pretraining.settings, steps=MEASURED_STEPS, watch=watch)
        pretrain(settings, store, seen.to_arrow(), view=pretraining.view, run_dir=folder, seed=SEED)
        lines = pl.read_csv(folder / "history.csv").select("step", "seconds").sort("step")
        first, last = lines.row(0), lines.row(-1)  # what happens once, such as compiling, is before the first
        a_step = (last[1] - first[1]) / (last[0] - first[0])
        known[name] = max(1, round(60 * minutes / a_step / ROUND_STEPS)) * ROUND_STEPS
        path.write_text(json.dumps(known, indent=1))
    return int(known[name])


def _times(arguments: argparse.Namespace) -> str:
    lines = []
    for name in arguments.pretrainings:
        spent = json.loads((arguments.out / "pretrained" / name / "spent.json").read_text())
        lines.append(f"{name} {spent['minutes']:.0f} minutes ({spent['steps']:,} steps, {spent['ecgs']:,} ECGs)")
    return f"Pretraining, {arguments.processes} threads, one seed each: {', '.join(lines)}."


if __name__ == "__main__":
    main()
